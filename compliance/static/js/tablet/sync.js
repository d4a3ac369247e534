// Sending, without being asked: entries in batches, photos in pieces that can be taken up again, then the receipt, then the
// wish to seal, then what the server has for this inspector. Safe to call at any time and from any tab: one runner at a
// time, and every piece has an id, so that a repetition is harmless. A piece is called sent when the server has named it
// with the digest that it has here.

import { keepChecklists } from "./checklists.js";
import { digestOfAll } from "./digest.js";
import { obey, tidy } from "./orders.js";
import { Trouble, call, contact, session } from "./talk.js";

const BATCH = 100;
const PIECE = 256 * 1024;
const SOON = 300;
const QUIET = 4000; // after the last tap, before a receipt is asked for
const HEARTBEAT = 60_000;
const LONGEST_PAUSE = 30_000;

export class Sync {
  state = { word: "saved_here", waiting: 0 };
  #listeners = new Set();
  #timer = 0;
  #pause = 2000;
  #session = null;
  #why = null; // what keeps the last round from going on
  #running = null;
  #sent = 0;
  #all = 0;
  #contacted = 0;
  #again = false;

  constructor(store) { this.store = store; }

  /** Begin, and go on until stopped. */
  start() {
    this.#ears = [
      this.store.listen(({ kind, elsewhere }) => {
        if (["entries", "photos", "visit", "forgotten"].includes(kind)) this.show();
        if (!elsewhere && ["entries", "photos", "wish"].includes(kind)) this.#soon(SOON);
      }),
      this.#on(window, "online", () => this.now()),
      this.#on(window, "offline", () => this.show()),
      this.#on(document, "visibilitychange", () => !document.hidden && this.#soon(SOON)),
    ];
    this.#soon(SOON); // the page that is being drawn comes first
    return this;
  }
  #ears = [];
  #on(target, kind, work) {
    target.addEventListener(kind, work);
    return () => target.removeEventListener(kind, work);
  }
  stop() {
    clearTimeout(this.#timer);
    this.#ears.forEach((close) => close());
    this.stopped = true;
  }
  listen(listener) {
    this.#listeners.add(listener);
    listener(this.state);
    return () => this.#listeners.delete(listener);
  }

  /** Where things are, in one of four words, with what is waiting and why. */
  async show() {
    if (this.stopped) return this.state;
    const waiting = await this.store.count();
    const visits = await this.store.visits();
    const { warn_hours: hours } = await this.store.policy();
    const oldest = waiting.all ? await this.store.oldest() : null;
    let why = this.#why;
    if (waiting.refused) why = "refused";
    else if (visits.some((visit) => visit.lacking)) why ??= "lacking";
    else if (oldest && Date.now() - Date.parse(oldest) > hours * 3_600_000) why ??= "old";
    const sending = this.#running && this.#all > 0 && navigator.onLine;
    const needs = why && !["offline", "server"].includes(why) && (waiting.all > 0 || why === "lacking");
    const word = needs ? "needs_you" : sending && waiting.all ? "sending" : waiting.all ? "saved_here" : "safe";
    const places = { sign_in: `/sign-in?next=${encodeURIComponent(location.pathname)}` };
    this.state = { word, why, waiting: waiting.all, done: this.#sent, all: Math.max(this.#all, this.#sent), href: needs ? places[why] : undefined, detail: waiting };
    for (const listener of this.#listeners) listener(this.state);
    return this.state;
  }

  /** Begin a round after this many milliseconds; one that was to begin sooner stays. */
  #soon(pause) {
    const due = performance.now() + pause;
    if (this.stopped || due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#due = Infinity;
      this.#round(false);
    }, pause);
  }
  #due = Infinity;

  /** Send now, and hear what is new. Resolves with the state when a round is over that began after this. */
  now() {
    clearTimeout(this.#timer);
    this.#due = Infinity;
    this.#next ??= this.#asked();
    return this.#next;
  }
  #next = null;
  async #asked() {
    do { await this.#running; } while (this.#running);
    this.#next = null;
    return this.#round(true);
  }

  #round(asked) {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = navigator.locks
      .request(`send-${this.store.person}`, { ifAvailable: !asked }, (lock) => (lock ? this.#guarded(asked) : "busy"))
      .catch((error) => console.error("sending:", error))
      .finally(async () => {
        this.#running = null;
        this.#sent = this.#all = 0;
        await this.show().catch(() => {});
        if (this.#again) { this.#again = false; this.#soon(SOON); }
      });
    return this.#running.then(() => this.state);
  }

  async #guarded(asked) {
    try {
      this.#why = null;
      const quiet = await this.#work(asked);
      this.#pause = 2000;
      this.#soon(quiet ? HEARTBEAT : QUIET);
    } catch (error) {
      this.#session = null;
      this.#why = error instanceof Trouble ? (error.kind === "refused" ? (error.code ?? "server") : error.kind) : "server";
      if (!(error instanceof Trouble) && error.name !== "Locked") throw error;
      this.#soon(this.#why === "sign_in" || this.#why === "other_person" ? HEARTBEAT : this.#pause * (0.75 + Math.random() / 2));
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    }
  }

  /** One round; gives whether everything is done. */
  async #work(asked) {
    const { store } = this;
    if (!store.vault) return true; // locked with nothing to send
    const old = !this.#session || Date.now() - this.#session.at > HEARTBEAT / 2;
    if (asked || old) this.#session = { ...(await session()), at: Date.now() };
    this.release = this.#session.release;
    if (this.#session.person !== store.person) throw new Trouble("refused", 409, { code: "other_person" });
    let heard = null;
    if (asked || Date.now() - this.#contacted >= HEARTBEAT - 1000) {
      heard = await contact(store, this.#session.csrf);
      this.#contacted = Date.now();
      await obey(store, heard.orders.filter((order) => order.kind === "discard"));
    }
    const waiting = await store.count();
    this.#all = waiting.entries + waiting.photos;
    await this.show();
    await this.#sendEntries();
    await this.#sendPhotos();
    const quiet = await this.#receipts(asked);
    const wipes = heard?.orders.filter((order) => order.kind === "wipe") ?? [];
    if (wipes.length) {
      await obey(store, wipes);
      if (await store.meta("wiped")) {
        await contact(store, this.#session.csrf); // the office hears of it before the tablet forgets that it was told to
        store.changed("wiped");
      }
    } else if (heard) {
      await this.#refresh(heard.visits);
      this.heard = heard.now;
    }
    await tidy(store, heard?.visits);
    return quiet;
  }

  #post(address, json, more) {
    return call(address, { method: "POST", json, ...more, headers: { "X-CSRFToken": this.#session.csrf } });
  }

  async #sendEntries() {
    const { store } = this;
    const device = await store.meta("device");
    for (let [first] = await store.outbox(1); first; [first] = await store.outbox(1)) {
      const batch = await store.outbox(BATCH, first.visit);
      const entries = batch.map(({ id, item, field, value, replaces, at, seq, bulk }) => ({ id, item, field, value, replaces, at, seq, bulk }));
      const { kept = [], known = [], aside = [], refused = [] } = await this.#post("/tablet/entries", { device, visit: first.visit, at: new Date().toISOString(), entries }, { patience: 60_000 });
      const wrong = await store.settle("entries", [...kept, ...known]);
      wrong.push(...(await store.settle("entries", aside.map(({ id, sha256, code, text }) => ({ id, sha256, why: { code, text } })), "aside")));
      const lies = wrong.map((id) => ({ id, code: "digest", text: "" }));
      await store.refuse("entries", [...refused, ...lies]);
      const named = kept.length + known.length + aside.length + refused.length;
      if (!named) throw new Trouble("server", 200);
      this.#sent += named;
      await this.show();
    }
  }

  async #sendPhotos() {
    const { store } = this;
    for (let [photo] = await store.photoOutbox(); photo; [photo] = await store.photoOutbox()) {
      try {
        await this.#sendPhoto(photo);
      } catch (error) {
        if (error.kind !== "refused") throw error;
        await store.refuse("photos", [{ id: photo.id, code: error.code, text: error.text }]); // never costs the others
      }
      this.#sent += 1;
      await this.show();
    }
  }

  async #sendPhoto(photo) {
    const { store } = this;
    const address = `/tablet/photos/${photo.id}`;
    const bytes = await store.photo(photo.id);
    if (!bytes) throw new Trouble("refused", 410, { code: "gone" });
    const headers = {
      "X-CSRFToken": this.#session.csrf, "X-Visit": photo.visit, "X-Item": photo.item, "X-Device": await store.meta("device"),
      "X-Size": String(bytes.byteLength), "X-SHA256": photo.sha256, "X-Type": photo.type, "X-Taken": photo.taken ?? "", "X-Position": photo.position ?? "",
    };
    let there = await call(address).catch((error) => {
      if (error.status === 404) return { received: 0, complete: false };
      throw error;
    });
    for (let stumbles = 0; !there.complete; ) {
      const body = bytes.slice(there.received, there.received + PIECE);
      try {
        there = await call(`${address}?offset=${there.received}`, { method: "PUT", headers: { ...headers, "Content-Type": "application/octet-stream" }, body, patience: 60_000 });
      } catch (error) {
        const elsewhere = error.status === 409 && typeof error.said.received === "number";
        if (!elsewhere || (stumbles += 1) > 5) throw error;
        there = error.said;
      }
    }
    await store.settle("photos", [{ id: photo.id, sha256: photo.sha256, why: there.aside ? { code: there.aside } : undefined }], there.aside ? "aside" : "server");
  }

  /** Ask for the receipt of every visit whose work has all been sent; gives whether none is left to be asked for. */
  async #receipts(asked) {
    const { store } = this;
    let quiet = true;
    for (const own of await store.visits()) {
      if (own.sealed_at || (await store.count(own.visit)).all) continue;
      const fresh = own.receipt?.complete && own.receipt.last_seq === own.seq;
      if (own.seq && !fresh) {
        if (!asked && !own.wish && Date.now() - Date.parse(own.touched_at) < QUIET) { quiet = false; continue; }
        await this.#receipt(own);
      }
      if (own.wish) await this.#seal(await store.visit(own.visit));
    }
    return quiet;
  }

  async #receipt({ visit, seq }) {
    const { store } = this;
    const device = await store.meta("device");
    const discarded = await store.discarded(visit);
    for (let from = 100; from < discarded.length; from += 100) {
      await this.#post(`/tablet/visits/${visit}/receipt`, { device, last_seq: seq, discarded: discarded.slice(from, from + 100) });
    }
    const said = await this.#post(`/tablet/visits/${visit}/receipt`, { device, last_seq: seq, discarded: discarded.slice(0, 100) });
    const mine = (await store.entries(visit)).filter((entry) => entry.state === "server" || entry.state === "aside");
    const verified = said.complete && said.digest === (await digestOfAll(mine));
    if (said.complete && !verified) await store.trouble(`receipt ${visit}`);
    await store.updateVisit(visit, { receipt: { ...said, last_seq: seq, complete: verified }, received_at: verified ? said.at : undefined });
  }

  async #seal({ visit, seq, receipt }) {
    if (seq && !receipt?.complete) return;
    const { store } = this;
    try {
      const said = await this.#post(`/tablet/visits/${visit}/seal`, { device: await store.meta("device"), last_seq: seq });
      await store.updateVisit(visit, { sealed_at: said.at, lacking: undefined });
    } catch (error) {
      if (error.kind !== "refused") throw error;
      const again = error.status === 409; // something of another tablet is on its way, or two entries differ
      await store.updateVisit(visit, { ...(again ? {} : { wish: undefined }), lacking: { status: error.status, code: error.code, text: error.text, missing: error.said.missing ?? [] } });
    }
  }

  /** Fetch what is new for this inspector, with the checklists that it needs. */
  async #refresh(listed) {
    const { store } = this;
    const kept = new Map((await store.packs()).map((one) => [one.visit, one]));
    const pinned = new Set([...kept.values()].map((one) => one.checklist));
    for (const { id, digest } of listed) {
      if (kept.get(id)?.digest === digest) continue;
      const pack = await call(`/tablet/visits/${id}`, { patience: 60_000 });
      // A visit never names a checklist that is not here yet: the network may be gone a moment later.
      await keepChecklists(pinned.add(pack.checklist), store.person);
      await store.keep(pack);
    }
    await keepChecklists(new Set((await store.packs()).map((one) => one.checklist)), store.person);
  }
}
