// One item of the checklist on the tablet: the row that the server drew, filled from what is entered, and listening.

import { h, icon } from "../dom.js";
import {
  FACT, KNOWN, NEED_REASON, SHORTFALLS, headsOf, isAsked, isZero, missingOfItem, needed, picturesOf, suggest, valueOf, weigh,
} from "../rules.js";
import { _, day, moment, say } from "../words.js";
import { SIGNS, severityWord, stateWord, verdictWord } from "./terms.js";
import { controlsOf, fill, keyOf } from "./typing.js";
import { change, expected } from "./undoing.js";

export class Row {
  /** element: the copy of the row that is this item's. */
  constructor(ctx, item, element) {
    this.ctx = ctx;
    this.item = item;
    this.element = element;
    this.controls = controlsOf(element);
    this.earlier = ctx.pack.earlier?.[item.id] ?? [];
    this.repeated = this.earlier.some((one) => one.repeat_within);
    this.photos = null; // until the strip of pictures has counted them
    this.element.querySelectorAll("[data-usual]").forEach((usual) => { usual.textContent = _("usual: %(n)d", { n: item.days }); });
    this.#offerSeverities();
    this.#showEarlier();
    this.#listen();
  }

  #slots = {};
  slot(name) { return (this.#slots[name] ??= this.element.querySelector(`[data-slot=${name}]`)); }
  box(name) { return this.element.querySelector(`#${CSS.escape(`${this.item.id}.${name}`)}`); }
  get answer() { return this.ctx.state.answers[this.item.id]; }
  get asked() { return isAsked(this.item, this.ctx.state); }

  /** What is recommended in a field of this item: typed there, it means the recommendation. */
  recommended(field) {
    if (field === "action") return [this.item.action];
    return field === "due_days" ? [this.item.days] : [];
  }

  // -- what the inspector does -------------------------------------------------------------------------------------------

  #listen() {
    const { element } = this;
    element.addEventListener("click", (event) => {
      if (event.target.matches?.("input[type=radio][name$='.verdict']")) this.give(event.target.value);
      else if (event.target.closest?.("[data-take]")) this.give(this.suggested.verdict, true);
      else if (event.target.closest?.("[data-recommended]")) this.#backToRecommended();
      else if (event.target.closest?.(".ask, .guide")) this.#open("how", !this.box("how").checked);
    });
    element.addEventListener("change", (event) => {
      const { type, name, value, checked } = event.target;
      if (!name || name.endsWith(".verdict")) return;
      const { field } = keyOf(name);
      if (type === "checkbox") this.#keep(field, checked);
      if (type === "radio") this.#keep(field, value || null);
    });
    element.addEventListener("photos", (event) => { this.photos = event.detail.count; this.#count(); });
    element.addEventListener("pointerdown", () => this.ctx.here(this.item.id), { passive: true });
  }

  /** Give an answer; the same one a second time takes it back. */
  async give(verdict, always = false) {
    const before = expected(this.ctx, this.item.id, "verdict");
    const wanted = verdict === before && !always ? null : verdict;
    if (wanted === before) return;
    const words = { item: this.item.id, before: before && verdictWord(before), answer: wanted && verdictWord(wanted) };
    const label = !wanted ? _("%(item)s: answer taken back", words)
      : before ? _("%(item)s: %(before)s → %(answer)s", words) : _("%(item)s: %(answer)s", words);
    if (SHORTFALLS.has(wanted)) this.#open("act", true);
    await this.#keep("verdict", wanted, { label, quiet: before === null });
    this.ctx.announce(_("%(what)s. Saved on tablet.", { what: label }));
  }

  async #keep(field, value, options) {
    this.element.dataset.saving = "1";
    try {
      await change(this.ctx, this.item.id, field, value, options);
    } catch (error) {
      if (error.name !== "Locked") console.error("not kept:", error.name);
      fill(this.ctx, this.controls); // what is shown is what is kept
    } finally { delete this.element.dataset.saving; }
  }

  #backToRecommended() {
    for (const field of ["action", "due_days"]) {
      if (valueOf(this.ctx.state, this.item.id, field) !== null) this.#keep(field, null);
    }
  }

  #open(name, on) {
    const box = this.box(name);
    if (box) box.checked = on;
  }

  /** Open the note and begin to write. */
  write() {
    const bad = SHORTFALLS.has(this.answer?.verdict);
    this.#open(bad ? "act" : "more", true);
    const field = NEED_REASON.has(this.answer?.verdict) && !bad ? "reason" : "note";
    this.element.querySelector(`textarea[name$='.${field}']`).focus();
  }

  // -- what is shown -----------------------------------------------------------------------------------------------------

