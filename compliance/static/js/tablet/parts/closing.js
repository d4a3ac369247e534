// What the end of a visit and the record share: the controls of how it ended, and their entries.

import { CLOSING, valueOf } from "../rules.js";
import { drawn } from "../sign.js";
import { today } from "./around.js";
import { controlsOf, fill, keyOf } from "./typing.js";
import { change, expected } from "./undoing.js";

/** What the page proposes. It is kept with the inspector's signature: a proposal alone signs nothing. */
export const proposals = (ctx) => ({ outcome: "completed", visited_on: today(ctx), inspector_name: ctx.pack.me.name });

/** Listen to choices and ticks; texts are the business of `typing`. */
export function listen(ctx, root, typing) {
  const shown = (_item, field) => proposals(ctx)[field] ?? null;
  const show = () => fill(ctx, controlsOf(root), { typing, shown });
  const put = (field, value) => change(ctx, CLOSING, field, value).catch(show);
  root.addEventListener("click", ({ target }) => {
    if (target.type !== "radio") return;
    const { item, field } = keyOf(target.name);
    if (item !== CLOSING) return;
    const before = expected(ctx, CLOSING, field);
    if (target.value !== before) put(field, target.value);
    else if (field !== "outcome") put(field, null); // a second tap takes it back
  });
  root.addEventListener("change", ({ target }) => {
    if (target.type === "checkbox" && keyOf(target.name).field === "inspector_signature") signAsInspector(ctx, target.checked).catch(show);
  });
  return show;
}

/** The inspector's word; with it what the page proposes is kept too. */
export async function signAsInspector(ctx, on) {
  if (!on) { await change(ctx, CLOSING, "inspector_signature", null); return; }
  if (valueOf(ctx.state, CLOSING, "inspector_signature") === "signed") return;
  const open = Object.entries(proposals(ctx)).filter(([field]) => valueOf(ctx.state, CLOSING, field) === null);
  await ctx.answers([["inspector_signature", "signed"], ...open].map(([field, value]) => ({ item: CLOSING, field, value })));
}

/** Show signatures as they were drawn in their places. */
export function showDrawn(ctx, root) {
  for (const place of root.querySelectorAll("[data-drawn-by]")) {
    const picture = drawn(valueOf(ctx.state, CLOSING, place.dataset.drawnBy), place.dataset.drawnBy);
    place.hidden = !picture;
    place.replaceChildren(...(picture ? [picture] : []));
  }
}
