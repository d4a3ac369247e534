// What the workplace is found to be: it decides which items are asked.

import { around, whileOpen } from "../parts/around.js";
import { showConflicts } from "../parts/conflicts.js";
import { Typing, controlsOf, fill, keyOf } from "../parts/typing.js";
import { change } from "../parts/undoing.js";
import { PROFILE, applicable, itemsOf, profileOf } from "../rules.js";
import { _, say } from "../words.js";

/** Marks a text for the catalogue; it is translated where it is shown. */
const N_ = (text) => text;
const PART_OF_ALL = ["women", "migrants", "under_18"];

export async function open(ctx) {
  const section = await ctx.section("workplace");
  const frame = await around(ctx);
  frame.work.append(...section.children);
  const { work } = frame;
  show(ctx, work);

  // A register that does not know how many people work here fills in no numbers.
  const { profile } = ctx.pack;
  const shown = (_item, field) => (!profile.workers && ["workers", ...PART_OF_ALL].includes(field) ? null : (profile[field] ?? null));
  const check = (_item, field, value) => {
    const { workers } = ctx.state.profile;
    return PART_OF_ALL.includes(field) && workers && value > workers ? N_("This is more than all workers together.") : "";
  };
  const typing = new Typing(ctx, work, { check });
  work.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox") return;
    const { item, field } = keyOf(target.name);
    change(ctx, item, field, target.checked).catch(() => fill(ctx, controlsOf(work), { typing, shown }));
  });

  function update(state) {
    fill(ctx, controlsOf(work), { typing, shown });
    showConflicts(ctx, PROFILE, work.querySelector("[data-slot=conflicts]"));
    showChanges(ctx, work.querySelector("[data-slot=changes]"), state);
    frame.update(state);
  }
  update(ctx.state);
  const shut = await whileOpen(ctx, (on) => { work.querySelector("fieldset").disabled = !on; });
  await typing.restore();
  const stop = ctx.watch(update);
  return async () => {
    stop();
    shut();
    frame.close();
    await typing.close();
  };
}

function show({ pack }, work) {
  const facts = {
    name: pack.name,
    workplace: pack.workplace !== pack.name ? pack.workplace : "",
    address: pack.address || "–",
    sector: pack.sector ? `${pack.sector.code} ${say(pack.sector)}` : "",
  };
  for (const [name, text] of Object.entries(facts)) {
    const place = work.querySelector(`[data-fill=${name}]`);
    place.textContent = text;
    place.hidden = !text;
    const term = work.querySelector(`[data-any=${name}]`);
    if (term) term.hidden = !text;
  }
}

/** What is asked in addition, and what no longer, compared with what the register knew. */
function showChanges(ctx, slot, state) {
  const handedOut = profileOf(ctx.pack.profile, {});
  const asked = (profile) => new Set(itemsOf(ctx.checklist).filter((item) => applicable(item, profile, state.answers)).map(({ id }) => id));
  const before = asked(handedOut), now = asked(state.profile);
  const more = [...now].filter((id) => !before.has(id)), fewer = [...before].filter((id) => !now.has(id));
  slot.hidden = !more.length && !fewer.length;
  slot.querySelector("p").textContent = [
    more.length ? _("Asked in addition, by what was found: %(items)s.", { items: more.join(", ") }) : "",
    fewer.length ? _("No longer asked: %(items)s.", { items: fewer.join(", ") }) : "",
  ].filter(Boolean).join(" ");
}
