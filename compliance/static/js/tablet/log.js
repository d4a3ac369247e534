// The log of one person: what was entered, in the order it came, sealed by the vault; and what is being typed.
// Whatever resolves here is on the disk; whatever is not yet on the server carries `todo`.

import { NEEDS_YOU, STRICT, TO_SEND, nameOf } from "./database.js";
import { digestOf } from "./digest.js";
import { uuid7 } from "./uuid7.js";
import { Locked } from "./vault.js";

const POLICY = { idle_minutes: 10, keep_days: 7, wipe_days: 14, warn_hours: 24 };
export const draftsOf = (visit) => IDBKeyRange.bound([visit, ""], [visit, "\uffff"]);
const aboutEntry = (record) => `entry ${record.id} ${record.visit}`;

export class Log {
  #listeners = new Set();
  #typing = new Map(); // newest text of a draft, while an older one is being written
  #dropped = new Map(); // drafts that have become entries, with the round in which they did
  #writing = null;

  constructor(person, db) {
    this.person = person;
    this.db = db;
    this.vault = null;
    this.channel = new BroadcastChannel(nameOf(person));
    this.channel.onmessage = ({ data }) => this.#tell({ ...data, elsewhere: true });
  }

  // -- what others hear of it --------------------------------------------------------------------------------------------

  /** Call back after each change: {kind, visit?, elsewhere?}; kind "trouble" carries the error. Returns the way to stop. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  #tell(change) { for (const listener of this.#listeners) listener(change); }
  changed(kind, visit) {
    this.#tell({ kind, visit });
    this.channel.postMessage({ kind, visit });
  }

  /** Run a write; what the disk refuses is told to everybody who listens, and raised. */
  async write(work) {
    try {
      return await work();
    } catch (error) {
      this.#tell({ kind: "trouble", error });
      throw error;
    }
  }

  get key() {
    if (!this.vault) throw new Locked("locked");
    return this.vault;
  }

  close() {
    this.vault = null;
    this.channel.close();
    this.db.close();
  }

  // -- this tablet -------------------------------------------------------------------------------------------------------

  meta(name) { return this.db.get("meta", name); }
  async setMeta(name, value) {
    const transaction = this.db.transaction("meta", "readwrite", STRICT);
    transaction.store.put(value, name);
    await transaction.done;
  }

  /** The id of this tablet in this person's hands. */
  async device() {
    const transaction = this.db.transaction("meta", "readwrite", STRICT);
    let device = await transaction.store.get("device");
    if (!device) transaction.store.put((device = uuid7()), "device");
    await transaction.done;
    return device;
  }
  async policy() { return { ...POLICY, ...(await this.meta("policy")) }; }

  // -- visits ------------------------------------------------------------------------------------------------------------

  /** What this tablet knows of its own work on a visit: {visit, seq, saved_at, server_at, wish, receipt, ...}. */
  async visit(visit) { return (await this.db.get("visits", visit)) ?? { visit, seq: 0 }; }
  visits() { return this.db.getAll("visits"); }
  async updateVisit(visit, change) {
    const transaction = this.db.transaction("visits", "readwrite", STRICT);
    const state = (await transaction.store.get(visit)) ?? { visit, seq: 0 };
    transaction.store.put({ ...state, ...change });
    await transaction.done;
    this.changed("visit", visit);
  }

  // -- entries -----------------------------------------------------------------------------------------------------------

  /** Keep one entry; resolves when it is on the disk. draft: the key of the draft that it was until now. */
  async append(visit, entry, { draft } = {}) {
    const [kept] = await this.appendAll(visit, [entry], { draft });
    return kept;
  }

  /** Keep several entries, all or none. */
  async appendAll(visit, entries, { draft, photo } = {}) {
    return this.write(async () => {
      const at = new Date().toISOString();
      const full = entries.map(({ item, field, value, replaces = [], bulk = false }) => (
        { id: uuid7(), visit, item, field, value, replaces: [...replaces], at, bulk }));
      const closed = await Promise.all(full.map(({ id, visit: of, ...rest }) => this.key.sealed(rest, aboutEntry({ id, visit: of }))));
      if (draft) this.#dropDraft(visit, draft);
      const stores = ["entries", "visits", "meta", "drafts", ...(photo ? ["photos", "bytes"] : [])];
      const transaction = this.db.transaction(stores, "readwrite", STRICT);
      const done = transaction.done;
      done.catch(() => {}); // raised below
      const device = await transaction.objectStore("meta").get("device");
      const state = (await transaction.objectStore("visits").get(visit)) ?? { visit, seq: 0 };
      for (const [place, entry] of full.entries()) {
        Object.assign(entry, { device, seq: (state.seq += 1) }); // gap-free: the server can tell what is missing
        transaction.objectStore("entries").add({ id: entry.id, visit, seq: entry.seq, todo: TO_SEND, sealed: closed[place] });
      }
      transaction.objectStore("visits").put({ ...state, saved_at: at, touched_at: at });
      if (draft) transaction.objectStore("drafts").delete([visit, draft]);
      if (photo) {
        transaction.objectStore("photos").add(photo.record);
        transaction.objectStore("bytes").add(photo.bytes);
      }
      await done; // only now may anything say "saved"
      this.changed("entries", visit);
      return full.map((entry) => ({ ...entry, state: "here" }));
    });
  }

