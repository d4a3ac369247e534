// A picture with its marks on a screen: fitted, enlarged with two fingers, wheel or buttons, moved about. One finger, pen or
// mouse is handed on: to draw, or to turn to the next picture.

import { h } from "./dom.js";
import { hide, measures, point, sheet } from "./marks.js";

const MOST = 8;

export class Stage {
  #pointers = new Map();
  #drawing = null; // the pointer that draws
  #pinch = null;
  #pen = false; // a pen was seen: from then on a hand that rests on the glass draws nothing
  #zoom = 1;
  #at = [0.5, 0.5]; // which point of the picture stands in the middle
  #frame = 0;
  #base = null;

  /** on: {begin(point), move(point), end(), cancel()} with points as shares of the picture; one that is left out, or
   * `this.moves` set, moves the picture instead. */
  constructor(picture, { label, on = {} }) {
    Object.assign(this, { on, marks: [], moves: false, cross: null });
    this.canvas = h("canvas", { class: "stage-canvas", tabindex: "0", role: "img", "aria-label": label });
    this.element = h("div", { class: "stage" }, this.canvas);
    this.show(picture);
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) this.canvas.addEventListener(kind, (event) => this[`_${kind}`](event));
    this.canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.watcher = new ResizeObserver(() => this.draw());
    this.watcher.observe(this.element);
  }

  /** Show another picture. */
  show(picture, marks = []) {
    this.picture = picture;
    this.marks = marks;
    this.fit();
  }
  /** Show other marks. `all` is false while only what points has changed. */
  mark(marks, all = true) {
    this.marks = marks;
    if (all) this.#base = null;
    this.draw();
  }
  fit() { [this.#zoom, this.#at, this.#base] = [1, [0.5, 0.5], null]; this.draw(); }
  get zoomed() { return this.#zoom > 1.01; }
  close() { this.watcher.disconnect(); cancelAnimationFrame(this.#frame); }

  // -- where things are --------------------------------------------------------------------------------------------------

  /** The rectangle of the picture in pixels of the screen: [left, top, width, height]. */
  #box() {
    const [wide, high] = [this.element.clientWidth, this.element.clientHeight];
    const [width, height] = measures(this.picture);
    const scale = Math.min(wide / width, high / height) * this.#zoom;
    const [w, t] = [width * scale, height * scale];
    const place = (room, length, share) => (length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, room / 2 - length * share)));
    return [place(wide, w, this.#at[0]), place(high, t, this.#at[1]), w, t];
  }
  #share(event) {
    const bounds = this.canvas.getBoundingClientRect();
    const [left, top, width, height] = this.#box();
    return [(event.clientX - bounds.left - left) / width, (event.clientY - bounds.top - top) / height];
  }

  /** Enlarge around a point of the picture that stays where it is. */
  zoomBy(factor, around = this.#at) {
    const before = this.#box();
    const spot = [before[0] + around[0] * before[2], before[1] + around[1] * before[3]];
    this.#zoom = Math.min(MOST, Math.max(1, this.#zoom * factor));
    const [, , width, height] = this.#box();
    const middle = [this.element.clientWidth / 2, this.element.clientHeight / 2];
    this.#look([around[0] + (middle[0] - spot[0]) / width, around[1] + (middle[1] - spot[1]) / height]);
  }
  #look(at) {
    this.#at = at.map((share) => Math.min(1, Math.max(0, share)));
    // What cannot be seen beyond the rim is not waited for when one moves back.
    const [left, top, width, height] = this.#box();
    const [wide, high] = [this.element.clientWidth, this.element.clientHeight];
    this.#at = [(wide / 2 - left) / width, (high / 2 - top) / height];
    this.draw();
  }
  #shift(dx, dy) {
    const [, , width, height] = this.#box();
    this.#look([this.#at[0] - dx / width, this.#at[1] - dy / height]);
  }
  #wheel(event) {
    event.preventDefault();
    if (event.ctrlKey || !this.zoomed) this.zoomBy(Math.exp(-event.deltaY / 400), this.#share(event));
    else this.#shift(-event.deltaX, -event.deltaY);
  }

  // -- fingers, pen, mouse -----------------------------------------------------------------------------------------------

  _pointerdown(event) {
    if (event.button > 0) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    try { this.canvas.setPointerCapture(event.pointerId); } catch { /* it is gone already */ }
    this.#pointers.set(event.pointerId, event);
    if (event.pointerType === "pen") this.#pen = true;
    if (this.#pointers.size === 2) this.#twoFingers();
    else if (this.#pointers.size === 1 && this.#draws(event)) {
      this.#drawing = event.pointerId;
      this.on.begin(this.#share(event), event);
    }
  }
  #draws(event) { return Boolean(this.on.begin) && !this.moves && !(this.#pen && event.pointerType === "touch"); }
  #twoFingers() {
    if (this.#drawing !== null) { this.on.cancel?.(); this.#drawing = null; }
    this.#pinch = this.#pair();
  }
  #pair() {
    const [a, b] = [...this.#pointers.values()];
    return { length: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 };
  }

  _pointermove(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    this.#pointers.set(event.pointerId, event);
    if (this.#pinch && this.#pointers.size === 2) {
      const [last, now] = [this.#pinch, this.#pair()];
      this.#shift(now.x - last.x, now.y - last.y);
      this.zoomBy(now.length / (last.length || 1), this.#share({ clientX: now.x, clientY: now.y }));
      this.#pinch = now;
    } else if (this.#drawing === event.pointerId) {
      const all = event.getCoalescedEvents?.() ?? [];
      for (const one of all.length ? all : [event]) this.on.move(this.#share(one), one);
    } else if (this.#drawing === null && !this.#pinch && (this.zoomed || !this.on.swipe)) {
      this.#shift(event.clientX - before.clientX, event.clientY - before.clientY);
    }
  }
  _pointerup(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#drawing === event.pointerId) { this.#drawing = null; this.on.end(); }
    if (!this.#pointers.size) this.#pinch = null;
  }
  _pointercancel(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#drawing === event.pointerId) { this.#drawing = null; this.on.cancel?.(); }
    if (!this.#pointers.size) this.#pinch = null;
  }

  // -- drawing -----------------------------------------------------------------------------------------------------------

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#paint());
  }
  #paint() {
    const [wide, high] = [this.element.clientWidth, this.element.clientHeight];
    if (!wide || !high || !this.picture) return;
    const dots = Math.min(2, devicePixelRatio || 1);
    if (this.canvas.width !== Math.round(wide * dots) || this.canvas.height !== Math.round(high * dots)) {
      Object.assign(this.canvas, { width: Math.round(wide * dots), height: Math.round(high * dots) });
    }
    this.#base ??= this.#hidden();
    const context = this.canvas.getContext("2d");
    context.setTransform(dots, 0, 0, dots, 0, 0);
    context.clearRect(0, 0, wide, high);
    context.imageSmoothingQuality = "high";
    const box = this.#box();
    context.drawImage(this.#base, ...box);
    point(context, box, this.marks);
    if (this.cross) this.#crosshair(context, box);
  }
  /** The picture with what hides parts of it, once for all zooms. */
  #hidden() {
    const hiding = this.marks.filter((mark) => mark.kind === "blur");
    if (!hiding.length) return this.picture;
    const canvas = sheet(...measures(this.picture));
    hide(canvas, this.picture, hiding);
    return canvas;
  }
  #crosshair(context, [left, top, width, height]) {
    const [x, y] = [left + this.cross[0] * width, top + this.cross[1] * height];
    for (const [colour, line] of [["#fff", 5], ["#000", 2]]) {
      Object.assign(context, { strokeStyle: colour, lineWidth: line });
      context.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) { context.moveTo(x + dx * 6, y + dy * 6); context.lineTo(x + dx * 20, y + dy * 20); }
      context.stroke();
    }
  }
}
