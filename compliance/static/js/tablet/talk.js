// How the tablet speaks with the server: one way to call, and every way it can go wrong by name.

const PATIENCE = 20_000;

/** kind: offline | sign_in | server (it failed, or is in trouble) | refused (it understood, and says no: code, text). */
export class Trouble extends Error {
  constructor(kind, status = 0, said = {}) {
    super(`${kind} ${status}`);
    Object.assign(this, { kind, status, said, code: said.code, text: said.text });
  }
}

/** Call the server; gives its JSON. */
export async function call(address, { patience = PATIENCE, json, headers, ...options } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  let answer;
  let said;
  try {
    answer = await fetch(address, {
      credentials: "same-origin", redirect: "error", cache: "no-store", signal: stop.signal, ...options,
      headers: { Accept: "application/json", ...(json === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: json === undefined ? options.body : JSON.stringify(json),
    });
    said = await answer.json().catch(() => null);
  } catch {
    throw new Trouble("offline");
  } finally {
    clearTimeout(timer);
  }
  if (answer.ok && said !== null) return said;
  if (answer.status === 401) throw new Trouble("sign_in", 401);
  if (answer.ok || answer.status >= 500 || answer.status === 429 || said === null) throw new Trouble("server", answer.status, said ?? {});
  throw new Trouble("refused", answer.status, said);
}

/** Who is signed in: {person, name, language, csrf, now, release, association}. */
export const session = (patience) => call("/tablet/session", { patience });

/** Go and give the password, also where somebody is signed in already, and come back here. */
export async function signInAfresh() {
  const here = await session(6000).catch(() => ({}));
  if (here.csrf) await fetch("/sign-out", { method: "POST", redirect: "manual", body: new URLSearchParams({ csrf_token: here.csrf }) }).catch(() => {});
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`);
}

/** The name of the release that this page was made of. */
export const release = document.querySelector("meta[name=release]")?.content ?? "";

const label = () => {
  const agent = navigator.userAgent;
  return /iPad|Macintosh.*Mobile/.test(agent) ? "iPad" : /Android/.test(agent) ? "Android" : (navigator.userAgentData?.platform ?? navigator.platform ?? "");
};

/** Tell the server that this tablet is there, and hear what it asks. */
export async function contact(store, csrf, more = {}) {
  const unsent = await store.count();
  const said = await call("/tablet/contact", {
    method: "POST", headers: { "X-CSRFToken": csrf },
    json: {
      device: await store.meta("device"), label: label(), agent: navigator.userAgent.slice(0, 300), at: new Date().toISOString(),
      unsent: { entries: unsent.entries + unsent.drafts + unsent.refused, photos: unsent.photos, oldest: await store.oldest() },
      persisted: (await navigator.storage?.persisted?.()) ?? null, release,
      troubles: (await store.meta("troubles")) ?? [], done: (await store.meta("orders_done")) ?? [], ...more,
    },
  });
  await store.setMeta("policy", said.policy);
  await store.setMeta("contact", { at: said.now, here: new Date().toISOString(), drift: said.drift_seconds });
  await store.setMeta("orders_done", []);
  return said;
}
