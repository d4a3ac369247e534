// The keys, the gestures, and the settings of the display, in a dialog.

import { panel } from "../display.js";
import { h } from "../dom.js";
import { VERDICTS } from "../rules.js";
import { _ } from "../words.js";
import { verdictWord } from "./terms.js";

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
