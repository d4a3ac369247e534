// One photo over the whole screen: its marks, its words, the tick, and what can be done with it. Swipe or arrow keys turn.

import { albumOf } from "./album.js";
import { ask, button, h, icon, note } from "./dom.js";
import { remember } from "./parts/undoing.js";
import { itemsOf, isAsked, CLOSING, headsOf } from "./rules.js";
import { decoded } from "./shrink.js";
import { Stage } from "./stage.js";
import { placeName, smallOf } from "./thumbs.js";
import { _, moment, say } from "./words.js";

const PAUSE = 600, SWIPE = 60;

/** Everything of a photo that can be shown: {picture, drawn}; drawn: its marks are in the picture already. */
export async function pictureOf(ctx, photo) {
  const bytes = photo.local && (await ctx.store.photo(photo.id));
  if (bytes) {
    const picture = await decoded(new Blob([bytes], { type: photo.type }));
    if (picture) return { picture, drawn: false, whole: true };
  }
  const fromServer = await fetch(`/visits/evidence/${photo.id}/picture`).then((answer) => (answer.ok && /^image/.test(answer.headers.get("Content-Type")) ? answer.blob() : null)).catch(() => null);
  const large = fromServer && (await decoded(fromServer));
  if (large) return { picture: large, drawn: true, whole: true };
  const small = await smallOf(photo).catch(() => null);
  return small && { ...small, whole: false };
}

/** Open a photo among others; `open` says whether it may be changed. Resolves when it is closed. */
export function view(ctx, photos, first, { editable = true } = {}) {
  return new Promise((resolve) => {
    const viewer = new Viewer(ctx, photos, first, editable);
    viewer.dialog.addEventListener("close", () => { viewer.close(); resolve(); });
    document.body.append(viewer.dialog);
    viewer.dialog.showModal();
    viewer.show();
  });
}

class Viewer {
  #turn = 0;
  #typing = 0;
  #from = null;
  #atBoard = false;
  #keeping = Promise.resolve(); // what was drawn or ticked last

  constructor(ctx, photos, first, editable) {
    Object.assign(this, { ctx, album: albumOf(ctx), photos, at: Math.max(0, photos.findIndex((one) => one.id === first)), editable });
    this.title = h("h2", { id: "viewer-title" });
    this.stageBox = h("div", { class: "viewer-stage" });
    this.#swiping(this.stageBox);
    this.foot = h("div", { class: "viewer-foot" });
    this.previous = h("button", { type: "button", class: "turn", onclick: () => this.go(-1) }, icon("back", 28), h("span", { class: "vh" }, _("Photo before")));
    this.next = h("button", { type: "button", class: "turn", onclick: () => this.go(1) }, icon("next", 28), h("span", { class: "vh" }, _("Next photo")));
    this.dialog = h("dialog", { class: "full viewer", "aria-labelledby": "viewer-title" },
      h("div", { class: "full-bar" }, h("button", { type: "button", class: "quiet", onclick: () => this.dialog.close() }, icon("back"), h("span", {}, _("Back"))), this.title),
      h("div", { class: "viewer-middle" }, this.previous, this.stageBox, this.next), this.foot);
    this.dialog.addEventListener("keydown", (event) => {
      if (event.target.matches("input, textarea") || this.stage?.zoomed) return;
      if (event.key === "ArrowLeft") this.go(-1);
      else if (event.key === "ArrowRight") this.go(1);
    });
    this.unwatch = this.album.watch(() => this.refresh());
  }
  get photo() { return this.photos[this.at]; }

  async go(by) {
    if (!(this.at + by in this.photos)) return;
    await this.#keepWords();
    this.at += by;
    this.show();
  }

  async refresh() {
    const all = new Map((await this.album.all()).map((one) => [one.id, one]));
    this.photos = this.photos.map((one) => all.get(one.id) ?? one);
    if (!this.dialog.open) return;
    if (this.stage && !this.drawn) this.stage.mark(this.photo.marks);
    if (!this.foot.contains(document.activeElement) || !document.activeElement.matches("input[type=text]")) this.#showFoot();
  }

