// The photos of a visit as this tablet knows them: those taken here, those that the server handed out, and what the entries
// say of each. Everything about a photo is entered under the item where it was taken, also after it was moved.

import { parse, showsMore, textOf, union, without } from "./marks.js";
import { headsOf, valueOf } from "./rules.js";

const FIELD = /^(\S+) (photo|marks|caption|struck|moved|unrecognisable):([0-9a-f-]{36})$/;
const albums = new WeakMap();
// Ids of entries grow with time; what no entry announced came before, at the desk.
const order = (a = "", b = "") => (a < b ? -1 : a > b ? 1 : 0);

/** The album of a visit that is open. */
export function albumOf(ctx) {
  if (!albums.has(ctx)) albums.set(ctx, new Album(ctx));
  return albums.get(ctx);
}

class Album {
  #taken = null;
  #loading = null;
  #watchers = new Set();

  constructor(ctx) { this.ctx = ctx; }

  /** Call back when photos or what is said of them change; gives what ends it. */
  watch(watcher) {
    if (!this.#watchers.size) this.#listen();
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
      if (!this.#watchers.size) { this.#ears.forEach((close) => close()); this.#taken = null; }
    };
  }
  #ears = [];
  #listen() {
    const { ctx } = this;
    let waiting = 0;
    const tell = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { for (const watcher of this.#watchers) watcher(); }, 20);
    };
    const again = ({ kind, visit }) => { if (kind === "photos" && (!visit || visit === ctx.visit)) { this.#taken = null; tell(); } };
    this.#ears = [ctx.watch(tell), ctx.store.listen(again), () => clearTimeout(waiting)];
  }

  /** Photos that were taken on this tablet, by id. */
  async #own() {
    if (this.#taken) return this.#taken;
    this.#loading ??= this.ctx.store.photos(this.ctx.visit).finally(() => { this.#loading = null; });
    this.#taken = new Map((await this.#loading).map((photo) => [photo.id, photo]));
    return this.#taken;
  }

  /** Keep a prepared picture under an item. */
  async add(item, picture) {
    const photo = await this.ctx.addPhoto({ item, ...picture });
    this.#taken = null;
    return photo;
  }

  /** The photos that are shown under an item, in the order of their coming. */
  async of(item) { return (await this.all()).filter((photo) => photo.place === item); }

  async all() {
    const own = await this.#own();
    const { state, pack: { evidence = [] } } = this.ctx;
    if (this.#known.own !== own || this.#known.state !== state || this.#known.evidence !== evidence) {
      this.#known = { own, state, evidence, photos: this.#gathered(own, evidence) };
    }
    return this.#known.photos;
  }
  #known = {};

  #gathered(own, evidence) {
    const said = this.#said();
    const handedOut = evidence.filter((one) => one.kind === "photo");
    const found = new Map();
    for (const one of handedOut) found.set(one.id, { id: one.id, item: one.item, sha256: one.sha256, remote: one });
    for (const [id, facts] of said) found.set(id, { ...found.get(id), id, ...facts });
    for (const [id, photo] of own) found.set(id, { ...found.get(id), ...photo, local: photo, item: photo.item });
    const seen = new Set();
    return [...found.values()].sort((a, b) => order(a.begun, b.begun)).filter((photo) => {
      const known = this.#complete(photo);
      // The same picture sent twice under one item is one on the server.
      const twin = photo.sha256 && `${known.place} ${photo.sha256}`;
      if (twin && seen.has(twin)) return false;
      seen.add(twin);
      return true;
    });
  }

  /** id -> {item, begun}: where it was taken and the entry that announced it, of every photo that an entry speaks of. */
  #said() {
    const found = new Map();
    for (const [key, heads] of this.ctx.state.beside.heads) {
      const [, item, field, id] = FIELD.exec(key) ?? [];
      if (id && (field === "photo" || !found.has(id))) found.set(id, { item, begun: field === "photo" ? heads[0].id : undefined });
    }
    return found;
  }

  #complete(photo) {
    const { state } = this.ctx;
    const { id, item, remote } = photo;
    const said = (field) => headsOf(state, item, `${field}:${id}`).length > 0;
    const value = (field, otherwise) => (said(field) ? valueOf(state, item, `${field}:${id}`) : otherwise);
    photo.caption = value("caption", remote?.caption) ?? "";
    photo.struck = value("struck", remote?.struck ? "…" : null);
    photo.place = value("moved", null) ?? item;
    photo.marks = this.#marks(photo);
    photo.clear = this.#clear(photo);
    return photo;
  }

  /** What all tablets drew on it, and what was drawn elsewhere and no tablet spoke of. */
  #marks({ id, item, remote }) {
    const field = `marks:${id}`;
    const spoken = this.ctx.state.events.filter((event) => event.item === item && event.field === field);
    const elsewhere = without(parse(remote?.marks), spoken.flatMap((event) => parse(event.value)));
    return union(...headsOf(this.ctx.state, item, field).map((head) => parse(head.value)), elsewhere);
  }

  /** Whether all who spoke of it say that nobody can be recognised, each of a copy that showed no less than this one. */
  #clear({ id, item, marks, remote }) {
    const ticks = headsOf(this.ctx.state, item, `unrecognisable:${id}`);
    if (!ticks.length) return Boolean(remote?.clear) && !showsMore(parse(remote.marks), marks);
    return ticks.every(({ value }) => {
      if (value === true || !value) return value === true;
      const seen = this.ctx.state.events.find((event) => event.id === value);
      return Boolean(seen) && !showsMore(parse(seen.value), marks);
    });
  }

  // -- what is said of a photo -------------------------------------------------------------------------------------------

  say(photo, field, value, options) { return this.ctx.answer(photo.item, `${field}:${photo.id}`, value, options); }

  /** Keep marks, and whether nobody can be recognised with them. */
  async draw(photo, marks, clear) {
    const before = photo.marks;
    if (textOf(marks) !== textOf(before)) await this.say(photo, "marks", textOf(marks));
    await this.tick({ ...photo, marks }, clear, showsMore(before, marks));
  }

  /** The tick is for the copy that is shown now. */
  async tick(photo, clear, renewed = false) {
    if (clear === photo.clear && !(clear && renewed)) return;
    const [drawn] = headsOf(this.ctx.state, photo.item, `marks:${photo.id}`).filter((head) => head.value).slice(-1);
    await this.say(photo, "unrecognisable", clear ? (drawn?.id ?? true) : false);
  }
}
