// Drawing on a photo at the desk, with the drawing board of the tablet. What it draws goes with the form.

import { board } from "./tablet/annotate.js";
import { parse, textOf } from "./tablet/marks.js";
import { decoded } from "./tablet/shrink.js";
import { button, h } from "./tablet/dom.js";
import { _, setLanguage } from "./tablet/words.js";

const form = document.querySelector("form[data-draw]");
await setLanguage(document.documentElement.lang === "en" ? "en" : "zh_Hans_CN");
const picture = await fetch(form.dataset.draw).then((answer) => answer.blob()).then(decoded);
const field = form.elements.marks;
const drawing = board({
  picture, marks: parse(field.value), name: form.dataset.name,
  onchange: (marks) => { field.value = textOf(marks) ?? "[]"; },
});
form.append(drawing.element, h("div", { class: "form-end" }, button(_("Keep"), () => form.requestSubmit(), { sign: "good", kind: "primary" })));
form.addEventListener("submit", () => { form.dataset.kept = "1"; });
addEventListener("beforeunload", (event) => { if (drawing.changed && !form.dataset.kept) event.preventDefault(); });
document.documentElement.dataset.ready = "draw";
