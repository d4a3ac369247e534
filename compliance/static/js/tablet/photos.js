// Photos under an item: taken or chosen, shrunk, kept; a strip of small pictures that open. A photo that cannot be kept says
// so and costs nothing else.

import { albumOf } from "./album.js";
import { failedAt, handIn, rememberFailed, watch } from "./coming.js";
import { sha256 } from "./digest.js";
import { button, h, icon } from "./dom.js";
import { isOpen } from "./parts/around.js";
import { CLOSING } from "./rules.js";
import { thumbnail } from "./thumbs.js";
import { _ } from "./words.js";

const WIDE = 96, HIGH = 72;

/** Put camera, library and strip into rows of items, or into the box of the visit as a whole: [[element, item]]. Gives
 * what ends it. */
export async function attach(ctx, places) {
  const editable = isOpen(ctx, await ctx.store.visit(ctx.visit));
  const ends = places.map(([element, item]) => attachTo(ctx, element, item, editable));
  return () => { for (const end of ends) end(); };
}

function attachTo(ctx, element, item, editable) {
  const box = element.querySelector("[data-photos]");
  const said = h("div", { class: "photo-said", role: "status" });
  const hint = h("p", { class: "hint photo-hint", hidden: true }, icon("blur", 18), h("span", {}, _("Tap a photo to cover faces and name plates.")));
  box.after(hint, said);
  for (const input of inputs(element, item)) {
    input.disabled = !editable;
    watch(input, (files) => take(ctx, item, files, { fresh: input.hasAttribute("capture"), said }));
  }
  if (editable) sayFailed(ctx, item, said);
  return show(ctx, item, box, editable, (photos) => {
    const standing = photos.filter((photo) => !photo.struck);
    hint.hidden = !editable || !standing.some((photo) => !photo.clear && !photo.marks.length);
    element.dispatchEvent(new CustomEvent("photos", { detail: { count: standing.length }, bubbles: true }));
  });
}

/** The small pictures of an item, to look at: into a box of the page. */
export async function thumbnails(ctx, item, box) {
  const editable = isOpen(ctx, await ctx.store.visit(ctx.visit));
  box.replaceChildren();
  const end = show(ctx, item, box, editable, () => { if (!box.isConnected) end(); });
}

/** The same as an element of its own. */
export function strip(ctx, item) {
  const box = h("div", { class: "photos" });
  thumbnails(ctx, item, box);
  return box;
}

// -- taking and choosing --------------------------------------------------------------------------------------------------

/** Two ways in: the camera, and what is on the tablet already. */
function inputs(element, item) {
  const camera = element.querySelector(".shot input[type=file]");
  if (!camera) return [];
  const where = item === CLOSING ? _("The visit as a whole") : item;
  for (const name of ["multiple", "name"]) camera.removeAttribute(name);
  camera.setAttribute("capture", "environment");
  camera.setAttribute("aria-label", _("Take a photo: %(item)s", { item: where }));
  const gallery = h("input", { type: "file", multiple: true, accept: "image/*,.heic,.heif", "aria-label": _("Photos from the library: %(item)s", { item: where }) });
  camera.closest(".shot").after(h("label", { class: "tool shot gallery" }, gallery, h("span", {}, icon("pictures"), h("span", {}, _("Library")))));
  return [camera, gallery];
}

async function take(ctx, item, files, { fresh, said }) {
  const { prepared } = await import("./shrink.js");
  const troubles = [...failedAt(ctx, item)];
  let kept = 0;
  for (const [at, file] of files.entries()) {
    said.replaceChildren(h("p", { class: "hint" }, _("Preparing photo %(n)s of %(all)s …", { n: at + 1, all: files.length })));
    try {
      kept += await keep(ctx, item, await prepared(file, { fresh }), file.name);
    } catch (error) {
      troubles.push({ file, fresh, words: wrong(error, file) });
    }
  }
  rememberFailed(ctx, item, troubles);
  sayFailed(ctx, item, said);
  if (kept) ctx.announce(_("Photos kept on tablet: %(n)s", { n: kept }));
}

