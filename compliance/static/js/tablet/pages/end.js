// The end of a visit: what is flagged, how it ended, who signed, what is missing, and the inspector's word.

import { h, icon } from "../dom.js";
import { around, isOpen, placeOf, today } from "../parts/around.js";
import { listen, proposals, showDrawn, signAsInspector } from "../parts/closing.js";
import { showConflicts } from "../parts/conflicts.js";
import { SIGNS, fieldWord, severityWord, verdictWord } from "../parts/terms.js";
import { Typing } from "../parts/typing.js";
import { remember } from "../parts/undoing.js";
import { CLOSING, PROFILE, flagged, isZero, itemOf, missing, valueOf, weigh } from "../rules.js";
import { signing } from "../sign.js";
import { _, moment } from "../words.js";

export async function open(ctx) {
  const section = await ctx.section("end");
  const frame = await around(ctx);
  frame.work.append(...section.children);
  const { work } = frame;
  const typing = new Typing(ctx, work);
  work.querySelector("[data-hand-over]").addEventListener("click", () => handOver(ctx, typing));
  const show = listen(ctx, work, typing);
  // Whoever draws a signature has signed.
  const sign = signing(ctx, work.querySelector("[data-strokes=inspector_strokes]"), { onsigned: () => signAsInspector(ctx, true) });
  let own = await ctx.store.visit(ctx.visit);

  function update(state) {
    show();
    showConflicts(ctx, CLOSING, work.querySelector("[data-slot=conflicts]"));
    showFlagged(ctx, work, state);
    showGood(ctx, work, state);
    showDrawn(ctx, work);
    sign.update();
    const lacks = showMissing(ctx, work, state);
    showSeal(ctx, work, own, lacks);
    const open = isOpen(ctx, own);
    for (const one of work.querySelectorAll("fieldset")) one.disabled = !open;
    sign.disable(!open);
    frame.update(state);
  }
  update(ctx.state);
  await typing.restore();
  work.querySelector("[data-seal]").addEventListener("click", () => seal(ctx, typing));
  const stops = [ctx.watch(update), ctx.store.listen(async ({ kind, visit }) => {
    if (visit !== ctx.visit || !["visit", "wish"].includes(kind)) return;
    own = await ctx.store.visit(ctx.visit);
    update(ctx.state);
  })];
  const leave = await withPhotos(ctx, work.querySelector("[id='closing.outcome']"));
  return async () => {
    stops.forEach((stop) => stop());
    frame.close();
    sign.close();
    leave();
    await typing.close();
  };
}

/** The tablet goes into other hands: from here the record alone is shown, and whoever leaves it needs the PIN. */
async function handOver(ctx, typing) {
  await typing.flush();
  if (isOpen(ctx, await ctx.store.visit(ctx.visit)) && valueOf(ctx.state, CLOSING, "visited_on") === null) {
    await ctx.answer(CLOSING, "visited_on", proposals(ctx).visited_on);
  }
  ctx.handedOver = true;
  ctx.go("record");
}

// -- flagged, with photos ---------------------------------------------------------------------------------------------

function showFlagged(ctx, work, state) {
  const short = flagged(ctx.checklist, state);
  const list = work.querySelector("[data-flag-list]");
  const count = work.querySelector("h2 [data-flagged-count]");
  count.textContent = short.length;
  count.className = `badge ${short.length ? "red" : "green"}`;
  work.querySelector("[data-none=flagged]").hidden = short.length > 0;
  const known = new Map([...list.children].map((line) => [line.dataset.item, line]));
  list.replaceChildren(...short.map(({ item, answer }) => {
    const line = known.get(item.id) ?? h("li", { "data-item": item.id }, h("div", {}), h("div", { class: "photos" }));
    line.firstElementChild.replaceChildren(...flagOf(ctx, state, item, answer));
    if (!known.has(item.id)) showPhotos(ctx, item.id, line.lastElementChild);
    return line;
  }));
}

