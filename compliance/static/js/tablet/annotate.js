// Drawing on a photo: a blur brush for faces and name plates, arrow, box, pen; undo and redo; with a finger, a pen, a mouse,
// or the keys alone. What comes out are marks as data; the photo itself stays as it is.

import { ask, button, h, icon } from "./dom.js";
import { WIDTHS, textOf, tidy, tooMany } from "./marks.js";
import { Stage } from "./stage.js";
import { _ } from "./words.js";

const TOOLS = ["blur", "arrow", "box", "pen", "move"];
const STEP = 0.02;

/** The drawing board: {element, marks, changed, close()}. `locked` are drawn in the picture already.
 * onchange(marks) is called after each stroke, undo and redo. */
export function board({ picture, marks = [], name = "", onchange = () => {} }) {
  let tool = "blur", width = WIDTHS.medium, stroke = null, done = [marks], at = 0;
  const here = () => done[at];
  const stage = new Stage(picture, { label: name || _("Photo"), on: { begin, move, end, cancel } });
  const spoken = h("p", { class: "vh", role: "status", "aria-live": "polite" });
  stage.canvas.setAttribute("role", "application");
  stage.canvas.setAttribute("aria-describedby", "board-keys");

  // -- a stroke ----------------------------------------------------------------------------------------------------------

  const inside = ([x, y]) => [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
  const outside = ([x, y]) => x < -0.02 || y < -0.02 || x > 1.02 || y > 1.02;
  function begin(spot, event) {
    if (event && outside(spot)) return;
    if (event) stage.cross = null;
    const from = inside(spot);
    stroke = tool === "arrow" || tool === "box" ? { kind: tool, from, to: from } : { kind: tool, points: [from] };
    if (tool === "blur") stroke.width = width;
    show();
  }
  function move(spot) {
    if (!stroke) return;
    if (stroke.points) stroke.points.push(inside(spot));
    else stroke.to = inside(spot);
    show();
  }
  function end() {
    if (!stroke) return;
    const mark = tidy(stroke);
    stroke = null;
    // A tap with a tool that needs a way to go is none.
    const length = mark.from ? Math.hypot(mark.to[0] - mark.from[0], mark.to[1] - mark.from[1]) : 1;
    if (length < 0.01) show();
    else if (tooMany([...here(), mark])) { show(); say(_("No more marks can be kept on this photo.")); }
    else become([...here(), mark], _("Drawn: %(tool)s", { tool: words()[mark.kind] }));
  }
  function cancel() { stroke = null; show(); }

  function become(next, what) {
    done = [...done.slice(0, at + 1), next];
    at += 1;
    turned(what);
  }
  function step(by) {
    if (!(at + by in done)) return;
    at += by;
    turned(by < 0 ? _("Undone") : _("Done again"));
  }
  function turned(what) {
    show();
    update();
    say(what);
    onchange(here());
  }
  const say = (text) => { spoken.textContent = ""; requestAnimationFrame(() => { spoken.textContent = text; }); };
  const show = () => stage.mark(stroke ? [...here(), stroke] : here(), !stroke || stroke.kind === "blur");

  // -- buttons -----------------------------------------------------------------------------------------------------------

  const words = () => ({ blur: _("Blur"), arrow: _("Arrow"), box: _("Box"), pen: _("Pen"), move: _("Move") });
  const tools = h("div", { class: "board-tools", role: "radiogroup", "aria-label": _("What to draw") }, TOOLS.map((one) => h("label", { class: "board-tool" },
    h("input", { type: "radio", name: "board-tool", value: one, checked: one === tool, onchange: () => choose(one) }), h("span", {}, icon(one, 22), h("span", {}, words()[one])))));
  const brushes = { small: _("Small brush"), medium: _("Medium brush"), large: _("Large brush") };
  const sizes = h("div", { class: "board-tools", role: "radiogroup", "aria-label": _("Brush") }, Object.entries(WIDTHS).map(([size, value]) => h("label", { class: "board-tool" },
    h("input", { type: "radio", name: "board-size", value: size, checked: value === width, onchange: () => { width = value; } }), h("span", {}, h("i", { class: `dot-${size}` }), h("span", { class: "vh" }, brushes[size])))));
  const act = (sign, text, work) => h("button", { type: "button", class: "sign-only", title: text, onclick: work }, icon(sign, 22), h("span", { class: "vh" }, text));
  const undo = act("undo", _("Undo"), () => step(-1)), redo = act("redo", _("Redo"), () => step(1));
  const element = h("div", { class: "board" }, stage.element,
    h("div", { class: "board-bar" }, tools, sizes,
      h("div", { class: "board-acts" }, undo, redo, act("zoom-out", _("Smaller"), () => stage.zoomBy(1 / 1.5)), act("zoom-in", _("Larger"), () => stage.zoomBy(1.5)))),
    h("p", { class: "vh", id: "board-keys" }, _("Keys: arrows move the cross, Enter begins and ends a stroke, plus and minus enlarge, Ctrl and Z take back.")), spoken);

  function choose(one) {
    tool = one;
    stage.moves = one === "move";
    element.dataset.tool = one;
    update();
  }
  function update() {
    undo.disabled = at === 0;
    redo.disabled = at === done.length - 1;
    for (const one of sizes.querySelectorAll("input")) one.disabled = tool !== "blur";
  }

  // -- keys --------------------------------------------------------------------------------------------------------------

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  stage.canvas.addEventListener("keydown", (event) => {
    const [dx, dy] = ARROWS[event.key] ?? [];
    if (dx !== undefined) {
      const far = STEP * (event.shiftKey ? 0.25 : 1);
      stage.cross = inside(stage.cross ? [stage.cross[0] + dx * far, stage.cross[1] + dy * far] : [0.5, 0.5]);
      if (stroke) move(stage.cross);
      else stage.draw();
    } else if (event.key === "Enter" || event.key === " ") {
      if (stage.moves) return;
      stage.cross ??= [0.5, 0.5];
      if (stroke) end();
      else begin(stage.cross);
    } else if (event.key === "Escape" && stroke) cancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") step(event.shiftKey ? 1 : -1);
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "y") step(1);
    else if (event.key === "+" || event.key === "=") stage.zoomBy(1.5);
    else if (event.key === "-") stage.zoomBy(1 / 1.5);
    else return;
    event.preventDefault();
  });

  choose(tool);
  show();
  return { element, stage, get marks() { return here(); }, get changed() { return textOf(here()) !== textOf(marks); }, close: () => stage.close() };
}

