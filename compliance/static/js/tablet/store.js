// The store of one person: the log of entries, and beside it photos, and the visits as they were handed out.

import { alone } from "./copy.js";
import { NEEDS_YOU, TO_SEND, ofPerson, removeOfPerson } from "./database.js";
import { Log, draftsOf } from "./log.js";

export class Store extends Log {
  // -- photos ------------------------------------------------------------------------------------------------------------

  /** Keep a photo and the entry that announces it, both or neither. bytes, thumb: ArrayBuffer (WebKit keeps no Blobs). */
  async addPhoto(visit, { item, bytes, thumb, type, sha256, taken, position, width, height, ...more }) {
    const id = crypto.randomUUID(); // not in the order of making: an enterprise may see it one day, and must not learn when
    const facts = { item, type, taken, position, width, height, size: bytes.byteLength, ...more };
    const [sealed, small, whole] = await Promise.all([
      this.key.sealed(facts, `photo ${id} ${visit}`),
      thumb ? this.key.sealBytes(thumb, `thumb ${id}`) : undefined,
      this.key.sealBytes(bytes, `bytes ${id}`),
    ]);
    const record = { id, visit, todo: TO_SEND, made: new Date().toISOString(), sha256, sealed, small };
    const entry = { item, field: `photo:${id}`, value: sha256, replaces: [] };
    await this.appendAll(visit, [entry], { photo: { record, bytes: { id, visit, sealed: whole } } });
    return { id, visit, sha256, ...facts, state: "here", thumb };
  }

  /** The photos taken on this tablet, without their bytes. state: here | server | aside | refused | struck. */
  async photos(visit) {
    const records = await this.db.getAllFromIndex("photos", "visit", visit);
    return Promise.all(records.map((record) => this.#photo(record)));
  }
  async #photo({ id, visit, sha256, sealed, small, state = "here", why, todo }) {
    const facts = await this.key.opened(sealed, `photo ${id} ${visit}`);
    return {
      id, visit, sha256, ...facts, state, todo,
      thumb: small && (await this.key.openBytes(small, `thumb ${id}`)),
      why: why && (await this.key.opened(why, `why ${id}`)),
    };
  }

  /** The bytes of a photo as an ArrayBuffer, undefined where they are not here any more. */
  async photo(id) {
    const record = await this.db.get("bytes", id);
    return record && this.key.openBytes(record.sealed, `bytes ${id}`);
  }

  /** The next photos to send, without their bytes. */
  async photoOutbox(most = 1, visit) {
    const records = visit
      ? await this.db.getAllFromIndex("photos", "visit_todo", [visit, TO_SEND], most)
      : await this.db.getAllFromIndex("photos", "todo", TO_SEND, most);
    return Promise.all(records.map((record) => this.#photo(record)));
  }

  // -- visits ------------------------------------------------------------------------------------------------------------

  /** Keep what the server handed out about a visit, in place of what was kept before. */
  async keep(pack) {
    const sealed = await this.key.sealed(pack, `pack ${pack.id}`);
    return this.write(async () => {
      await this.change(["packs"], (at) => at("packs").put({ visit: pack.id, digest: pack.digest, checklist: pack.checklist, kept_at: new Date().toISOString(), sealed }));
      this.changed("pack", pack.id);
    });
  }
  async pack(visit) {
    const record = await this.db.get("packs", visit);
    return record && this.key.opened(record.sealed, `pack ${visit}`);
  }
  /** The digest of the checklist that a visit is pinned to. Needs no key. */
  async checklistOf(visit) { return (await this.db.get("packs", visit))?.checklist; }
  /** [{visit, digest, checklist, kept_at}] without opening anything. */
  async packs() { return (await this.db.getAll("packs")).map(({ sealed: _sealed, ...clear }) => clear); }

  /** The inspector's word that the visit is complete: it is sealed when everything has arrived. */
  async complete(visit) {
    await this.updateVisit(visit, { wish: new Date().toISOString(), lacking: undefined });
    this.changed("wish", visit);
  }
  reopen(visit) { return this.updateVisit(visit, { wish: undefined, lacking: undefined }); }

  /** What is not on the server: {entries, photos, drafts, refused, all}; of one visit or of all. Needs no key. */
  async count(visit) {
    const at = this.db.transaction(["entries", "photos", "drafts"]); // of one moment: what moves on is missed by none
    const of = (kind, todo) => (visit
      ? at.objectStore(kind).index("visit_todo").count([visit, todo])
      : at.objectStore(kind).index("todo").count(todo));
    const [entries, photos, refused, refusedPhotos, drafts] = await Promise.all([
      of("entries", TO_SEND), of("photos", TO_SEND), of("entries", NEEDS_YOU), of("photos", NEEDS_YOU),
      at.objectStore("drafts").count(visit ? draftsOf(visit) : undefined)]);
    const all = entries + photos + refused + refusedPhotos + drafts;
    return { entries, photos, drafts, refused: refused + refusedPhotos, all };
  }

  /** The moment of the oldest piece that is only here, null where there is none. Needs no key. */
  async oldest() {
    const entry = await this.db.getKeyFromIndex("entries", "todo", IDBKeyRange.lowerBound(TO_SEND));
    const begun = entry && new Date(parseInt(entry.slice(0, 8) + entry.slice(9, 13), 16)).toISOString(); // its id begins with it
    const photos = await this.db.getAllFromIndex("photos", "todo", IDBKeyRange.lowerBound(TO_SEND));
    return [begun, ...photos.map((photo) => photo.made)].filter(Boolean).sort()[0] ?? null;
  }

  /** Note something that should not happen, for the office to see at the next contact. */
  async trouble(what) {
    const known = (await this.meta("troubles")) ?? [];
    await this.setMeta("troubles", [...known, `${new Date().toISOString().slice(0, 16)} ${what}`.slice(0, 200)].slice(-20));
  }

  /** Remove everything of a visit from this tablet. The caller has made sure that nothing is lost by it. */
  async forget(visit) {
    await this.change(["entries", "photos", "bytes", "drafts", "packs", "visits"], async (at) => {
      for (const kind of ["entries", "photos", "bytes"]) for (const id of await at(kind).of(visit)) at(kind).delete(id);
      at("drafts").delete(draftsOf(visit));
      at("packs").delete(visit);
      at("visits").delete(visit);
    });
    await this.copy.forget();
    this.changed("forgotten", visit);
  }

  /** What was given up here: [{seq, id, reason}]. */
  async discarded(visit) {
    const struck = (await this.entries(visit)).filter((entry) => entry.state === "struck");
    return struck.map(({ seq, id, struck: reason }) => ({ seq, id, reason }));
  }
}

/** The store of a person, locked until it gets a vault. */
export async function open(person, hooks = {}) {
  const store = new Store(person, await ofPerson(person, hooks));
  await store.copy.open();
  await store.device();
  return store;
}

/** Remove a person's store with everything in it. */
export async function destroy(store) {
  store.close();
  await alone(store.person, () => removeOfPerson(store.person));
}
