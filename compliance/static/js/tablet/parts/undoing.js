// What can be taken back: the newest first, by the bar at the bottom or by Ctrl+Z. Taking back is an entry like every other;
// what was entered stays on record.

import { headsOf, valueOf } from "../rules.js";
import { _ } from "../words.js";
import { fieldWord } from "./terms.js";

const LONGEST = 50;
let owner = null; // the open visit; what was done before it was opened anew is not taken back by a key
let done = [];

/** Remember how to take something back. quiet: only by Ctrl+Z, without the bar. */
export function remember(ctx, label, work, { quiet = false } = {}) {
  if (owner !== ctx) [owner, done] = [ctx, []];
  const one = { label, work };
  done = [...done.slice(1 - LONGEST), one];
  if (!quiet) ctx.undo(label, () => takeBack(ctx, one));
}

async function takeBack(ctx, one) {
  if (!done.includes(one)) return;
  done = done.filter((other) => other !== one);
  await one.work();
  ctx.announce(_("Taken back: %(what)s", { what: one.label }));
}

/** Take back the last thing on this visit; false where there is none. */
export function undoLast(ctx) {
  const last = owner === ctx ? done.at(-1) : null;
  if (last) takeBack(ctx, last);
  return Boolean(last);
}

/** Enter a value in such a way that it can be taken back. Losing something shows the bar. */
export async function change(ctx, item, field, value, { label, quiet, ...options } = {}) {
  const before = valueOf(ctx.state, item, field);
  const seen = options.replaces ?? headsOf(ctx.state, item, field).map((event) => event.id);
  const kept = await ctx.answer(item, field, value, { ...options, replaces: seen });
  const lost = before !== null && before !== false && before !== "";
  const where = item.startsWith("@") ? "" : `${item}: `;
  remember(
    ctx,
    label ?? where + fieldWord(ctx.checklist, item, field),
    () => ctx.answer(item, field, before),
    { quiet: quiet ?? !lost },
  );
  return kept;
}
