// Keys for who works with a keyboard.

import { settings } from "../display.js";
import { VERDICTS } from "../rules.js";
import { undoLast } from "./undoing.js";

const WRITING = "textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=file]), [contenteditable]";

/** The dialog that lists them, loaded when it is asked for. */
export const help = async () => (await import("./help.js")).helpDialog();

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
    "?": help,
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
