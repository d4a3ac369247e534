// Two tablets said different things: both stand here until a person picks one. The other stays on record.

import { h, icon } from "../dom.js";
import { _, moment } from "../words.js";
import { fieldWord, valueWord } from "./terms.js";
import { remember } from "./undoing.js";

/** Who entered something, as far as this tablet knows. */
function who(ctx, event) {
  if (!event.by) return _("this tablet");
  return ctx.pack.inspectors.find((one) => one.id === event.by)?.name ?? _("the office");
}

function pick(ctx, { item, field, events }, chosen) {
  const shown = new Set(events.map((event) => event.id));
  return async () => {
    let settled = events;
    const kept = await ctx.answer(item, field, chosen.value, { replaces(heads) {
      // What was still being typed into the field has become an entry of one's own with this tap: it is settled as well.
      settled = heads.filter(({ id }) => shown.has(id) || ctx.isOwn(id));
      return settled.map(({ id }) => id);
    } });
    const both = () => ctx.answers(settled.map(({ value }) => ({ item, field, value, replaces: [kept.id] })));
    remember(ctx, _("Picked: %(what)s", { what: valueWord(field, chosen.value) }), both);
    ctx.announce(_("Settled. The other entry stays on record."));
  };
}

/** Draw the conflicts of an item, of the workplace or of the end into their place. */
export function showConflicts(ctx, item, slot) {
  const found = ctx.state.conflicts.filter((one) => one.item === item);
  slot.hidden = !found.length;
  slot.replaceChildren(...found.map((conflict) => h("fieldset", { class: "conflict" },
    h("legend", {}, icon("warn"), _("Two different entries: %(field)s", { field: fieldWord(ctx.checklist, item, conflict.field) })),
    h("p", { class: "hint" }, _("Both are kept. Tap the one that holds.")),
    h("div", { class: "picks" }, conflict.events.map((event) => h("button", { type: "button", class: "pick", onclick: pick(ctx, conflict, event) },
      h("b", {}, valueWord(conflict.field, event.value)),
      h("small", {}, [who(ctx, event), moment(event.at ?? event.received_at)].filter(Boolean).join(" · "))))))));
}
