// The tablet's own database: one for each person, and a small one that says whose there are. Changes of the schema only
// add, so that a tab of yesterday's release goes on beside one of today's. Chromium keeps all of them in one LevelDB, which
// it sometimes throws away as a whole; a storage bucket has one of its own, and there stands a second copy (copy.js).

import { wrap } from "../../vendor/idb.js";

export const STRICT = { durability: "strict" }; // nothing is called saved before the disk has it
const VERSION = 1;
const BUCKET = "second-copy"; // unsent.js names it too
const PATIENCE = 10_000;

// In the clear stand ids, sequence numbers, moments of the tablet's own work, and what is still to be done (`todo`).
export const TO_SEND = 1;
export const NEEDS_YOU = 2;

export const nameOf = (person) => `visits-${person}`;

/** Wait for what may be missing: a second copy that does not answer holds up nothing. */
export function inTime(work) {
  let timer;
  const late = new Promise((_done, reject) => { timer = setTimeout(reject, PATIENCE, new DOMException("", "TimeoutError")); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

let bucket;
/** Where second copies stand, undefined in browsers that have no such place. */
const second = async () => (await (bucket ??= navigator.storageBuckets && inTime(navigator.storageBuckets.open(BUCKET, { persisted: true, ...STRICT }))))?.indexedDB;

async function opened(factory, name, upgrade, { outdated, lost } = {}) {
  const request = factory.open(name, VERSION);
  request.onupgradeneeded = () => upgrade(request.result);
  const db = await wrap(request);
  db.onversionchange = () => { db.close(); outdated?.(); };
  db.onclose = () => lost?.();
  return db;
}

function kinds(db) {
  const entries = db.createObjectStore("entries", { keyPath: "id" });
  const photos = db.createObjectStore("photos", { keyPath: "id" });
  for (const store of [entries, photos]) {
    store.createIndex("visit", "visit");
    store.createIndex("todo", "todo"); // sparse: what has nothing to be done is not in it
    store.createIndex("visit_todo", ["visit", "todo"]);
  }
  db.createObjectStore("bytes", { keyPath: "id" }).createIndex("visit", "visit");
  db.createObjectStore("drafts", { keyPath: ["visit", "key"] });
  db.createObjectStore("packs", { keyPath: "visit" });
  db.createObjectStore("visits", { keyPath: "visit" });
  db.createObjectStore("meta");
}

/** The database of a person. hooks: outdated() another tab needs this one to close, lost() the browser closed it. */
export const ofPerson = (person, hooks) => opened(indexedDB, nameOf(person), kinds, hooks);

/** The second copy of it, undefined where there can be none. */
export async function copyOfPerson(person) {
  const factory = await second();
  return factory && inTime(opened(factory, nameOf(person), kinds));
}

/** Remove the copy of a person's database: before that itself, or what was removed would come back. */
export async function removeCopy(person) {
  const factory = await second();
  if (factory) await wrap(factory.deleteDatabase(nameOf(person)));
}

export async function removeOfPerson(person) {
  await removeCopy(person);
  await wrap(indexedDB.deleteDatabase(nameOf(person)));
}

// -- whose databases there are ------------------------------------------------------------------------------------------

async function within(factory, work) {
  const db = await opened(factory, "tablet", (made) => { made.createObjectStore("people", { keyPath: "id" }); });
  try { return await work(db); } finally { db.close(); }
}
const first = (work) => within(indexedDB, work);
const copied = async (work) => {
  const factory = await second();
  return factory && inTime(within(factory, work));
};

/** The people who work with this tablet: [{id, name, used}], the last one first. */
export async function people() {
  const read = (db) => db.getAll("people");
  const all = [...(await copied(read).catch(() => [])) ?? [], ...(await first(read))];
  return [...new Map(all.map((one) => [one.id, one])).values()].sort((a, b) => b.used - a.used);
}

export async function rememberPerson(id, name) {
  const used = Date.now();
  const write = async (db) => {
    const transaction = db.transaction("people", "readwrite", STRICT);
    transaction.store.put({ id, name, used });
    await transaction.done;
  };
  await first(write);
  await copied(write);
}

export async function forgetPerson(id) {
  const forget = (db) => db.delete("people", id);
  await copied(forget).catch(() => {}); // a name that comes back goes again when nothing is found under it
  await first(forget);
}
