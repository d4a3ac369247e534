// One interview while it is held. What is said stands in the memory of the page alone. At every tap it is closed in an
// envelope that nobody on this tablet can open, and the envelope is kept as a draft; in the end, or when the browser dies,
// the draft becomes an entry of the log and travels like all others.

import { INTERVIEW } from "../rules.js";
import { close, filled } from "./envelope.js";

export class Interview {
  answers = {};
  people = 4;
  note = "";
  contact = "";
  brought = false;
  card = false;
  notice = false;
  consent = false;
  #ids = { sealed: crypto.randomUUID(), contact: crypto.randomUUID(), card: crypto.randomUUID() };
  #turn = Promise.resolve();
  #kept = new Set();

  constructor(ctx, setting, language) { Object.assign(this, { ctx, setting, language }); }

  /** Whether anything may be asked: the notice was spoken, and the worker agreed. */
  get agreed() { return this.notice && this.consent; }
  get said() { return Boolean(this.note.trim()) || Object.keys(this.answers).length > 0; }

  #field(kind) { return `${kind}:${this.#ids[kind]}`; }
  #draft(kind) { return `${INTERVIEW} ${this.#field(kind)}`; }

  #raw() {
    const { setting, language, people, brought, notice, consent, note } = this;
    const answers = Object.fromEntries(Object.entries(this.answers).map(([question, answer]) => [question, { answer }]));
    return JSON.stringify({ setting, language, people: setting === "group" ? people : 1, brought, notice, consent, answers, note: note.trim() });
  }

  #closed(kind) {
    const { visit, pack } = this.ctx;
    const [name, text] = kind === "sealed" ? ["interview", this.#raw()] : ["interview_contact", this.contact.trim()];
    return close(pack.interviews.key, `${name} ${visit} ${this.#ids[kind]}`, filled(text));
  }

  /** Close what was said so far and keep that; resolves when it is on the disk. */
  keep(kind = "sealed") {
    const done = this.#turn.then(async () => {
      const { store, visit } = this.ctx;
      if (kind === "sealed" ? this.said : this.contact.trim()) {
        this.#kept.add(kind);
        const value = await this.#closed(kind);
        await store.saveDraft(visit, this.#draft(kind), { item: INTERVIEW, field: this.#field(kind), value, replaces: [], was: null });
      } else if (this.#kept.delete(kind)) await store.removeDraft(visit, this.#draft(kind));
    });
    this.#turn = done.catch(() => {}); // the red banner tells
    return done;
  }

  /** The end: what was said becomes an entry, for good. Nothing was said: nothing is kept. */
  async end() {
    await this.#turn;
    if (!this.said) return this.drop();
    const entry = async (kind) => ({ item: INTERVIEW, field: this.#field(kind), value: await this.#closed(kind), replaces: [] });
    const card = this.card ? [{ item: INTERVIEW, field: this.#field("card"), value: true, replaces: [] }] : [];
    await this.ctx.answers([await entry("sealed"), ...card], { draft: this.#draft("sealed") });
    if (this.contact.trim()) await this.ctx.answers([await entry("contact")], { draft: this.#draft("contact") });
    return undefined;
  }

  /** The worker wants nothing kept. */
  async drop() {
    await this.#turn;
    for (const kind of this.#kept) await this.ctx.store.removeDraft(this.ctx.visit, this.#draft(kind));
    this.#kept.clear();
  }
}
