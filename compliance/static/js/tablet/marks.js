// Marks on a photo, as in compliance/visits/marks.py, which draws the copies that anybody is shown. Here they are drawn to
// be seen while one works: the photo itself stays as it is. tests/cases/marks.json holds both to the same regions.

export const WIDTHS = { small: 0.03, medium: 0.06, large: 0.12 };
export const LONGEST = 40_000;
const MOST = 200, MOST_POINTS = 1500;
const CELLS = 5, SMALLEST_CELL = 1 / 40, OVERLAP = 0.15;
const RED = "#d4001a", WHITE = "#ffffff";

const share = (number) => Math.round(Math.min(1, Math.max(0, number)) * 10_000) / 10_000;
const spot = ([x, y]) => [share(x), share(y)];

/** A mark as it is kept: rounded, inside the picture. */
export function tidy({ kind, points, width, from, to }) {
  if (kind === "arrow" || kind === "box") return { kind, from: spot(from), to: spot(to) };
  const thin = thinned(points.map(spot));
  return kind === "blur" ? { kind, points: thin, width: share(width) } : { kind, points: thin };
}

/** Leave out points that a hand cannot have meant. */
function thinned(points, near = 0.002) {
  const kept = points.filter(([x, y], at) => {
    if (at === 0 || at === points.length - 1) return true;
    const [a, b] = points[at - 1];
    return Math.hypot(x - a, y - b) > 0;
  });
  const far = [kept[0]];
  for (const point of kept.slice(1, -1)) if (Math.hypot(point[0] - far.at(-1)[0], point[1] - far.at(-1)[1]) >= near) far.push(point);
  if (kept.length > 1) far.push(kept.at(-1));
  return far.length > MOST_POINTS ? thinned(far, near * 2) : far;
}

/** The marks of a kept text; what cannot be read marks nothing. */
export function parse(text) {
  if (Array.isArray(text)) return text;
  try {
    const marks = JSON.parse(text ?? "[]");
    return Array.isArray(marks) ? marks : [];
  } catch { return []; }
}

const keyOf = (mark) => JSON.stringify(tidy(mark));
export const textOf = (marks) => (marks.length ? JSON.stringify(marks.map(tidy)) : null);
export const tooMany = (marks) => marks.length > MOST || (textOf(marks)?.length ?? 0) > LONGEST;

/** Everything that any of them marks, each mark once. */
export function union(...lists) {
  const found = new Map();
  for (const mark of lists.flat()) if (!found.has(keyOf(mark))) found.set(keyOf(mark), mark);
  return [...found.values()];
}

/** Those of `marks` that are not among `others`. */
export function without(marks, others) {
  const there = new Set(others.map(keyOf));
  return marks.filter((mark) => !there.has(keyOf(mark)));
}

/** Whether something may be seen after a change that was not to be seen before: a mark is gone. */
export const showsMore = (before, after) => without(before, after).length > 0;

// -- regions --------------------------------------------------------------------------------------------------------------

const brush = (mark, size) => mark.width * Math.max(...size) * (1 + 2 * OVERLAP);

function frameOf(mark, size) {
  const reach = brush(mark, size) / 2;
  const across = mark.points.map(([x]) => x * size[0]), down = mark.points.map(([, y]) => y * size[1]);
  return [Math.min(...across) - reach, Math.min(...down) - reach, Math.max(...across) + reach, Math.max(...down) + reach];
}
const touch = (a, b) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
const around = (a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];

/** Strokes whose frames touch hide one region: [{frame, marks}]. */
export function regions(marks, size) {
  let groups = [];
  for (const mark of marks) {
    let here = { frame: frameOf(mark, size), marks: [mark] };
    for (let grown = true; grown; ) {
      const [near, far] = [groups.filter((one) => touch(one.frame, here.frame)), groups.filter((one) => !touch(one.frame, here.frame))];
      grown = near.length > 0;
      for (const one of near) here = { frame: around(one.frame, here.frame), marks: [...one.marks, ...here.marks] };
      groups = far;
    }
    groups = [...groups, here];
  }
  return groups;
}

