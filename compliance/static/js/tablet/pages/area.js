// One area of the checklist.

import { around, placeOf, whileOpen } from "../parts/around.js";
import { copiesOf } from "../parts/copies.js";
import { Row } from "../parts/row.js";
import { Typing } from "../parts/typing.js";
import { remember } from "../parts/undoing.js";
import { failing, isAsked, progress, untouched } from "../rules.js";
import { _, language, say } from "../words.js";

export async function open(ctx) {
  const { main } = ctx;
  main.classList.add("building"); // laid out once, when everything is in its place
  try { return await built(ctx); } finally { main.classList.remove("building"); }
}

async function built(ctx) {
  const area = ctx.checklist.areas.find((one) => one.id === ctx.part);
  const { section, rows: copies } = await copiesOf(ctx.pack.checklist, area.id, language(), ctx.store.person);
  const list = section.querySelector(".items");
  const rows = area.items.map((item) => new Row(ctx, item, copies.get(item.id)));
  list.replaceChildren(...rows.map((row) => row.element));

  const frame = await around(ctx, rows);
  frame.work.append(...section.children);
  const typing = new Typing(ctx, list, { recommended: (id, field) => rows.find((row) => row.item.id === id).recommended(field) });
  const slots = places(frame.work);
  let editable = true;
  slots.rest.querySelector("button").addEventListener("click", () => fillTheRest(ctx, area));
  offerTheNextArea(ctx, area, slots.onward);

  function update(state) {
    for (const row of rows) {
      row.element.hidden = !row.asked;
      if (row.asked) row.update(typing);
    }
    const { asked, answered } = progress(ctx.checklist, state).find((one) => one.area === area.id);
    slots.count.textContent = _("%(done)s of %(all)s", { done: answered, all: asked });
    const rest = editable ? untouched(area, state) : [];
    slots.rest.hidden = !rest.length;
    slots.rest.querySelector("button span").textContent = _("Seen and in order: the other %(n)d items", { n: rest.length });
    showClosed(ctx, area, slots.closed, state);
    frame.update(state);
  }
  const shut = await whileOpen(ctx, (on) => {
    editable = on;
    for (const one of list.querySelectorAll("fieldset.q")) one.disabled = !on;
    showSentBack(ctx, slots, on);
    update(ctx.state);
  });
  await typing.restore();
  const stop = ctx.watch(update);
  const leave = await withPhotos(ctx, rows);
  return async () => {
    stop();
    shut();
    frame.close();
    leave();
    await typing.close();
  };
}

const places = (work) => ({
  rest: work.querySelector("[data-slot=rest]"),
  closed: work.querySelector(".closed"),
  count: work.querySelector("[data-area-count]"),
  sentBack: work.querySelector("[data-slot=sent-back]"),
  onward: work.querySelector("[data-onward]"),
});

function showSentBack(ctx, { sentBack }, editable) {
  sentBack.hidden = !ctx.pack.sent_back || !editable;
  sentBack.querySelector("span").textContent = ctx.pack.sent_back?.reason ?? "";
}

function offerTheNextArea(ctx, area, link) {
  const following = ctx.checklist.areas[ctx.checklist.areas.indexOf(area) + 1];
  link.hidden = false;
  link.href = placeOf(ctx, following?.id ?? "end");
  link.querySelector("span").textContent = following ? say(following.short) : _("Summary and signatures");
}

/** The items that are not asked here, each with the reason. */
function showClosed(ctx, area, closed, state) {
  if (!closed) return;
  const not = area.items.filter((item) => !isAsked(item, state));
  closed.hidden = !not.length || Boolean(state.profile.only); // a visit of a few items speaks of no others
  closed.querySelector("[data-closed-count]").textContent = _("Not asked here: %(n)d", { n: not.length });
  for (const line of closed.querySelectorAll("[data-closed]")) {
    const item = not.find((one) => one.id === line.dataset.closed);
    line.hidden = !item;
    const byPlace = item && failing(item, state.profile).length > 0;
    for (const why of line.querySelectorAll("[data-why]")) why.hidden = (why.dataset.why === "applies") !== Boolean(byPlace);
  }
}

/** Everything untouched is in order, but for critical items and red flags; kept as said of many at once. */
async function fillTheRest(ctx, area) {
  const items = untouched(area, ctx.state);
  const kept = await ctx.answers(items.map((item) => ({ item: item.id, field: "verdict", value: "compliant" })), { bulk: true });
  const all = [kept].flat();
  const label = _("Marked as seen and in order: %(n)d", { n: all.length });
  // Only what has not been answered otherwise since is taken back.
  remember(ctx, label, () => ctx.answers(all.filter(({ id, item }) => ctx.state.heads.get(`${item} verdict`)?.some((head) => head.id === id))
    .map(({ item }) => ({ item, field: "verdict", value: null }))));
  ctx.announce(_("%(what)s. Critical items and red flags are left to you.", { what: label }));
}

/** Photos are taken at the rows; without that part, or without a camera, everything else works. */
async function withPhotos(ctx, rows) {
  try {
    const { attach } = await import("../photos.js");
    return await attach(ctx, rows.map((row) => [row.element, row.item.id]));
  } catch (error) {
    console.warn("photos:", error.message);
    return () => {};
  }
}

