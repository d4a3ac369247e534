// A signature drawn with a finger or a pen. What is kept are the strokes, so that it can be drawn again at any size.

import SignaturePad from "../../vendor/signature_pad.js";
import { CLOSING, headsOf, valueOf } from "./rules.js";
import { _ } from "./words.js";
import { change } from "./parts/undoing.js";

const LONGEST = 60_000; // characters that the server takes
const SVG = "http://www.w3.org/2000/svg";

/** The strokes as text, with as few digits and as many points as fit. */
function textOf(groups) {
  for (let every = 1; every < 9; every += 1) {
    const text = JSON.stringify(groups.map(({ points }) => ({
      points: points.filter((_point, place) => place % every === 0 || place === points.length - 1)
        .map(({ x, y, pressure }) => ({ x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10, pressure: Math.round((pressure ?? 0.5) * 100) / 100 })),
    })));
    if (text.length <= LONGEST) return text;
  }
  return null;
}

/** The strokes of a text, empty where it is none. */
function strokesOf(text) {
  try { return JSON.parse(text) ?? []; } catch { return []; }
}

/** A signature as a picture that any paper can show. */
export function drawn(text, label) {
  const strokes = strokesOf(text);
  const points = strokes.flatMap((stroke) => stroke.points);
  if (!points.length) return null;
  const [left, top] = [Math.min(...points.map(({ x }) => x)) - 4, Math.min(...points.map(({ y }) => y)) - 4];
  const [right, bottom] = [Math.max(...points.map(({ x }) => x)) + 4, Math.max(...points.map(({ y }) => y)) + 4];
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: `${left} ${top} ${right - left} ${bottom - top}`, role: "img", "aria-label": label, class: "signature" })) svg.setAttribute(name, value);
  for (const { points: one } of strokes) {
    const path = document.createElementNS(SVG, "path");
    const [first, ...rest] = one;
    path.setAttribute("d", `M${first.x} ${first.y}${rest.length ? rest.map(({ x, y }) => `L${x} ${y}`).join("") : "h.1"}`);
    svg.append(path);
  }
  return svg;
}

/** Let somebody sign in a box of the page. field: inspector_strokes or representative_strokes. onsigned: after a stroke. */
export function signing(ctx, box, { onsigned = () => {} } = {}) {
  const field = box.dataset.strokes;
  const canvas = box.querySelector("canvas");
  const said = box.querySelector("[data-drawn]");
  const clear = box.querySelector("[data-clear]");
  const pad = new SignaturePad(canvas, { minWidth: 0.8, maxWidth: 2.8 });
  let own = null; // what was drawn here, as it is kept

  /** Draw what is kept; what was drawn in a larger box is made to fit. */
  function fit() {
    const ratio = Math.max(devicePixelRatio, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.penColor = getComputedStyle(canvas).color;
    pad.clear();
    const strokes = strokesOf(own), points = strokes.flatMap((stroke) => stroke.points);
    if (!points.length) return;
    const most = (name) => Math.max(...points.map((point) => point[name])) + 4;
    const scale = Math.min(1, canvas.offsetWidth / most("x"), canvas.offsetHeight / most("y"));
    pad.fromData(strokes.map((stroke) => ({
      penColor: pad.penColor, minWidth: 0.8, maxWidth: 2.8, dotSize: 0, velocityFilterWeight: 0.7, compositeOperation: "source-over",
      points: stroke.points.map(({ x, y, pressure = 0.5 }) => ({ x: x * scale, y: y * scale, pressure, time: 0 })),
    })));
  }
  function update() {
    const kept = valueOf(ctx.state, CLOSING, field);
    if (kept !== own) { own = kept; fit(); }
    clear.hidden = !own;
    said.textContent = own ? _("Signed. Saved on tablet.") : _("Sign here with a finger or a pen.");
    box.toggleAttribute("data-signed", Boolean(own));
  }
  async function keep() {
    const text = textOf(pad.toData());
    if (text === null) { ctx.announce(_("The drawing is too long. Clear it and sign once more.")); return; }
    own = text;
    const replaces = headsOf(ctx.state, CLOSING, field).map((event) => event.id);
    await ctx.answer(CLOSING, field, text, { replaces });
    await onsigned();
    update();
  }
  pad.addEventListener("endStroke", () => { keep().catch(() => {}); });
  clear.addEventListener("click", () => change(ctx, CLOSING, field, null, { label: _("Signature cleared") }).catch(() => {}));
  const watching = new ResizeObserver(() => fit());
  watching.observe(canvas);
  update();
  return { update, disable(on) { if (on) pad.off(); box.classList.toggle("off", on); clear.hidden ||= on; }, close() { watching.disconnect(); pad.off(); } };
}

