// The frame around every page of the tablet: the bar with the state of saving, what is said aloud, what can be undone, and
// the red banner when something could not be kept.

import { h, icon, note } from "./dom.js";
import { _, htmlLanguage, language, moment, setLanguage } from "./words.js";

const app = document.getElementById("app");
const spoken = h("p", { class: "vh", role: "status", "aria-live": "polite" });
const alarms = h("div", { class: "alarms", role: "alert" });
const undoing = h("div", { class: "undo", role: "status", hidden: true });
let undoTimer = 0;

/** Say something to who listens to the page; it is not shown. */
export function announce(text) {
  spoken.textContent = "";
  requestAnimationFrame(() => { spoken.textContent = text; });
}

/** The banner of what could not be kept: it stays until the same thing has been kept after all. */
export function alarm(text) {
  alarms.replaceChildren(...(text ? [h("div", { class: "flash error alarm" }, icon("warn"), h("p", {}, text))] : []));
  document.documentElement.toggleAttribute("data-not-saved", Boolean(text));
}

/** In words what the disk refused, and what to do. */
export function refusal(error) {
  if (error?.name === "QuotaExceededError") {
    return _("NOT SAVED: this tablet is full. What you typed stays on this screen. Delete pictures or films from the tablet, then tap the answer again.");
  }
  return _("NOT SAVED (%(error)s). What you typed stays on this screen. Close other tabs of this application, then tap the answer again.", { error: error?.name ?? "?" });
}

/** Nothing is offered to be taken back any more. */
export function forgetUndo() {
  clearTimeout(undoTimer);
  undoing.hidden = true;
  undoing.replaceChildren();
}

/** Offer for a while to take something back. */
export function undo(label, work) {
  clearTimeout(undoTimer);
  const gone = forgetUndo;
  undoing.replaceChildren(h("span", {}, label), h("button", { type: "button", onclick: async () => { gone(); await work(); } }, icon("undo"), h("span", {}, _("Undo"))));
  undoing.hidden = false;
  undoTimer = setTimeout(gone, 10_000);
}

/** The four words of where things are. */
export function stateWords({ word, done = 0, all = 0, waiting = 0 }) {
  if (word === "needs_you") return _("Needs you");
  if (word === "sending") return _("Sending %(done)s of %(all)s", { done, all });
  if (word === "saved_here") return _("Saved here: %(n)s", { n: waiting });
  return _("Safe on server");
}
const SIGNS = { needs_you: "warn", sending: "upload", saved_here: "lock", safe: "good" };

/** "saved on tablet 14:02 · on server 13:40" */
export function savedWords({ saved_at: saved, server_at: server } = {}) {
  if (!saved) return _("nothing entered yet");
  const there = server ? _("on server %(when)s", { when: moment(server) }) : _("not yet on server");
  return [_("saved on tablet %(when)s", { when: moment(saved) }), there].join(" · ");
}

const chip = h("a", { class: "chip", href: "/tablet/queue" });
const saved = h("span", { class: "saved" });
export function showState(state, times) {
  chip.dataset.word = state.word;
  chip.replaceChildren(icon(SIGNS[state.word], 18), h("span", {}, stateWords(state)));
  chip.setAttribute("href", state.href ?? "/tablet/queue");
  saved.textContent = savedWords(times);
  document.documentElement.dataset.state = state.word;
  document.documentElement.dataset.waiting = state.waiting ?? 0;
}

/** Draw the frame; gives the element for the page. `unlocked` adds what belongs to a person. */
export function draw({ unlocked = false, title = "", speaks = () => true, onlanguage, onlock } = {}) {
  document.title = unlocked ? _("Today") : _("Visits");
  document.documentElement.lang = htmlLanguage();
  const main = h("main", { id: "main", tabindex: "-1" });
  const other = language() === "en" ? { code: "zh_Hans_CN", text: "中文", lang: "zh-Hans" } : { code: "en", text: "English", lang: "en" };
  const switchLanguage = async () => {
    if ((await speaks(other.code)) && (await setLanguage(other.code))) onlanguage?.();
    else announce(_("The words of this language are not on the tablet yet. Open the application once with a network."));
  };
  app.replaceChildren(
    h("a", { class: "skip", href: "#main" }, _("Skip to content")),
    h("header", { class: "bar" },
      h("a", { class: "brand", href: "/tablet/" }, icon("visit", 26), h("span", {}, title || _("Visits"))),
      unlocked && h("div", { class: "bar-mid" }, chip, saved),
      h("div", { class: "bar-end" },
        h("button", { type: "button", class: "quiet", lang: other.lang, onclick: switchLanguage }, other.text),
        unlocked && h("a", { class: "quiet", href: "/tablet/device" }, icon("person"), h("span", {}, _("Tablet"))),
        unlocked && h("button", { type: "button", class: "quiet", onclick: onlock }, icon("lock"), h("span", {}, _("Lock"))))),
    alarms, main, undoing, spoken);
  return main;
}

/** What stands in the bar beside the state: inside a visit the name of the enterprise, elsewhere nothing. */
export function setTitle(title) {
  const brand = app.querySelector(".brand span");
  if (brand) brand.textContent = title || _("Visits");
}

export { note };
