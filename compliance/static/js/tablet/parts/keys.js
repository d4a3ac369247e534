// Keys for who works with a keyboard, and the dialog that lists them beside the settings of the display.

import { h } from "../dom.js";
import { panel, settings } from "../display.js";
import { VERDICTS } from "../rules.js";
import { _ } from "../words.js";
import { verdictWord } from "./terms.js";
import { undoLast } from "./undoing.js";

const WRITING = "textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=file]), [contenteditable]";

/** Listen to the keys on a page of a visit; gives what ends it. */
export function begin(ctx, rows, { next, current, focusRow }) {
  const shown = () => rows.filter((row) => !row.element.hidden);
  const step = (by) => {
    const list = shown();
    const here = list.indexOf(current());
    const row = list[Math.min(list.length - 1, Math.max(0, here + (document.activeElement?.closest?.(".item") || here < 0 ? by : 0)))];
    if (row) focusRow(row);
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    n: () => current()?.write(),
    p: () => current()?.element.querySelector("input[type=file]")?.click(),
    g: () => current()?.box("how").click(),
    "?": () => helpDialog(ctx),
  };
  VERDICTS.forEach((verdict, place) => { keys[place + 1] = () => current()?.give(verdict); });

  function pressed(event) {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const writing = event.target.closest?.(WRITING);
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      document.activeElement?.blur();
      next();
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey && !writing) {
      if (undoLast(ctx)) event.preventDefault();
    } else if (!writing && !event.ctrlKey && !event.metaKey && !event.altKey && settings().keys === "on" && keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  }
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

/** The keys, the gestures, and how the screen looks. */
export function helpDialog() {
  const line = (key, text) => h("div", {}, h("dt", {}, [key].flat().map((one) => h("kbd", {}, one))), h("dd", {}, text));
  const dialog = h("dialog", { class: "ask help", "aria-labelledby": "help-title" },
    h("form", { method: "dialog" },
      h("h2", { id: "help-title" }, _("Display and keys")),
      panel(),
      h("h3", {}, _("Gestures")),
      h("ul", {},
        h("li", {}, _("Tap a chosen answer again to take it back.")),
        h("li", {}, _("Tap a question to read how to look.")),
        h("li", {}, _("Whatever is lost by a tap can be undone for ten seconds, and by Ctrl+Z."))),
      h("h3", {}, _("Keys")),
      h("dl", { class: "keys-list" },
        VERDICTS.map((verdict, place) => line(String(place + 1), verdictWord(verdict))),
        line("n", _("Note")), line("p", _("Photo")), line("g", _("How to look")),
        line(["j", "k"], _("Next item, item before")), line("Ctrl+Enter", _("Next open item")),
        line("Ctrl+Z", _("Undo")), line("?", _("This list"))),
      h("div", { class: "form-end" }, h("button", { class: "primary" }, _("Close")))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
