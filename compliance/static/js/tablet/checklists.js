// The checklist versions that visits are pinned to: their rules and their pages in both languages. They know no visit and
// no person's work, and stand in the browser's cache in the clear, for each person on this tablet apart.

import { release } from "./talk.js";

const PREFIX = "checklists";
const ENDS = [".json", "/en.html", "/zh_Hans_CN.html"];
// The pages of a version may be drawn anew with a release.
const nameOf = (person) => `${PREFIX} ${person} ${release}`;

async function fetched(address, person) {
  const fresh = await fetch(address, { redirect: "error", cache: "no-store" });
  if (!fresh.ok) throw new Error(`${address}: ${fresh.status}`);
  await (await caches.open(nameOf(person))).put(address, fresh.clone());
  return fresh;
}

/** A file of a checklist version: as this release draws it, else as an earlier one did. */
export async function ofChecklist(path, person) {
  const address = `/tablet/checklists/${path}`;
  const own = await (await caches.open(nameOf(person))).match(address);
  if (own) return own;
  const earlier = await caches.match(address);
  return fetched(address, person).catch((error) => {
    if (earlier) return earlier;
    throw error;
  });
}

/** Keep these versions for a person, and let go of others, and of what an earlier release drew. */
export async function keepChecklists(digests, person) {
  const cache = await caches.open(nameOf(person));
  for (const digest of digests) {
    for (const end of ENDS) {
      const address = `/tablet/checklists/${digest}${end}`;
      if (!(await cache.match(address))) await fetched(address, person);
    }
  }
  for (const kept of await cache.keys()) {
    const [, digest] = /checklists\/([0-9a-f]+)/.exec(kept.url) ?? [];
    if (!digests.has(digest)) await cache.delete(kept);
  }
  for (const name of await caches.keys()) if (name.startsWith(`${PREFIX} ${person} `) && name !== nameOf(person)) await caches.delete(name);
}

/** Let go of everything that is kept for a person. */
export async function forgetChecklists(person) {
  for (const name of await caches.keys()) if (name.startsWith(`${PREFIX} ${person} `)) await caches.delete(name);
}