/** What could not be kept, with its ways on; it stays until it is kept or read, also over the lock. */
function sayFailed(ctx, item, said) {
  said.replaceChildren(...failedAt(ctx, item).map((one) => {
    const done = () => { rememberFailed(ctx, item, failedAt(ctx, item).filter((other) => other !== one)); line.remove(); };
    const line = h("div", { class: "photo-trouble", role: "alert" }, icon("warn"), h("p", {}, one.words),
      button(_("Try again"), () => { done(); handIn(take(ctx, item, [one.file], { fresh: one.fresh, said })); }, { sign: "undo" }),
      button(_("Understood"), done));
    return line;
  }));
}

async function keep(ctx, item, picture, name) {
  const digest = await sha256(picture.bytes);
  const album = albumOf(ctx);
  if ((await album.of(item)).some((photo) => photo.sha256 === digest && !photo.struck)) return 0; // it is there already
  await album.add(item, { ...picture, sha256: digest, name });
  return 1;
}

function wrong(error, file) {
  if (error.name === "Unusable") return _(error.text, error.facts);
  if (error.name === "QuotaExceededError") return _("NOT KEPT: the tablet is full. %(name)s is not in this visit. Delete pictures or films from the tablet, then try again.", { name: file.name });
  console.error("photo:", error.name, error.message);
  return _("NOT KEPT: %(name)s is not in this visit (%(error)s). Try again.", { name: file.name, error: error.name });
}

// -- the strip ------------------------------------------------------------------------------------------------------------

/** Keep a strip of small pictures up to date; gives what ends it. */
function show(ctx, item, box, editable, onchange) {
  const album = albumOf(ctx);
  const drawn = new Map();
  let turn = 0;
  const update = async () => {
    const mine = (turn += 1);
    const photos = await album.of(item).catch(() => null); // locked meanwhile
    if (!photos || mine !== turn) return;
    box.replaceChildren(...photos.map((photo, at) => {
      const key = JSON.stringify([photo.marks, photo.struck, photo.clear, photo.state, photo.caption, at, photos.length, Boolean(photo.thumb), photo.remote?.small?.length]);
      if (drawn.get(photo.id)?.key !== key) drawn.set(photo.id, { key, element: thumb(ctx, item, photo, at, photos.length, editable) });
      return drawn.get(photo.id).element;
    }));
    onchange(photos);
  };
  update();
  const unwatch = album.watch(update);
  return () => { turn += 1; unwatch(); };
}

function thumb(ctx, item, photo, at, all, editable) {
  const where = item === CLOSING ? "" : item;
  const words = [photo.caption || _("Photo %(n)s of %(all)s", { n: at + 1, all }), where, photo.struck && _("Struck through"), photo.clear && _("Nobody in this picture can be recognised"), photo.state === "refused" && _("Needs you")];
  const face = h("span", { class: "face" }, icon("photo", 28));
  const badge = photo.state === "refused" ? "warn" : photo.struck ? "bad" : photo.clear ? "good" : photo.marks.some((mark) => mark.kind === "blur") ? "blur" : null;
  const element = h("button", { type: "button", class: `thumb${photo.struck ? " is-struck" : ""}${photo.clear ? " clear" : ""}${photo.state === "refused" ? " is-refused" : ""}`, "data-photo": photo.id, "aria-label": words.filter(Boolean).join(", "), onclick: () => openViewer(ctx, item, photo.id, editable, element) },
    face, badge && h("span", { class: "corner" }, icon(badge, 16)));
  thumbnail(photo, WIDE, HIGH).then((canvas) => { if (canvas) face.replaceChildren(canvas); }, () => {});
  return element;
}

async function openViewer(ctx, item, id, editable, from) {
  const { view } = await import("./viewer.js");
  await view(ctx, await albumOf(ctx).of(item), id, { editable });
  if (from.isConnected) from.focus();
  else document.querySelector(`[data-photo="${id}"]`)?.focus();
}
