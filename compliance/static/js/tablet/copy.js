// The second copy of a person's database, in a LevelDB of its own: what was called saved is in both. They are written one
// after the other, so that a browser that dies tears one of them at most; `written` in both counts the changes. A copy that
// cannot be had or written costs nobody an entry: it is done without until the next opening, when the two are made level.

import { STRICT, copyOfPerson, inTime, removeCopy } from "./database.js";

/** Nobody else writes for this person meanwhile, in no tab. */
export const alone = (person, work) => navigator.locks.request(`write-${person}`, work);

async function stateOf(db) {
  const [written = 0, device, vault] = await Promise.all(["written", "device", "vault"].map((name) => db.get("meta", name)));
  return { written, device, vault };
}

const unsent = async (db) => (await Promise.all([db.countFromIndex("entries", "todo"), db.countFromIndex("photos", "todo"), db.count("drafts")])).some(Boolean);

const RESTORED = "restored", MADE_ANEW = "copy-made-anew", FOREIGN = "copy-foreign"; // the office's page has the words

/** Make a database and its copy level; gives what the office should hear of it. */
async function level(first, copy) {
  const [mine, its] = await Promise.all([stateOf(first), stateOf(copy)]);
  const same = mine.device === its.device;
  if (same && mine.written === its.written) return "";
  const restore = its.vault && (!mine.vault || (same && its.written > mine.written));
  // Somebody began anew while the copy could not be had: nothing that was not sent is written over.
  if (!restore && !same && its.vault && await unsent(copy)) return FOREIGN;
  const { pour } = await import("./pour.js");
  await (restore ? pour(copy, first) : pour(first, copy));
  if (restore) return RESTORED;
  return its.vault ? "" : MADE_ANEW;
}

export class Copy {
  #db = null;
  constructor(store) { this.store = store; }
  get on() { return Boolean(this.#db); }

  /** Find the copy, and make both level. A first one that was thrown away and cannot be restored is an error. */
  async open() {
    const { store } = this;
    try {
      this.#db = await copyOfPerson(store.person);
      const said = this.on && await alone(store.person, () => level(store.db, this.#db));
      if (said === FOREIGN) this.close();
      if (said) await store.trouble(said).catch(() => {});
    } catch (error) {
      if (this.on && !(await store.meta("vault")) && (await stateOf(this.#db)).vault) throw error;
      this.#without(error);
    }
  }

  /** Repeat a change: [[kind, how, what it was given]], as the number `written`. */
  async follow(steps, written) {
    try { await inTime(this.#repeat(steps, written)); } catch (error) { this.#without(error); }
  }
  async #repeat(steps, written) {
    const transaction = this.#db.transaction([...new Set(steps.map(([kind]) => kind))], "readwrite", STRICT);
    const { done } = transaction;
    done.catch(() => {}); // raised below
    const before = transaction.objectStore("meta").get("written");
    before.catch(() => {});
    for (const [kind, how, given] of steps) transaction.objectStore(kind)[how](...given).catch(() => {});
    if (((await before) ?? 0) !== written - 1) transaction.abort(); // another tab did without
    await done;
  }

  #without(error) {
    this.close();
    this.failed = error;
    console.warn("the second copy:", error);
    this.store.trouble(`copy ${error.name}`).catch(() => {}); // a full tablet goes on
  }

  /** What leaves the tablet leaves a copy that could not follow as well. */
  async forget() { if (this.failed) await removeCopy(this.store.person); }

  close() {
    this.#db?.close();
    this.#db = null;
  }
}
