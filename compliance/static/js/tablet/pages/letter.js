// At the gate: the letter of introduction, whom to phone, what to say, who is in and when, and a visit that is refused.

import { ask, button, h, icon, note } from "../dom.js";
import { isOpen, today } from "../parts/around.js";
import { CLOSING, PRESENCE } from "../rules.js";
import { _, language, moment, say } from "../words.js";

const PLACE_WAIT = 10_000; // milliseconds: a place that cannot be had in this time is not waited for

export async function open(ctx) {
  const own = await ctx.store.visit(ctx.visit);
  const work = h("div", { class: "gate-page" });
  ctx.main.replaceChildren(work);
  let spoken = ctx.pack.letter_language === "en" ? "en" : "zh_Hans_CN";
  const may = isOpen(ctx, own);

  function draw() {
    const here = presence(ctx);
    work.replaceChildren(
      h("div", { class: "page-head" }, h("h1", {}, _("At the gate")), h("p", { class: "sub" }, ctx.pack.name)),
      letter(ctx, spoken, (wanted) => { spoken = wanted; draw(); }),
      may ? people(ctx, here, draw) : "",
      may ? refused(ctx) : "",
      guidance(),
      h("p", { class: "row" }, h("a", { class: "button primary", href: `/tablet/visit/${ctx.visit}/workplace` }, icon("next"), h("span", {}, _("To the checklist")))),
    );
  }
  draw();
  const stop = ctx.watch(draw);
  return () => { stop(); if (document.fullscreenElement) document.exitFullscreen(); };
}

// -- the letter -----------------------------------------------------------------------------------------------------------

function letter(ctx, spoken, speak) {
  const html = ctx.pack.letter?.[spoken];
  if (!html) return note("info", h("p", {}, _("The letter of introduction belongs to an open visit.")));
  const paper = document.importNode(new DOMParser().parseFromString(html, "text/html").querySelector("article"), true);
  const box = h("div", { class: "sheet pad gate-letter" }, paper);
  const wide = async () => {
    try { await box.requestFullscreen(); } catch { box.classList.toggle("whole-screen"); }
  };
  return h("section", { class: "gate", "aria-label": _("Letter of introduction") },
    h("div", { class: "row no-print" },
      [["zh_Hans_CN", "中文", "zh-Hans"], ["en", "English", "en"]].map(([value, text, lang]) =>
        button(text, () => speak(value), { "aria-pressed": String(value === spoken), lang })),
      button(_("Whole screen"), wide, { sign: "expand" }),
      button(_("Print"), () => print(), { sign: "print" }),
      ctx.pack.phone && h("a", { class: "button", href: `tel:${ctx.pack.phone.replaceAll(" ", "")}` }, icon("phone"), h("span", {}, _("Phone the association: %(number)s", { number: ctx.pack.phone })))),
    box);
}

// -- who is in ------------------------------------------------------------------------------------------------------------

/** What was entered of presence, the oldest first: [{kind, value, at, by}]. */
function presence(ctx) {
  const there = new Set(ctx.pack.events.map((event) => event.id));
  return [...ctx.pack.events, ...ctx.entries().filter((entry) => !there.has(entry.id))]
    .filter((event) => event.item === PRESENCE && event.value)
    .map((event) => ({ kind: event.field.split(":")[0], value: event.value, at: event.at ?? event.received_at, by: event.by }))
    .sort((a, b) => String(a.at).localeCompare(String(b.at)));
}

const enter = (ctx, kind, value) => ctx.answer(PRESENCE, `${kind}:${crypto.randomUUID()}`, value);

