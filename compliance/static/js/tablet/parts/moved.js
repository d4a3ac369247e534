// The word that an open visit was moved to a newer checklist: what is new, changed and gone, until the inspector has read it.

import { button, h, icon, note } from "../dom.js";
import { headsOf } from "../rules.js";
import { _, say } from "../words.js";

const WHAT = { added: () => _("New"), changed: () => _("Changed"), removed: () => _("Gone") };

/** What the moves that nobody has read here brought, an item once: the newest word about it holds. */
function unread(pack, own) {
  const found = new Map();
  for (const { at, items } of pack.moves ?? []) {
    if (own?.moves_read >= at) continue;
    for (const item of items) {
      const before = found.get(item.id);
      if (before?.what === "added" && item.what === "removed") { found.delete(item.id); continue; }
      const what = before?.what === "added" ? "added" : before?.what === "removed" ? "changed" : item.what;
      found.set(item.id, { ...item, what, fields: [...(before?.fields ?? []), ...item.fields] });
    }
  }
  return [...found.values()];
}

/** Whether there is anything to read. */
export const isMoved = (pack, own) => (pack.moves ?? []).some(({ at }) => !(own?.moves_read >= at));

/** The note for the top of a page; null when there is nothing to read. */
export async function movedNote(ctx) {
  const { pack } = ctx;
  const own = await ctx.store.visit(ctx.visit);
  if (!isMoved(pack, own)) return null;
  const items = unread(pack, own);
  const of = (what) => items.filter((one) => one.what === what);
  const element = note("warn",
    h("h2", {}, _("This visit was moved to a newer checklist")),
    h("p", {}, _("New items: %(added)s. Changed: %(changed)s. Gone: %(removed)s. Nothing that you entered is lost.", { added: of("added").length, changed: of("changed").length, removed: of("removed").length })),
    items.length > 0 && h("details", { open: items.length <= 8 }, h("summary", {}, _("What changed, item by item")), h("ul", { class: "moved" }, items.map((one) => line(ctx, one)))),
    h("div", { class: "row" }, button(_("Understood"), async () => {
      await ctx.store.updateVisit(ctx.visit, { moves_read: pack.moves.at(-1).at });
      element.remove();
    }, { sign: "good" })));
  element.dataset.slot = "moved";
  return element;
}

function line(ctx, { id, what, area, question, fields }) {
  // What is gone is no part of the state any more: it is looked for among everything that was ever entered.
  const answered = what === "removed"
    ? [...ctx.pack.events, ...ctx.entries()].some((event) => event.item === id && event.field === "verdict" && event.value)
    : headsOf(ctx.state, id, "verdict").some((head) => head.value);
  const advice = {
    added: _("Please answer it."),
    changed: answered ? _("Look again at your answer.") : "",
    removed: answered ? _("Your answer stays on record and counts no more.") : "",
  }[what];
  const words = [h("b", {}, id), " ", h("span", {}, say(question))];
  return h("li", { "data-moved": id, "data-what": what, "data-again": what === "added" || (what === "changed" && answered) },
    h("span", { class: `badge ${what === "removed" ? "grey" : "amber"}` }, WHAT[what]()), " ",
    what === "removed" ? words : h("a", { href: `/tablet/visit/${ctx.visit}/${area}#${id}` }, icon("next", 16), words),
    what === "changed" && fields.length > 0 && h("span", { class: "dim small" }, " ", [...new Set(fields.map(say))].join(" · ")),
    advice && h("span", {}, " ", advice));
}
