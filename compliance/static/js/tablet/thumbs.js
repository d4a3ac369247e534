// Small pictures of photos, with their marks.

import { hide, measures, point, sheet } from "./marks.js";
import { CLOSING } from "./rules.js";
import { _ } from "./words.js";

export const placeName = (item) => (item === CLOSING ? _("The visit as a whole") : item);

/** The small picture of a photo: {picture, drawn}, null where there is none. */
export async function smallOf(photo) {
  if (photo.thumb) return { picture: await createImageBitmap(new Blob([photo.thumb], { type: "image/jpeg" })), drawn: false };
  if (!photo.remote?.small) return null;
  const picture = new Image();
  picture.src = photo.remote.small;
  await picture.decode();
  return { picture, drawn: true };
}

/** A small drawing of a photo with its marks, for a strip. */
export async function thumbnail(photo, wide, high) {
  const dots = Math.min(2, devicePixelRatio || 1);
  const canvas = sheet(wide * dots, high * dots);
  const found = await smallOf(photo).catch(() => null);
  if (!found?.picture) return null;
  const [width, height] = measures(found.picture);
  const scale = Math.max(canvas.width / width, canvas.height / height);
  const box = [(canvas.width - width * scale) / 2, (canvas.height - height * scale) / 2, width * scale, height * scale];
  let picture = found.picture;
  if (!found.drawn && photo.marks.some((mark) => mark.kind === "blur")) {
    picture = sheet(width, height);
    hide(picture, found.picture, photo.marks);
  }
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, ...box);
  if (!found.drawn) point(context, box, photo.marks);
  found.picture.close?.();
  return canvas;
}
