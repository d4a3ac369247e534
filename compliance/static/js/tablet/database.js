// The tablet's own database: one for each person, and a small one that says whose there are. Changes of the schema only
// add, so that a tab of yesterday's release goes on beside one of today's.

import { openDB, deleteDB } from "../../vendor/idb.js";

export const STRICT = { durability: "strict" }; // nothing is called saved before the disk has it
const VERSION = 1;

// In the clear stand ids, sequence numbers, moments of the tablet's own work, and what is still to be done (`todo`).
export const TO_SEND = 1;
export const NEEDS_YOU = 2;

export const nameOf = (person) => `visits-${person}`;

/** The database of a person. hooks: outdated() a newer tab needs this one to close, lost() the browser closed it. */
export function ofPerson(person, hooks = {}) {
  return openDB(nameOf(person), VERSION, {
    upgrade(db) {
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
    },
    blocking(_from, _to, event) { event.target.close(); hooks.outdated?.(); },
    terminated() { hooks.lost?.(); },
  });
}

export const removeOfPerson = (person) => deleteDB(nameOf(person));

// -- whose databases there are ------------------------------------------------------------------------------------------

const tablet = () => openDB("tablet", 1, { upgrade(db) { db.createObjectStore("people", { keyPath: "id" }); } });

async function within(work) {
  const db = await tablet();
  try { return await work(db); } finally { db.close(); }
}

/** The people who work with this tablet: [{id, name, used}], the last one first. */
export const people = () => within(async (db) => (await db.getAll("people")).sort((a, b) => b.used - a.used));

export const rememberPerson = (id, name) => within(async (db) => {
  const transaction = db.transaction("people", "readwrite", STRICT);
  transaction.store.put({ id, name, used: Date.now() });
  await transaction.done;
});

export const forgetPerson = (id) => within((db) => db.delete("people", id));
