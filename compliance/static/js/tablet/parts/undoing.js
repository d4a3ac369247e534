// What can be taken back: the newest first, by the bar at the bottom or by Ctrl+Z. Taking back is an entry like every other;
// what was entered stays on record.

import { valueOf } from "../rules.js";
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

const writing = new Map(); // what is on its way to the disk, so that nothing flickers between tap and entry

/** What stands in a field, or will in a moment. */
export const expected = (ctx, item, field) => {
  const key = `${ctx.visit} ${item} ${field}`;
  return writing.has(key) ? writing.get(key).value : valueOf(ctx.state, item, field);
};

/** Enter a value in such a way that it can be taken back. Losing something shows the bar. */
export async function change(ctx, item, field, value, { label, quiet, ...options } = {}) {
  const before = expected(ctx, item, field);
  const key = `${ctx.visit} ${item} ${field}`, mine = { value };
  writing.set(key, mine);
  let kept;
  try { kept = await ctx.answer(item, field, value, options); }
  finally { if (writing.get(key) === mine) writing.delete(key); }
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
