// What is typed: every keystroke is kept as a draft; when typing pauses, or the field is left, it becomes an entry. What
// cannot be kept as it is (a number out of range) is marked, stays in its field and stays a draft.

import { Unfit, normal } from "../fields.js";
import { h, icon } from "../dom.js";
import { headsOf, itemOf, valueOf } from "../rules.js";
import { _ } from "../words.js";
import { change, expected } from "./undoing.js";

const PAUSE = 600;
const TYPED = "textarea[name], select[name], input[name]:not([type=radio]):not([type=checkbox]):not([type=file])";

/** "SAF01.fact.exit-locked" -> {item: "SAF01", field: "fact:exit-locked"}; "closing.remark" -> {item: "@closing", ...} */
export function keyOf(name) {
  const [first, ...rest] = name.split(".");
  const item = ["profile", "closing"].includes(first) ? `@${first}` : first;
  return { item, field: rest.length > 1 ? `${rest[0]}:${rest.slice(1).join(".")}` : rest[0] };
}

export class Typing {
  #pending = new Map(); // field -> {timer, seen, busy}
  #before = new Map(); // field -> the value when it was entered, to be taken back at once however often typing paused

  /** recommended(item, field): the values that mean "nothing of one's own" there. check(item, field, value): what else is
   * wrong with a value, as an English text, or nothing. */
  constructor(ctx, root, { recommended = () => [], check = () => "" } = {}) {
    Object.assign(this, { ctx, root, recommended, check });
    root.addEventListener("input", (event) => { if (event.target.matches?.(TYPED)) this.#typed(event.target); });
    root.addEventListener("change", (event) => { if (event.target.matches?.(TYPED)) this.commit(event.target); });
    root.addEventListener("focusout", (event) => { if (event.target.matches?.(TYPED)) this.commit(event.target, true); });
    this.onhide = () => { if (document.hidden) this.flush(); };
    document.addEventListener("visibilitychange", this.onhide);
    addEventListener("pagehide", this.onhide);
  }

  /** Whether a field holds something that is not an entry yet. */
  holds(control) { return this.#pending.has(control); }

  #typed(control) {
    const { item, field } = keyOf(control.name);
    const known = this.#pending.get(control);
    clearTimeout(known?.timer);
    // Going on writing settles no quarrel: where two entries differ, only one's own is replaced until a person picks.
    const differ = this.ctx.state.conflicts.some((one) => one.item === item && one.field === field);
    const seen = known?.seen ?? new Set(differ ? [] : headsOf(this.ctx.state, item, field).map((event) => event.id));
    this.#pending.set(control, { seen, timer: setTimeout(() => this.commit(control), PAUSE) });
    const { value, error } = this.#read(control);
    this.ctx.type(item, field, error ? control.value : value, { unfit: Boolean(error) }).catch(() => {});
    if (!error) this.#mark(control, null);
  }

  #read(control) {
    const { item, field } = keyOf(control.name);
    try {
      const value = normal(itemOf(this.ctx.checklist, item) ?? item, field, control.value);
      const wrong = this.check(item, field, value);
      if (wrong) throw new Unfit("check", wrong);
      return { value: this.recommended(item, field).some((one) => String(one) === String(value)) ? null : value };
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      return { error };
    }
  }

  /** Make an entry of what stands in a field, if it is another than what stands already. */
  async commit(control, left = false) {
    const pending = this.#pending.get(control);
    const { item, field } = keyOf(control.name);
    if (!pending) { if (left) this.#before.delete(control); return; }
    clearTimeout(pending.timer);
    const { value, error } = this.#read(control);
    this.#mark(control, error ?? null);
    if (error) return; // it stays a draft, and stays marked
    this.#pending.delete(control);
    const standing = valueOf(this.ctx.state, item, field);
    try {
      if (value === standing) {
        await this.ctx.store.removeDraft(this.ctx.visit, `${item} ${field}`);
      } else {
        // Pauses in one go of typing are one thing to take back.
        const first = !this.#before.has(control);
        if (first) this.#before.set(control, standing);
        // What somebody else entered while this was being typed is not replaced: both are kept, to be picked from.
        const replaces = (heads) => heads.map(({ id }) => id).filter((id) => pending.seen.has(id) || this.ctx.isOwn(id));
        const options = { replaces, draft: true };
        if (first) await change(this.ctx, item, field, value, { ...options, quiet: value !== null });
        else await this.ctx.answer(item, field, value, options);
      }
    } catch (failure) {
      this.#pending.set(control, pending); // the red banner says so; the next keystroke or leaving the field tries again
      if (failure.name !== "Locked") console.error("typing:", failure.name);
    }
    if (left) this.#before.delete(control);
  }

  /** Everything that is being typed becomes entries now. */
  flush() { return Promise.all([...this.#pending.keys()].map((control) => this.commit(control))); }

  /** Put back what was left in fields because it could not be kept as it was. */
  async restore() {
    for (const { value: draft } of await this.ctx.store.drafts(this.ctx.visit)) {
      if (!draft.unfit) continue;
      const control = [...this.root.querySelectorAll(TYPED)].find((one) => {
        const key = keyOf(one.name);
        return key.item === draft.item && key.field === draft.field;
      });
      if (!control) continue;
      control.value = draft.value;
      this.#pending.set(control, { seen: new Set(draft.replaces) });
      this.commit(control);
    }
  }

  #mark(control, error) {
    const label = control.closest("label, .field") ?? control.parentElement;
    label.querySelector(".error")?.remove();
    label.classList.toggle("wrong", Boolean(error));
    control.toggleAttribute("aria-invalid", Boolean(error));
    if (!error) { control.removeAttribute("aria-describedby"); return; }
    const id = `${control.id || control.name}-error`;
    label.append(h("span", { class: "error", id }, icon("warn"), h("span", {}, _(error.text, error.facts))));
    control.setAttribute("aria-describedby", id);
  }

  async close() {
    document.removeEventListener("visibilitychange", this.onhide);
    removeEventListener("pagehide", this.onhide);
    await this.flush();
  }
}

/** The controls of a form that hold entries. */
export const controlsOf = (root) => [...root.querySelectorAll("input[name]:not([type=file]), textarea[name], select[name]")];

/** Show what stands in controls; what is being typed is left alone. shown(item, field): what is shown where nothing was
 * entered; it is no entry. */
export function fill(ctx, controls, { typing, shown = () => null } = {}) {
  for (const control of controls) {
    if (typing?.holds(control)) continue;
    const { item, field } = keyOf(control.name);
    const value = expected(ctx, item, field) ?? shown(item, field);
    if (control.type === "radio") control.checked = control.value === (value ?? "");
    else if (control.type === "checkbox") control.checked = value === true || value === "signed";
    else if (control.value !== String(value ?? "") && control !== document.activeElement) control.value = String(value ?? "");
  }
}