  async show() {
    const turn = (this.#turn += 1);
    const { photo } = this;
    this.title.textContent = _("Photo %(n)s of %(all)s", { n: this.at + 1, all: this.photos.length });
    this.previous.disabled = this.at === 0;
    this.next.disabled = this.at === this.photos.length - 1;
    this.#showFoot();
    this.stageBox.setAttribute("aria-busy", "true"); // until then it shows the one before
    const found = await pictureOf(this.ctx, photo).catch(() => null);
    if (turn !== this.#turn) { found?.picture.close?.(); return; }
    this.stageBox.removeAttribute("aria-busy");
    this.stage?.close();
    this.picture?.close?.();
    this.stage = null;
    if (!found) { this.stageBox.replaceChildren(h("div", { class: "no-picture" }, icon("photo", 44), h("p", {}, noPicture(photo)))); return; }
    [this.picture, this.drawn, this.whole] = [found.picture, found.drawn, found.whole];
    this.stage = new Stage(found.picture, { label: photo.caption || _("Photo at %(item)s", { item: placeName(photo.place) }), on: { swipe: true } });
    this.stage.mark(this.drawn ? [] : photo.marks);
    this.stageBox.replaceChildren(this.stage.element);
    this.#showFoot();
  }

  #swiping(box) {
    box.addEventListener("pointerdown", (event) => { this.#from = event.isPrimary ? [event.clientX, event.clientY] : null; });
    box.addEventListener("pointerup", (event) => {
      if (!this.#from || !event.isPrimary || this.stage?.zoomed) return;
      const [dx, dy] = [event.clientX - this.#from[0], event.clientY - this.#from[1]];
      if (Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) this.go(dx < 0 ? 1 : -1);
    });
    box.addEventListener("dblclick", () => (this.stage?.zoomed ? this.stage.fit() : this.stage?.zoomBy(2.5)));
  }

  // -- what can be done --------------------------------------------------------------------------------------------------

  #showFoot() {
    const { photo, editable } = this;
    const facts = [placeName(photo.place), photo.taken && moment(photo.taken), photo.position && _("position %(place)s", { place: photo.position.split(",").slice(0, 2).join(", ") })];
    const parts = [h("p", { class: "viewer-facts" }, facts.filter(Boolean).join(" · "))];
    if (photo.struck) {
      parts.push(note("bad", h("p", {}, h("b", {}, _("Struck through")), photo.struck === "…" ? "" : `: ${photo.struck}`), editable && headsOf(this.ctx.state, photo.item, `struck:${photo.id}`).length > 0 && button(_("Take it back"), () => this.#unstrike(photo), { sign: "undo" })));
    } else if (editable) {
      parts.push(this.#words(photo), this.#tick(photo), this.#acts(photo));
    } else if (photo.caption) parts.push(h("p", {}, photo.caption));
    if (photo.why) parts.unshift(note("warn", h("p", {}, say(photo.why.text) || photo.why.code)));
    this.foot.replaceChildren(...parts.filter(Boolean));
  }

  #words(photo) {
    this.input = h("input", { type: "text", value: photo.caption, maxlength: "500", placeholder: _("What it shows"), "aria-label": _("What it shows"), oninput: () => this.#typed(), onchange: () => this.#keepWords() });
    return this.input;
  }
  #typed() {
    clearTimeout(this.#typing);
    const { photo } = this;
    this.ctx.type(photo.item, `caption:${photo.id}`, this.input.value).catch(() => {});
    this.#typing = setTimeout(() => this.#keepWords(), PAUSE);
  }
  async #keepWords() {
    clearTimeout(this.#typing);
    const { photo, input } = this;
    if (!input?.isConnected) return;
    const words = input.value.normalize("NFC").trim() || null;
    if (words === (photo.caption || null)) return;
    photo.caption = words ?? "";
    await this.album.say(photo, "caption", words, { draft: true }).catch(() => {});
  }

  #tick(photo) {
    const tick = h("input", { type: "checkbox", checked: photo.clear, disabled: !this.whole && !photo.clear });
    tick.addEventListener("change", () => {
      const { checked } = tick;
      this.#keep(photo, (now) => this.album.tick(now, checked)).catch(() => { tick.checked = photo.clear; });
    });
    return h("label", { class: "choice" }, tick, h("span", {}, _("Nobody in this picture can be recognised")));
  }

  #acts(photo) {
    return h("div", { class: "viewer-acts" },
      this.whole && button(_("Cover faces, draw"), () => this.#draw(photo), { sign: "blur", kind: "primary" }),
      button(_("Other item"), () => this.#move(photo), { sign: "move" }),
      button(_("Strike through"), () => this.#strike(photo), { sign: "strike" }));
  }

  /** What was drawn or ticked is kept one after the other, each over the photo as the one before left it. */
  #keep(photo, work) {
    const kept = this.#keeping.then(async () => work(await this.#asItIs(photo)));
    this.#keeping = kept.catch(() => {});
    return kept;
  }
  async #asItIs(photo) { return (await this.album.all()).find((one) => one.id === photo.id) ?? photo; }

  async #draw(shown) {
    if (this.#atBoard) return; // a double tap
    this.#atBoard = true;
    try {
      const { annotate } = await import("./annotate.js");
      await this.#keepWords();
      await this.#keeping;
      const photo = await this.#asItIs(shown);
      // What is drawn in the picture already cannot be taken out of it here.
      const locked = this.drawn ? photo.marks : [];
      const field = `marks:${photo.id}`;
      const keep = (marks) => JSON.stringify([...locked, ...marks]);
      const answer = await annotate({
        picture: this.picture, marks: this.drawn ? [] : photo.marks, name: photo.caption, clear: photo.clear,
        onchange: (marks) => { this.ctx.type(photo.item, field, keep(marks)).catch(() => {}); },
      });
      if (answer === undefined) return; // what was drawn stays a draft, and is there when the tablet is opened again
      this.#keep(photo, async (now) => {
        if (answer) await this.album.draw(now, [...locked, ...answer.marks], answer.clear).catch(() => {});
        await this.ctx.store.removeDraft(this.ctx.visit, `${photo.item} ${field}`);
      }).catch(() => {});
    } finally {
      this.#atBoard = false;
    }
  }

  async #strike(photo) {
    const reasons = [_("Blurred or too dark"), _("Shows something else"), _("Somebody can be recognised")];
    const reason = h("input", { type: "text", name: "reason", required: true, maxlength: "500", list: "strike-reasons", "aria-label": _("Reason") });
    const answer = await ask(_("Why shall this photo not stand?"), [
      h("p", { class: "hint" }, _("It stays on record with the reason, and is shown nowhere else.")),
      h("div", { class: "ticks" }, reasons.map((one) => h("button", { type: "button", onclick: () => { reason.value = one; reason.focus(); } }, one))),
      h("label", { class: "text" }, h("span", {}, _("Reason")), reason)], [{ text: _("Keep the photo"), value: "" }, { text: _("Strike through"), value: "strike", kind: "danger" }]);
    const why = answer?.value === "strike" && answer.reason.trim();
    if (!why) return;
    await this.album.say(photo, "struck", why);
    remember(this.ctx, _("Photo struck through"), () => this.album.say(photo, "struck", null));
    this.ctx.announce(_("Photo struck through"));
  }
  #unstrike(photo) { return this.album.say(photo, "struck", null); }

  async #move(photo) {
    const asked = itemsOf(this.ctx.checklist).filter((item) => isAsked(item, this.ctx.state));
    const choice = h("select", { name: "item", "aria-label": _("Item") }, asked.map((item) => h("option", { value: item.id, selected: item.id === photo.place }, `${item.id} ${say(item.question)}`)),
      h("option", { value: CLOSING, selected: photo.place === CLOSING }, placeName(CLOSING)));
    const answer = await ask(_("To which item does this photo belong?"), [h("label", { class: "text" }, h("span", {}, _("Item")), choice)], [{ text: _("Leave it"), value: "" }, { text: _("Move"), value: "move", kind: "primary" }]);
    if (answer?.value !== "move" || answer.item === photo.place) return;
    const before = photo.place;
    const to = (item) => this.album.say(photo, "moved", item === photo.item ? null : item);
    await to(answer.item);
    remember(this.ctx, _("Photo moved to %(item)s", { item: placeName(answer.item) }), () => to(before));
  }

  close() {
    this.#keepWords();
    this.unwatch();
    this.stage?.close();
    this.picture?.close?.();
    this.dialog.remove();
  }
}

const noPicture = (photo) => (photo.local ? _("This tablet cannot show this picture (HEIC). It is kept as it is; the server can show it.") : _("This picture is on its way from another tablet, or is not here without a network."));