  #offerSeverities() {
    const order = ["minor", "major", "critical"];
    for (const radio of this.element.querySelectorAll("input[type=radio][name$='.severity']")) {
      const severity = order.find((one) => radio.closest("label").classList.contains(one));
      const own = severity === this.item.severity;
      radio.value = own ? "" : severity;
      radio.closest("label").hidden = order.indexOf(severity) < order.indexOf(this.item.severity);
      if (own && severity !== "critical") radio.nextElementSibling.append(" ", h("small", {}, _("usual")));
    }
  }

  #showEarlier() {
    const slot = this.slot("earlier");
    slot.hidden = !this.earlier.length;
    slot.replaceChildren(...this.earlier.map((one) => h("div", { class: "earlier" }, icon("clock", 18), h("div", {},
      h("b", {}, _("Found on %(day)s", { day: day(one.on) })), " · ", severityWord(one.severity), stateWord(one.state) && ` · ${stateWord(one.state)}`, " ",
      one.repeat_within && h("span", { class: "badge orange" }, icon("undo"), _("a shortfall now is a repeat")),
      h("p", {}, one.seen)))));
  }

  /** Show what is entered now. typing: fields that are being written in are left alone. */
  update(typing) {
    const { ctx, item, element } = this;
    const answer = this.answer, verdict = answer?.verdict;
    fill(ctx, this.controls, { typing, shown: (_item, field) => this.recommended(field)[0] ?? null });
    const conflicts = this.slot("conflicts");
    if (ctx.state.conflicts.length || !conflicts.hidden) import("./conflicts.js").then((part) => part.showConflicts(ctx, item.id, conflicts));
    const lacks = verdict ? missingOfItem(item, answer) : [];
    this.slot("lacks").hidden = !lacks.length;
    this.slot("lacks").querySelector("span").textContent = lacks.map((lack) => _(lack.text)).join(" · ");
    element.toggleAttribute("data-lacks", lacks.length > 0);
    this.slot("bulk").hidden = !answer?.bulk;
    const own = ["action", "due_days"].some((field) => valueOf(ctx.state, item.id, field) !== null);
    element.querySelector("[data-recommended]").hidden = !own;
    this.#suggest(answer);
    this.#weigh(answer);
    this.#count();
    this.#showKept();
    if (!this.drawn) {
      this.drawn = true;
      this.#open("act", SHORTFALLS.has(verdict) || Boolean(answer?.facts.length));
      this.#open("more", Boolean(answer?.good || (answer?.note && !SHORTFALLS.has(verdict))));
    }
  }

  #suggest(answer) {
    const slot = this.slot("suggested");
    if (!slot) return;
    const numbers = answer?.quantities ?? {};
    this.suggested = suggest(this.item, numbers);
    const soon = this.suggested ? null : needed(this.item, numbers);
    slot.hidden = !this.suggested && !soon;
    slot.querySelector("button").hidden = !this.suggested || this.suggested.verdict === answer?.verdict;
    slot.querySelector("span").replaceChildren(...(this.suggested
      ? [h("b", {}, _("Suggested: %(answer)s.", { answer: verdictWord(this.suggested.verdict) })), ` ${say(this.suggested.reason)} `, _("You decide.")]
      : [say(soon)]));
    slot.querySelector("svg use").setAttribute("href", `#i-${this.suggested ? SIGNS[this.suggested.verdict] : "info"}`);
  }

  #weigh(answer) {
    const bad = SHORTFALLS.has(answer?.verdict);
    const { severity, raised_by: why } = bad ? weigh(this.item, answer, this.ctx.state.profile, this.repeated, isZero(this.item, answer)) : { raised_by: [] };
    const slot = this.slot("repeat");
    const said = [];
    if (bad && this.repeated) said.push(_("It was found before: this is a repeat."));
    if (why.includes("many_workers")) said.push(_("More than a tenth of the workers are affected."));
    if (why.includes("repeat") || why.includes("many_workers")) said.push(_("By itself it counts as: %(severity)s.", { severity: severityWord(severity) }));
    slot.hidden = !said.length;
    slot.textContent = said.join(" ");
    this.element.toggleAttribute("data-repeat", Boolean(bad && this.repeated));
  }

  /** Notes, actions and photos as numbers on their buttons. */
  #count() {
    const answer = this.answer;
    const bad = SHORTFALLS.has(answer?.verdict);
    const photos = this.photos ?? picturesOf(this.ctx.state, this.item.id).length;
    const counts = { note: [answer?.note, answer?.good].filter(Boolean).length, action: bad ? 1 : 0, photos };
    for (const [name, n] of Object.entries(counts)) this.element.querySelector(`[data-n=${name}]`).textContent = n || "";
  }

  #showKept() {
    const { ctx, item } = this;
    const moments = ["verdict", "note", "reason", "workers", "severity", "action", "due_days", "good"]
      .concat(item.facts.map((fact) => FACT + fact.id), ["document", "observation", "interview"].map((way) => KNOWN + way))
      .flatMap((field) => headsOf(ctx.state, item.id, field)).map((event) => event.at ?? event.received_at).filter(Boolean).sort();
    const slot = this.slot("kept");
    slot.hidden = !moments.length;
    const [said, when] = moments.length ? [_("saved on tablet"), moment(moments.at(-1))] : ["", ""];
    if (slot.textContent !== said + when) slot.replaceChildren(icon("good", 14), h("span", { class: "vh" }, said), h("span", {}, when));
  }
}