  /** The entries made on this tablet, in the order of their making. state: here | server | aside | refused | struck. */
  async entries(visit) {
    const device = await this.meta("device");
    const records = await this.db.getAllFromIndex("entries", "visit", visit);
    const found = await Promise.all(records.map((record) => this.openedEntry(record, device)));
    return found.sort((a, b) => a.seq - b.seq);
  }
  async openedEntry(record, device) {
    const { id, visit, seq } = record;
    const inside = await this.key.opened(record.sealed, aboutEntry(record));
    const why = record.why && (await this.key.opened(record.why, `why ${id}`));
    const struck = record.struck && (await this.key.opened(record.struck, `struck ${visit}`));
    return { id, visit, device, seq, ...inside, state: record.state ?? "here", sha256: record.sha256, why, struck };
  }

  /** What waits to be sent, at most `most`, of one visit or of all. */
  async outbox(most = 100, visit) {
    const device = await this.meta("device");
    const records = visit
      ? await this.db.getAllFromIndex("entries", "visit_todo", [visit, TO_SEND], most)
      : await this.db.getAllFromIndex("entries", "todo", TO_SEND, most);
    return Promise.all(records.map((record) => this.openedEntry(record, device)));
  }

  /** The server has these: [{id, sha256}]. One whose digest differs stays; its ids come back. */
  async settle(kind, received, state = "server") {
    const wrong = [];
    const right = [];
    for (const { id, sha256, why } of received) {
      const record = await this.db.get(kind, id);
      if (!record?.todo) continue;
      const mine = kind === "entries" ? await digestOf(await this.openedEntry(record, await this.meta("device"))) : record.sha256;
      if (mine === sha256) right.push({ id, sha256, why: why && (await this.key.sealed(why, `why ${id}`)) });
      else wrong.push(id);
    }
    const visits = await this.mark(kind, right, (record, { sha256, why }) => {
      delete record.todo;
      Object.assign(record, { state, sha256, why });
    });
    for (const visit of visits) await this.updateVisit(visit, { server_at: new Date().toISOString() });
    return wrong;
  }

  /** The server refuses these: [{id, code, text}]. They stay here until the inspector decides. */
  async refuse(kind, refused) {
    const named = [];
    for (const { id, code, text } of refused) named.push({ id, why: await this.key.sealed({ code, text }, `why ${id}`) });
    await this.mark(kind, named, (record, { why }) => Object.assign(record, { todo: NEEDS_YOU, state: "refused", why }));
  }

  /** Try again what was refused: one piece, or everything of a visit. */
  async retry(kind, ids) {
    await this.mark(kind, ids.map((id) => ({ id })), (record) => {
      if (record.todo) Object.assign(record, { todo: TO_SEND, state: "here", why: undefined });
    });
  }

  async mark(kind, changes, change) {
    const transaction = this.db.transaction(kind, "readwrite", STRICT);
    const visits = new Set();
    for (const one of changes) {
      const record = await transaction.store.get(one.id);
      if (!record) continue;
      change(record, one);
      transaction.store.put(record);
      visits.add(record.visit);
    }
    await transaction.done;
    for (const visit of visits) this.changed(kind, visit);
    return visits;
  }

  // -- drafts: every keystroke, newest only ------------------------------------------------------------------------------

  /** Keep what is being typed. While one write is under way only the newest text waits. */
  saveDraft(visit, key, value) {
    this.#typing.set(`${visit} ${key}`, { visit, key, value, round: this.#dropped.get(`${visit} ${key}`) ?? 0 });
    this.#writing ??= this.#writeDrafts();
    return this.#writing;
  }
  async #writeDrafts() {
    try {
      for (let [next] = this.#typing; next; [next] = this.#typing) {
        this.#typing.delete(next[0]);
        await this.write(() => this.#writeDraft(next[1]));
      }
    } finally { this.#writing = null; } // at once, so that no text comes between the last look and this
  }
  async #writeDraft({ visit, key, value, round }) {
    const sealed = await this.key.sealed({ value, at: new Date().toISOString() }, `draft ${visit} ${key}`);
    if ((this.#dropped.get(`${visit} ${key}`) ?? 0) !== round) return; // it is an entry by now
    const transaction = this.db.transaction("drafts", "readwrite", STRICT);
    transaction.store.put({ visit, key, sealed });
    await transaction.done;
  }
  #dropDraft(visit, key) {
    const name = `${visit} ${key}`;
    this.#typing.delete(name);
    this.#dropped.set(name, (this.#dropped.get(name) ?? 0) + 1);
  }
  async removeDraft(visit, key) {
    this.#dropDraft(visit, key);
    await this.db.delete("drafts", [visit, key]);
  }

  /** What a browser that died left behind: [{visit, key, value, at}]. */
  async drafts(visit) {
    const records = await this.db.getAll("drafts", visit ? draftsOf(visit) : undefined);
    return Promise.all(records.map(async ({ visit: of, key, sealed }) => (
      { visit: of, key, ...(await this.key.opened(sealed, `draft ${of} ${key}`)) })));
  }
}