function flagOf(ctx, state, item, answer) {
  const repeated = (ctx.pack.earlier?.[item.id] ?? []).some((one) => one.repeat_within);
  const { severity, raised_by: why } = weigh(item, answer, state.profile, repeated, isZero(item, answer));
  const facts = item.facts.filter((fact) => answer.facts.includes(fact.id));
  const colour = { critical: "red", major: "orange", minor: "grey" }[severity];
  return [
    h("h3", {}, h("a", { href: placeOf(ctx, `${item.area}#${item.id}`) }, h("b", {}, item.id), " ", h("span", {}, item.question))),
    h("p", { class: "row tight" },
      h("span", { class: `badge ${answer.verdict === "non_compliant" ? "red" : "amber"}` }, icon(SIGNS[answer.verdict]), verdictWord(answer.verdict)),
      h("span", { class: `badge ${colour}` }, severityWord(severity)),
      why.length > 0 && h("span", { class: "badge orange" }, _("raised")),
      repeated && h("span", { class: "badge orange" }, icon("undo"), _("repeat")),
      facts.map((fact) => h("span", { class: "badge red" }, icon("flag"), fact.text)),
      answer.verdict !== "unable_to_verify" && h("span", { class: "badge grey" }, icon("clock"), _("%(n)s days", { n: answer.due_days ?? item.days }))),
    answer.note && h("p", { class: "pre" }, answer.note),
    answer.reason && h("p", { class: "pre dim" }, answer.reason),
    answer.verdict !== "unable_to_verify" && h("p", { class: "dim" }, icon("action", 16), " ", answer.action || item.action),
  ].filter(Boolean);
}

async function showPhotos(ctx, item, box) {
  try {
    const { thumbnails } = await import("../photos.js");
    await thumbnails(ctx, item, box);
  } catch (error) { console.warn("photos:", error.message); }
}

async function withPhotos(ctx, box) {
  try {
    const { attach } = await import("../photos.js");
    return await attach(ctx, [[box, CLOSING]]);
  } catch (error) {
    console.warn("photos:", error.message);
    return () => {};
  }
}

function showGood(ctx, work, state) {
  const good = Object.values(state.answers).filter((answer) => answer.good);
  work.querySelector("[data-any=good]").hidden = !good.length;
  work.querySelector("[data-good]").replaceChildren(...good.map((answer) => h("li", {}, h("b", {}, answer.item), " ", answer.good)));
}

// -- what is missing, and the seal ------------------------------------------------------------------------------------

/** Where a thing that is missing is to be found: part and place on the page. */
function placeOfLack(ctx, { item, field }) {
  if (item === PROFILE) return "workplace#profile.checked";
  if (item === CLOSING || !itemOf(ctx.checklist, item)) return `end#closing.${field}`;
  return `${itemOf(ctx.checklist, item).area}#${item}`;
}

function showMissing(ctx, work, state) {
  const lacks = missing(ctx.checklist, state, today(ctx));
  const count = work.querySelector("[data-missing-count]");
  count.textContent = lacks.length;
  count.className = `badge ${lacks.length ? "amber" : "green"}`;
  const name = { [PROFILE]: _("Workplace"), [CLOSING]: _("Summary") };
  work.querySelector("[data-missing]").replaceChildren(...lacks.map((lack) => h("li", {}, h("a", { href: placeOf(ctx, placeOfLack(ctx, lack)) },
    h("b", {}, name[lack.item] ?? lack.item),
    h("span", {}, _(lack.text), lack.code === "conflict" && ` (${fieldWord(ctx.checklist, lack.item, lack.field)})`),
    icon("next", 18)))));
  work.querySelector("[data-none=missing]").hidden = lacks.length > 0;
  return lacks;
}

/** The wish to seal, and what became of it. */
function showSeal(ctx, work, own, lacks) {
  const button = work.querySelector("[data-seal]");
  const sealed = !isOpen(ctx, own);
  button.disabled = lacks.length > 0 || sealed || Boolean(own.wish);
  const said = work.querySelector("[data-slot=wish]");
  const back = () => h("button", { type: "button", onclick: () => ctx.store.reopen(ctx.visit) }, icon("undo"), h("span", {}, _("Take back")));
  if (sealed) said.replaceChildren(icon("seal"), own.sealed_at ? _("Sealed %(when)s.", { when: moment(own.sealed_at) }) : _("Sealed."));
  else if (own.lacking) said.replaceChildren(icon("warn"), _("The server says that something is missing. Look at the list, then seal once more."));
  else if (own.wish) said.replaceChildren(icon("clock"), h("span", {}, _("Declared complete %(when)s. It is sealed as soon as everything is on the server.", { when: moment(own.wish) })), back());
  else said.replaceChildren(lacks.length ? _("Missing: %(n)d", { n: lacks.length }) : "");
}

async function seal(ctx, typing) {
  await typing.flush();
  if (missing(ctx.checklist, ctx.state, today(ctx)).length) return;
  await ctx.store.complete(ctx.visit);
  remember(ctx, _("Declared complete"), () => ctx.store.reopen(ctx.visit));
  ctx.announce(_("Declared complete. It is sealed as soon as everything is on the server."));
  ctx.sync.now();
}