function people(ctx, here, draw) {
  const last = (...kinds) => here.filter((one) => kinds.includes(one.kind)).at(-1);
  const inside = last("arrived", "left")?.kind === "arrived";
  const calling = last("help")?.value === "asked";
  const words = { arrived: _("Arrived"), left: _("Left"), place: _("Place noted"), help: _("Help") };
  const line = (one) => {
    if (one.kind === "place" && one.value === "refused") return _("Place not given");
    if (one.kind === "place" && one.value === "unavailable") return _("Place cannot be had");
    if (one.kind === "help") return one.value === "asked" ? _("Help was asked for") : _("All is well again");
    return words[one.kind];
  };
  const name = (id) => ctx.pack.inspectors.find((one) => one.id === id)?.name ?? ctx.pack.me.name;
  return h("section", { class: "sheet pad presence" },
    h("h2", {}, _("Your visit today")),
    h("p", { class: "hint" }, _("The office sees that you are in and that you came out again. Nobody else does.")),
    h("div", { class: "row" },
      button(inside ? _("I have left") : _("I am in"), () => comeOrGo(ctx, inside), { kind: "primary", sign: inside ? "leave" : "good", id: "come-or-go" }),
      button(_("Note the place"), (event) => notePlace(ctx, event.currentTarget), { sign: "place", id: "note-place" }),
      calling
        ? button(_("I am well again"), () => enter(ctx, "help", "well").then(() => ctx.sync?.now()), { sign: "good", id: "well" })
        : button(_("Need help"), () => needHelp(ctx), { kind: "quiet", id: "need-help" })),
    calling ? note("warn", h("p", {}, ctx.pack.phone ? _("The office is told as soon as there is a network. Without one, phone %(number)s; in danger phone 110.", { number: ctx.pack.phone }) : _("The office is told as soon as there is a network. In danger phone 110."))) : "",
    here.length ? h("ol", { class: "timeline" }, here.map((one) => h("li", {}, h("time", {}, moment(one.at)), " ", line(one), h("span", { class: "dim" }, ` · ${name(one.by)}`)))) : "",
  );
}

async function comeOrGo(ctx, inside) {
  await enter(ctx, inside ? "left" : "arrived", new Date().toISOString());
}

/** The place is asked for once and never waited for: a refusal is noted like any answer. */
async function notePlace(ctx, pressed) {
  pressed.disabled = true;
  const value = await new Promise((resolve) => {
    if (!navigator.geolocation) { resolve("unavailable"); return; }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve(`${coords.latitude.toFixed(5)},${coords.longitude.toFixed(5)},${Math.round(coords.accuracy)}`),
      (error) => resolve(error.code === error.PERMISSION_DENIED ? "refused" : "unavailable"),
      { enableHighAccuracy: true, timeout: PLACE_WAIT, maximumAge: 60_000 });
  });
  await enter(ctx, "place", value);
}

async function needHelp(ctx) {
  const said = await ask(_("Tell the office quietly that you need help?"),
    [h("p", {}, _("Nothing sounds and nothing shows on this screen but a line on this page."))],
    [{ text: _("Not now"), value: "" }, { text: _("Ask for help"), value: "yes", kind: "primary" }]);
  if (!said) return;
  await enter(ctx, "help", "asked");
  ctx.sync?.now();
}

// -- refused --------------------------------------------------------------------------------------------------------------

/** Two taps: that entry is refused, and how. */
function refused(ctx) {
  const reasons = [
    _("The gatekeeper let nobody in."),
    _("The person in charge refused the visit."),
    _("We were asked to come back with an appointment."),
  ];
  return h("section", { class: "sheet pad" }, h("h2", {}, _("Not let in?")),
    h("p", { class: "hint" }, _("Stay polite and do not insist. Members agreed to be visited; the office takes it up with them.")),
    button(_("Entry refused"), async () => {
      const said = await ask(_("Entry refused"), [], [...reasons.map((text) => ({ text, value: text })), { text: _("Cancel"), value: "", kind: "quiet" }]);
      if (!said) return;
      await ctx.answers([
        { item: CLOSING, field: "outcome", value: "refused" },
        { item: CLOSING, field: "outcome_reason", value: said.value },
        { item: CLOSING, field: "visited_on", value: today(ctx) },
      ]);
      ctx.go("end");
    }, { sign: "bad", id: "entry-refused" }));
}

// -- what to say ----------------------------------------------------------------------------------------------------------

function guidance() {
  const list = (texts) => h("ul", {}, texts.map((text) => h("li", {}, text)));
  return h("details", { class: "sheet pad guidance" }, h("summary", {}, icon("help"), h("span", {}, _("What to say, and what never to promise"))),
    h("h3", {}, _("To the gate and the manager")),
    list([
      _("Who we are: staff of the employers' association of which this enterprise is a member. We are not officials, and we fine nobody."),
      _("What we do: look round, read records, and talk with some workers alone. It takes about half a day."),
      _("What follows: the result comes in writing after a second person has read it. The enterprise may answer every point."),
    ]),
    h("h3", {}, _("To workers")),
    list([
      _("Talking is your own choice. You may stop at any time and leave any question out."),
      _("We write down no names. Nobody here is told what you said."),
      _("If somebody treats you badly because you talked with us, phone the association; we will act on it."),
    ]),
    h("h3", {}, _("Never promise")),
    list([
      _("That wages will be paid by a certain day, or that somebody will be punished."),
      _("That nothing can ever happen to the worker. Say what we do, not what others will do."),
      _("That what we hear stays secret in every case: where somebody is in danger, the office has to act, and says so before."),
    ]));
}
