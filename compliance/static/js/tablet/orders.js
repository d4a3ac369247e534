// What leaves the tablet again: on the office's word, some days after everything was received, or after too long a silence.
// What is not on the server never leaves by itself.

const DAY = 86_400_000;

/** Carry out the office's orders; what is done is told at the next contact. */
export async function obey(store, orders) {
  for (const order of orders) {
    if (order.kind === "discard") await (await import("./waysout.js")).discard(store, order.visit, order.reason); // the server hears of each with the receipt
    const visits = order.visit ? [order.visit] : (await every(store)).map((own) => own.visit);
    let left = 0;
    for (const visit of visits) left += await forgetSent(store, visit);
    if (left) continue; // what is unsent stays, and the order stands
    await store.setMeta("orders_done", [...((await store.meta("orders_done")) ?? []), order.id]);
    if (order.kind === "wipe" && !order.visit) await store.setMeta("wiped", { at: new Date().toISOString(), reason: order.reason });
  }
}

/** Remove a visit from the tablet unless something of it is only here; gives how much that is. */
async function forgetSent(store, visit) {
  const { all } = await store.count(visit);
  if (!all) await store.forget(visit);
  return all;
}

async function every(store) {
  const known = new Map((await store.packs()).map(({ visit }) => [visit, { visit, seq: 0 }]));
  for (const own of await store.visits()) known.set(own.visit, own);
  return [...known.values()];
}

/** Remove what has been here long enough. listed: what the server hands out now, when it has just been heard. Needs no key. */
export async function tidy(store, listed) {
  const policy = await store.policy();
  const contact = await store.meta("contact");
  const now = Date.now();
  const silent = contact && now - Date.parse(contact.here) > policy.wipe_days * DAY;
  const handedOut = listed && new Set(listed.map(({ id }) => id));
  for (const own of await every(store)) {
    if ((await store.count(own.visit)).all) continue;
    const gone = handedOut && !handedOut.has(own.visit);
    const over = own.sealed_at ?? (gone ? own.received_at ?? own.server_at : undefined);
    const longAgo = over && now - Date.parse(over) > policy.keep_days * DAY;
    if (silent || longAgo || (gone && !own.seq)) await store.forget(own.visit);
  }
}
