// A picture from the camera or the library as it is kept: upright, small, drawn anew without anything that the camera hid in
// it. When and where it was taken is read first and kept beside it.

import { read } from "./exif.js";
import { measures, sheet } from "./marks.js";

export const EDGE = 1600, THUMB = 320;
const TARGET = 500_000;
const LARGEST = 80 * 2 ** 20; // of a file that is drawn anew
const LARGEST_KEPT = 15 * 2 ** 20; // of a file that is sent as it is, as the server takes it
const HEIC = /^(hei[cxms]|hev[cx]|mif1|msf1)$/;

/** Marks a text for the catalogue; it is translated where it is shown. */
const N_ = (text) => text;

/** A picture that cannot be kept: `text` is an English message, `facts` fill its places. */
export class Unusable extends Error {
  constructor(code, text, facts) {
    super(text);
    Object.assign(this, { name: "Unusable", code, text, facts });
  }
}

/** {bytes, type, width, height, thumb, taken, position}; fresh: it comes from the camera just now. Throws Unusable. */
export async function prepared(file, { fresh = false } = {}) {
  const name = file.name || "?";
  if (file.size > LARGEST) throw new Unusable("too-large", N_("%(name)s has %(size)s MB: too large for this tablet."), { name, size: Math.ceil(file.size / 2 ** 20) });
  let buffer;
  try {
    buffer = await file.arrayBuffer();
  } catch { throw new Unusable("unreadable", N_("%(name)s could not be read from this tablet. Choose it once more."), { name }); }
  if (!buffer.byteLength) throw new Unusable("empty", N_("%(name)s is empty."), { name });
  const { taken, position } = read(buffer);
  const facts = { taken: taken ?? (fresh ? new Date(file.lastModified || Date.now()).toISOString() : null), position };
  const picture = await decoded(new Blob([buffer], { type: file.type }));
  if (!picture) return { ...asItIs(buffer, name), ...facts };
  try {
    return { ...(await drawn(picture)), ...facts };
  } finally { picture.close?.(); }
}

/** The picture that a file shows, upright; null for what this browser cannot read. */
export async function decoded(blob) {
  // No width is asked for: some browsers then forget to turn the picture.
  const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" }).catch(() => null);
  if (bitmap) return bitmap;
  const address = URL.createObjectURL(blob);
  const picture = new Image();
  try {
    picture.src = address;
    await picture.decode();
    return picture.naturalWidth ? picture : null;
  } catch { return null; } finally { URL.revokeObjectURL(address); }
}

/** HEIC that this browser cannot show is kept as it is: the server can. */
function asItIs(buffer, name) {
  const head = String.fromCharCode(...new Uint8Array(buffer, 0, Math.min(64, buffer.byteLength)));
  const brands = [head.slice(8, 12), ...(head.slice(16).match(/.{4}/gs) ?? [])];
  if (head.slice(4, 8) !== "ftyp" || !brands.some((brand) => HEIC.test(brand)) || brands.includes("avif")) {
    throw new Unusable("no-picture", N_("%(name)s is not a picture that this tablet can read, or it is damaged."), { name });
  }
  if (buffer.byteLength > LARGEST_KEPT) throw new Unusable("too-large", N_("%(name)s has %(size)s MB: too large for this tablet."), { name, size: Math.ceil(buffer.byteLength / 2 ** 20) });
  return { bytes: buffer, type: "image/heic", width: null, height: null, thumb: null };
}

async function drawn(picture) {
  for (const edge of [EDGE, 1280, 1024]) {
    const canvas = onCanvas(picture, edge);
    for (const quality of [0.8, 0.7, 0.6]) {
      const blob = await asJpeg(canvas, quality);
      if (blob.size > TARGET && !(edge === 1024 && quality === 0.6)) continue;
      const thumb = await asJpeg(onCanvas(canvas, THUMB), 0.72);
      return { bytes: await blob.arrayBuffer(), type: "image/jpeg", width: canvas.width, height: canvas.height, thumb: await thumb.arrayBuffer() };
    }
  }
  throw new Error("unreachable");
}

function onCanvas(picture, edge) {
  const [width, height] = measures(picture);
  const scale = Math.min(1, edge / Math.max(width, height));
  const canvas = sheet(width * scale, height * scale);
  const context = canvas.getContext("2d", { alpha: false });
  context.fillStyle = "#fff"; // under glass
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const asJpeg = (canvas, quality) => new Promise((resolve, reject) => {
  canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be drawn"))), "image/jpeg", quality);
});
