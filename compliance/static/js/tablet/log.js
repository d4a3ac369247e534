// The log of one person: what was entered, in the order it came, sealed by the vault; and what is being typed.
// Whatever resolves here is on the disk; whatever is not yet on the server carries `todo`.

import { Copy, alone } from "./copy.js";
import { NEEDS_YOU, STRICT, TO_SEND, nameOf } from "./database.js";
import { digestOf } from "./digest.js";
import { uuid7 } from "./uuid7.js";
import { Locked } from "./vault.js";

const POLICY = { idle_minutes: 10, keep_days: 7, wipe_days: 14, warn_hours: 24 };
export const draftsOf = (visit) => IDBKeyRange.bound([visit, ""], [visit, "\uffff"]);
const renewed = async (at, visit, change) => at("visits").put({ ...((await at("visits").get(visit)) ?? { visit, seq: 0 }), ...change });
const aboutEntry = (record) => `entry ${record.id} ${record.visit}`;

export class Log {
  #listeners = new Set();
  #typing = new Map(); // newest text of a draft, while an older one is being written
  #dropped = new Map(); // drafts that have become entries, with the round in which they did
  #writing = null;

  constructor(person, db) {
    this.person = person;
    this.db = db;
    this.copy = new Copy(this);
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

  /** The one way to change what is kept, all of it or nothing: work(at) gets and puts, at(kind) being one of `kinds`.
   * Resolves, with what work gives, when it is on the disk and the second copy has followed. */
  change(kinds, work) {
    return this.copy.on ? alone(this.person, () => this.#change(kinds, work)) : this.#change(kinds, work);
  }
  async #change(kinds, work) {
    const transaction = this.db.transaction([...new Set([...kinds, "meta"])], "readwrite", STRICT);
    const { done } = transaction;
    done.catch(() => {}); // raised below
    const steps = [];
    const at = (kind) => {
      const store = transaction.objectStore(kind);
      const step = (how) => (...given) => { steps.push([kind, how, given]); store[how](...given).catch(() => {}); };
      return { get: (key) => store.get(key), of: (visit) => store.index("visit").getAllKeys(visit), put: step("put"), add: step("add"), delete: step("delete") };
    };
    const before = at("meta").get("written");
    before.catch(() => {});
    let given;
    try { given = await work(at); } catch (error) { transaction.abort(); throw error; }
    const written = ((await before) ?? 0) + 1;
    if (!steps.length) return given;
    at("meta").put(written, "written");
    await done;
    if (this.copy.on) await this.copy.follow(steps, written);
    return given;
  }

  get key() {
    if (!this.vault) throw new Locked("locked");
    return this.vault;
  }

  close() {
    this.vault = null;
    this.channel.close();
    this.db.close();
    this.copy.close();
  }

  // -- this tablet -------------------------------------------------------------------------------------------------------

  meta(name) { return this.db.get("meta", name); }
  setMeta(name, value) { return this.change(["meta"], (at) => at("meta").put(value, name)); }

  /** The id of this tablet in this person's hands. */
  async device() {
    return (await this.meta("device")) ?? this.change(["meta"], async (at) => {
      let device = await at("meta").get("device");
      if (!device) at("meta").put((device = uuid7()), "device");
      return device;
    });
  }
  async policy() { return { ...POLICY, ...(await this.meta("policy")) }; }

  // -- visits ------------------------------------------------------------------------------------------------------------

  /** What this tablet knows of its own work on a visit: {visit, seq, saved_at, server_at, wish, receipt, ...}. */
  async visit(visit) { return (await this.db.get("visits", visit)) ?? { visit, seq: 0 }; }
  visits() { return this.db.getAll("visits"); }
  async updateVisit(visit, change) {
    await this.change(["visits"], (at) => renewed(at, visit, change));
    this.changed("visit", visit);
  }

  /** Remember where one is: an address, and of it the part of a visit that is open. */
  rememberPlace(address, visit, part) {
    return this.change(["meta", "visits"], async (at) => {
      at("meta").put({ address, at: Date.now() }, "place");
      if (visit) await renewed(at, visit, { place: part });
    });
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
      const now = new Date().toISOString();
      const full = entries.map(({ item, field, value, replaces = [], bulk = false }) => (
        { id: uuid7(), visit, item, field, value, replaces: [...replaces], at: now, bulk }));
      const closed = await Promise.all(full.map(({ id, visit: of, ...rest }) => this.key.sealed(rest, aboutEntry({ id, visit: of }))));
      if (draft) this.#dropDraft(visit, draft);
      const stores = ["entries", "visits", "drafts", ...(photo ? ["photos", "bytes"] : [])];
      await this.change(stores, async (at) => {
        const [device, state = { visit, seq: 0 }] = await Promise.all([at("meta").get("device"), at("visits").get(visit)]);
        for (const [place, entry] of full.entries()) {
          Object.assign(entry, { device, seq: (state.seq += 1) }); // gap-free: the server can tell what is missing
          at("entries").add({ id: entry.id, visit, seq: entry.seq, todo: TO_SEND, sealed: closed[place] });
        }
        at("visits").put({ ...state, saved_at: now, touched_at: now });
        if (draft) at("drafts").delete([visit, draft]);
        if (photo) {
          at("photos").add(photo.record);
          at("bytes").add(photo.bytes);
        }
      }); // only now may anything say "saved"
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

  /** The server has these: [{id, sha256}], also what was given up while it was on its way. One whose digest differs stays;
   * its ids come back. */
  async settle(kind, received, state = "server") {
    const device = await this.meta("device");
    const looked = await Promise.all(received.map(async ({ id, sha256, why }) => {
      const record = await this.db.get(kind, id);
      if (!record?.todo && record?.state !== "struck") return null;
      const mine = kind === "entries" ? await digestOf(await this.openedEntry(record, device)) : record.sha256;
      return { id, sha256, right: mine === sha256, why: why && (await this.key.sealed(why, `why ${id}`)) };
    }));
    const found = looked.filter(Boolean);
    await this.mark(kind, found.filter(({ right }) => right), (record, { sha256, why }) => {
      delete record.todo;
      Object.assign(record, { state, sha256, why, struck: undefined });
    }, { server_at: new Date().toISOString() });
    return found.filter(({ right }) => !right).map(({ id }) => id);
  }

  /** The server refuses these: [{id, code, text}]. They stay here until the inspector decides. */
  async refuse(kind, refused) {
    const named = [];
    for (const { id, code, text } of refused) named.push({ id, why: await this.key.sealed({ code, text }, `why ${id}`) });
    await this.mark(kind, named, (record, { why }) => {
      if (record.todo) Object.assign(record, { todo: NEEDS_YOU, state: "refused", why }); // given up meanwhile: it stays so
    });
  }

  /** Try again what was refused: one piece, or everything of a visit. */
  async retry(kind, ids) {
    await this.mark(kind, ids.map((id) => ({ id })), (record) => {
      if (record.todo) Object.assign(record, { todo: TO_SEND, state: "here", why: undefined });
    });
  }

  /** Change records of one kind, and with them what is known of their visits. */
  async mark(kind, changes, change, ofVisit) {
    const visits = new Set();
    await this.change([kind, "visits"], async (at) => {
      for (const one of changes) {
        const record = await at(kind).get(one.id);
        if (!record) continue;
        change(record, one);
        at(kind).put(record);
        visits.add(record.visit);
      }
      if (ofVisit) for (const visit of visits) await renewed(at, visit, ofVisit);
    });
    for (const visit of visits) this.changed(kind, visit);
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
    await this.change(["drafts"], (at) => at("drafts").put({ visit, key, sealed }));
  }
  #dropDraft(visit, key) {
    const name = `${visit} ${key}`;
    this.#typing.delete(name);
    this.#dropped.set(name, (this.#dropped.get(name) ?? 0) + 1);
  }
  async removeDraft(visit, key) {
    this.#dropDraft(visit, key);
    await this.change(["drafts"], (at) => at("drafts").delete([visit, key]));
  }

  /** What a browser that died left behind: [{visit, key, value, at}]. */
  async drafts(visit) {
    const records = await this.db.getAll("drafts", visit ? draftsOf(visit) : undefined);
    return Promise.all(records.map(async ({ visit: of, key, sealed }) => (
      { visit: of, key, ...(await this.key.opened(sealed, `draft ${of} ${key}`)) })));
  }
}
