// What stands around every page of a visit: the rail of areas with how far each is, the flagged items, the dock with the
// next open item.

import { bring, h } from "../dom.js";
import { flagged, missing, nextOpen, progress, valueOf } from "../rules.js";
import { _ } from "../words.js";
import { begin, help } from "./keys.js";

/** Today in the association's zone, as YYYY-MM-DD. */
export function today(ctx) {
  const timeZone = ctx.pack.time_zone || undefined;
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
}

/** Whether something may still be entered here. */
export const isOpen = (ctx, own) => ctx.pack.state === "handed_out" && !own?.sealed_at;

/** Tell whether something may still be entered, now and whenever that changes; gives what ends it. */
export async function whileOpen(ctx, tell) {
  const look = async () => { if (ctx.store.vault) tell(isOpen(ctx, await ctx.store.visit(ctx.visit))); };
  await look();
  return ctx.store.listen(({ kind, visit }) => { if (visit === ctx.visit && ["visit", "pack"].includes(kind)) look(); });
}

/** The address of a place of this visit: "wages", "wages#WAG03". */
export const placeOf = (ctx, place) => `/tablet/visit/${ctx.visit}/${place}`;

/** Call back when an element has its size: asking for it earlier costs a layout of its own. */
function onceShown(element, work) {
  new ResizeObserver((_sizes, watcher) => {
    if (!element.clientWidth) return;
    watcher.disconnect();
    work(element);
  }).observe(element);
}

/** Draw the frame; gives {work, update, next, close}. `rows` are the rows of this page, for the keys and for "next". */
export async function around(ctx, rows = []) {
  const frame = await ctx.section("frame");
  const parts = [...frame.children];
  const known = new Map(); // looked for once: every tap is shown in the frame, which holds all rows
  const all = (selector) => {
    if (!known.has(selector)) known.set(selector, parts.flatMap((part) => [...part.querySelectorAll(selector)]));
    return known.get(selector);
  };
  for (const tab of all("[data-nav]")) {
    tab.href = placeOf(ctx, tab.dataset.nav);
    if (tab.dataset.nav === ctx.part) tab.setAttribute("aria-current", "page");
  }
  all("a.flagged")[0].href = placeOf(ctx, "end");
  all("[data-fill=place]")[0].textContent = [ctx.pack.workplace !== ctx.pack.name && ctx.pack.workplace, ctx.pack.address].filter(Boolean).join(" · ");
  document.body.classList.add("at-visit");

  const to = (item) => (item ? ctx.go(item.area, item.id) : ctx.go("end"));

  /** The next item that lacks something, from the one where the inspector is. */
  function next() {
    const item = nextOpen(ctx.checklist, ctx.state, current(rows)?.item.id ?? lastBefore(ctx));
    const row = item && rows.find((one) => one.item.id === item.id);
    if (!row) return to(item);
    focusRow(ctx, row);
    return undefined;
  }

  function update(state) {
    const areas = progress(ctx.checklist, state);
    const sum = (name) => areas.reduce((total, area) => total + area[name], 0);
    for (const area of areas) {
      const tab = all(`[data-nav=${area.area}]`)[0];
      tab.querySelector("[data-count]").textContent = _("%(done)s of %(all)s", { done: area.answered, all: area.asked });
      tab.querySelector("[data-number]").hidden = area.done;
      tab.querySelector("[data-done]").hidden = !area.done;
      tab.querySelector("[data-lacks]").hidden = !area.missing;
      tab.querySelector("[data-flags]").hidden = !area.flagged;
      tab.querySelector("[data-flags] span").textContent = area.flagged;
      Object.assign(tab.querySelector("progress"), { max: area.asked || 1, value: area.answered });
    }
    const checked = valueOf(state, "@profile", "checked") === true;
    all("[data-nav=workplace] [data-lacks]")[0].hidden = checked;
    all("[data-nav=end] [data-lacks]")[0].hidden = sum("answered") < sum("asked") || !missing(ctx.checklist, state, today(ctx)).length;
    all("[data-sum]").forEach((place) => { place.textContent = _("%(done)s of %(all)s", { done: sum("answered"), all: sum("asked") }); });
    Object.assign(all("[data-all]")[0], { max: sum("asked") || 1, value: sum("answered") });
    const short = flagged(ctx.checklist, state);
    all("[data-flagged-count]").forEach((place) => { place.textContent = short.length; });
    all(".flagbox, [data-any=flagged]").forEach((place) => { place.hidden = !short.length; });
    all("[data-flagged]")[0].replaceChildren(...short.map(({ item }) => h("li", {},
      h("a", { class: "tab", href: placeOf(ctx, `${item.area}#${item.id}`) }, h("b", {}, item.id), h("span", {}, item.question)))));
  }

  all("[data-next]")[0].addEventListener("click", next);
  all("[data-keys]")[0].addEventListener("click", help);
  ctx.main.replaceChildren(...parts);
  if (ctx.pack.moves?.length) {
    const told = await (await import("./moved.js")).movedNote(ctx);
    if (told) ctx.main.querySelector(".work").prepend(told);
  }
  const here = all("[aria-current]")[0];
  if (here) onceShown(here.parentElement, (tabs) => { tabs.scrollLeft = here.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2; });
  const stopKeys = begin(ctx, rows, { next, current: () => current(rows), focusRow: (row) => focusRow(ctx, row) });
  const work = ctx.main.querySelector(".work");
  return { work, update, next, close() { stopKeys(); document.body.classList.remove("at-visit"); } };
}

/** Before the first item of this area: "next" looks on from there. */
function lastBefore(ctx) {
  const items = ctx.checklist.areas.flatMap((area) => area.items);
  const first = items.findIndex((item) => item.area === ctx.part);
  return first > 0 ? items[first - 1].id : "";
}

/** The row in which the inspector is: the focused one, else the first that is well in view. */
function current(rows) {
  const shown = rows.filter((row) => !row.element.hidden);
  const focused = shown.find((row) => row.element.contains(document.activeElement));
  if (focused) return focused;
  const top = document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
  return shown.find((row) => row.element.getBoundingClientRect().top >= top - 40) ?? null;
}

/** Bring a row into view and to the keyboard. */
function focusRow(ctx, row) {
  bring(row.element);
  row.element.focus({ preventScroll: true });
  ctx.here(row.item.id);
}