/** Draw in a window of its own; gives {marks, clear}, null when it was left without keeping, or undefined when the window was
 * closed from elsewhere. `clear` is the tick that nobody
 * can be recognised; before, `clear` says whether it stands. */
export function annotate({ picture, marks = [], name = "", clear = false, onchange }) {
  return new Promise((resolve) => {
    const drawing = board({ picture, marks, name, onchange });
    const tick = h("input", { type: "checkbox", checked: clear });
    const dialog = h("dialog", { class: "full drawing", "aria-labelledby": "board-title" },
      h("div", { class: "full-bar" },
        h("button", { type: "button", class: "quiet", onclick: () => leave() }, icon("back"), h("span", {}, _("Back"))),
        h("h2", { id: "board-title" }, _("Cover faces and name plates")),
        button(_("Keep"), () => close({ marks: drawing.marks, clear: tick.checked }), { sign: "good", kind: "primary" })),
      drawing.element,
      h("label", { class: "choice full-foot" }, tick, h("span", {}, _("Nobody in this picture can be recognised"))));

    async function leave() {
      if (drawing.changed) {
        const answer = await ask(_("Leave without keeping what you drew?"), [], [{ text: _("Go on drawing"), value: "" }, { text: _("Leave it"), value: "leave", kind: "danger" }]);
        if (answer?.value !== "leave") return;
      }
      close(null);
    }
    let answer;
    function close(what) { answer = what; dialog.close(); }
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
    dialog.addEventListener("close", () => { drawing.close(); dialog.remove(); resolve(answer); });
    document.body.append(dialog);
    dialog.showModal();
    drawing.stage.canvas.focus();
  });
}
