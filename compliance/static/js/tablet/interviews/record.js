// One interview while it is held. What is said stands in the memory of the page alone. At every tap it is closed in an
// envelope that nobody on this tablet can open, and the envelope is kept as a draft; in the end, or when the browser dies,
// the draft becomes an entry of the log and travels like all others.

import { INTERVIEW } from "../rules.js";
import { close, filled } from "./envelope.js";

const KINDS = ["sealed", "contact", "card"]; // what was said, how somebody may be asked again, that a card was taken

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

  /** Whether there is anything to keep. */
  get anything() { return KINDS.some((kind) => this.#has(kind)); }
  #has(kind) { return { sealed: this.said, contact: Boolean(this.contact.trim()), card: this.card }[kind]; }

  #field(kind) { return `${kind}:${this.#ids[kind]}`; }
  #draft(kind) { return `${INTERVIEW} ${this.#field(kind)}`; }

  #raw() {
    const { setting, language, people, brought, notice, consent, note } = this;
    const answers = Object.fromEntries(Object.entries(this.answers).map(([question, answer]) => [question, { answer }]));
    return JSON.stringify({ setting, language, people: setting === "group" ? people : 1, brought, notice, consent, answers, note: note.trim() });
  }

  async #entry(kind) {
    const { visit, pack } = this.ctx;
    const [name, text] = kind === "sealed" ? ["interview", this.#raw()] : ["interview_contact", this.contact.trim()];
    const value = kind === "card" || (await close(pack.interviews.key, `${name} ${visit} ${this.#ids[kind]}`, filled(text)));
    return { item: INTERVIEW, field: this.#field(kind), value, replaces: [] };
  }

  /** Close what was said so far and keep that; resolves when it is on the disk. */
  keep(kind = "sealed") {
    const done = this.#turn.then(async () => {
      const { store, visit } = this.ctx;
      if (this.#has(kind)) {
        this.#kept.add(kind);
        await store.saveDraft(visit, this.#draft(kind), { ...(await this.#entry(kind)), was: null });
      } else if (this.#kept.delete(kind)) await store.removeDraft(visit, this.#draft(kind));
    });
    this.#turn = done.catch(() => {}); // the red banner tells
    return done;
  }

  /** The end: each piece becomes an entry, for good. What the disk refuses stays a draft. */
  async end() {
    await this.#turn;
    for (const kind of KINDS) {
      if (!this.#has(kind)) continue;
      await this.ctx.answers([await this.#entry(kind)], { draft: this.#draft(kind) });
      this.#kept.delete(kind);
    }
  }

  /** The worker wants nothing kept. */
  async drop() {
    await this.#turn;
    for (const kind of this.#kept) await this.ctx.store.removeDraft(this.ctx.visit, this.#draft(kind));
    this.#kept.clear();
  }
}