/** Edge of one colour of a hidden region. */
export const cellOf = (frame, longer) => Math.max(longer * SMALLEST_CELL, Math.max(frame[2] - frame[0], frame[3] - frame[1]) / CELLS);

// -- drawing --------------------------------------------------------------------------------------------------------------

/** Draw a picture with what hides parts of it, over the whole of a canvas. */
export function hide(canvas, picture, marks) {
  const context = canvas.getContext("2d");
  const size = [canvas.width, canvas.height];
  context.drawImage(picture, 0, 0, ...size);
  const hidden = regions(marks.filter((mark) => mark.kind === "blur"), size).map((region) => cover(canvas, region, size));
  for (const one of hidden) if (one) context.drawImage(one.canvas, one.left, one.top);
}

function cover(source, { frame, marks }, size) {
  const [left, top] = [Math.max(0, Math.floor(frame[0])), Math.max(0, Math.floor(frame[1]))];
  const [wide, high] = [Math.min(size[0], Math.ceil(frame[2])) - left, Math.min(size[1], Math.ceil(frame[3])) - top];
  if (wide < 1 || high < 1) return null;
  const edge = cellOf(frame, Math.max(...size));
  const cells = sheet(Math.max(1, Math.round(wide / edge)), Math.max(1, Math.round(high / edge)));
  const few = cells.getContext("2d");
  few.imageSmoothingQuality = "high";
  few.drawImage(source, left, top, wide, high, 0, 0, cells.width, cells.height);
  const canvas = sheet(wide, high);
  const context = canvas.getContext("2d");
  context.translate(-left, -top);
  for (const mark of marks) stroke(context, mark.points.map(([x, y]) => [x * size[0], y * size[1]]), brush(mark, size), "#000");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.imageSmoothingEnabled = false;
  context.drawImage(cells, 0, 0, wide, high);
  return { canvas, left, top };
}

/** Draw what points, into the rectangle [left, top, width, height] of a context. */
export function point(context, [left, top, width, height], marks) {
  const line = Math.max(2, Math.max(width, height) / 130);
  const place = ([x, y]) => [left + x * width, top + y * height];
  for (const [colour, grown] of [[WHITE, line / 3], [RED, 0]]) {
    for (const mark of marks) {
      if (mark.kind === "blur") continue;
      if (mark.kind === "pen") stroke(context, mark.points.map(place), line + 2 * grown, colour);
      else if (mark.kind === "box") stroke(context, corners(place(mark.from), place(mark.to)), line + 2 * grown, colour);
      else arrow(context, place(mark.from), place(mark.to), line, grown, colour);
    }
  }
}

const corners = ([a, b], [c, d]) => [[a, b], [c, b], [c, d], [a, d], [a, b]];

function arrow(context, from, to, line, grown, colour) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length < 1) return;
  const [dx, dy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const head = Math.min(line * 5, length);
  const back = [to[0] - dx * head, to[1] - dy * head];
  stroke(context, [from, [to[0] - dx * head * 0.8, to[1] - dy * head * 0.8]], line + 2 * grown, colour);
  context.beginPath();
  context.moveTo(...to);
  context.lineTo(back[0] - (dy * head) / 2, back[1] + (dx * head) / 2);
  context.lineTo(back[0] + (dy * head) / 2, back[1] - (dx * head) / 2);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
  if (grown) { context.lineWidth = 2 * grown; context.strokeStyle = colour; context.stroke(); }
}

function stroke(context, points, width, colour) {
  context.lineWidth = width;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(...points[0]);
  for (const one of points.length > 1 ? points.slice(1) : points) context.lineTo(...one);
  context.stroke();
}

export function sheet(width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) });
  return canvas;
}

/** Width and height of a picture in its own pixels. */
export const measures = (picture) => [picture.naturalWidth ?? picture.width, picture.naturalHeight ?? picture.height];
