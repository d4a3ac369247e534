// Interviews, in private: behind a PIN of their own, without the name of the enterprise, hidden by one tap or Escape. What
// is entered is closed at once and cannot be read again on this tablet.

import { ask, button, h, note } from "../dom.js";
import { announce, forgetUndo } from "../frame.js";
import { comeBack, enter } from "../interviews/door.js";
import { leaflet } from "../interviews/leaflet.js";
import { propose, signsAmong } from "../interviews/propose.js";
import { Interview } from "../interviews/record.js";
import { whileOpen } from "../parts/around.js";
import { INTERVIEW } from "../rules.js";
import { _ } from "../words.js";

const MOST_IN_A_GROUP = 30, NOTE_LIMIT = 2000, CONTACT_LIMIT = 200;
const WHOM = {
  women: () => _("women"), men: () => _("men"), migrants: () => _("migrants"), newest: () => _("hired in the last three months"),
  night_shift: () => _("on the night shift"), agency: () => _("sent by an agency"), under_18: () => _("under 18"),
};
const SETTINGS = { alone: () => _("Alone"), group: () => _("Group") };
/** What marks a text as being in the worker's language. */
const spoken = (language) => ({ lang: language === "zh" ? "zh-Hans" : language, dir: "auto" });

export async function open(ctx) {
  const { app, store } = ctx;
  const { interviews: carried } = ctx.pack;
  const main = ctx.main;
  const page = h("div", { class: "interviews" });
  let interview = null, hidden = false, inside = false, isOpen = true;
  document.body.classList.add("private");
  forgetUndo(); // it tells of what was entered before

  const leave = () => ctx.go("workplace");

  function hide() {
    if (!inside || hidden) return;
    hidden = true;
    app.held = location.pathname;
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    const away = () => main.replaceChildren(leaflet(back));
    async function back() {
      await comeBack(store, main, away);
      hidden = false;
      app.held = null;
      main.replaceChildren(page);
    }
    away();
    scrollTo(0, 0);
  }
  const pressed = (event) => {
    if (event.key !== "Escape" || hidden || !inside) return;
    event.preventDefault();
    hide();
  };
  const seen = () => { if (document.hidden) hide(); };
  document.addEventListener("keydown", pressed, true);
  document.addEventListener("visibilitychange", seen);

  const tools = () => h("div", { class: "row spread private-tools" },
    button(_("Hide"), hide, { sign: "lock", kind: "primary", id: "hide" }),
    button(_("Back to the visit"), leave, { sign: "back", id: "leave" }));

  // -- before and between ------------------------------------------------------------------------------------------------

  function home() {
    interview = null;
    const kept = ctx.entries().filter((entry) => entry.item === INTERVIEW && entry.field.startsWith("sealed:")).length;
    page.replaceChildren(tools(), h("h1", {}, _("Interviews")), h("div", { class: "grid two" }, whom(), h("section", { class: "sheet pad" },
      h("h2", {}, _("Begin")),
      isOpen ? Object.entries(SETTINGS).map(([setting, name]) => [h("h3", {}, name()), h("p", { class: "row" },
        Object.entries(carried.languages).map(([language, own]) => button(own, () => begin(setting, language), { sign: setting === "alone" ? "person" : "people", "data-begin": `${setting} ${language}` })))])
        : note("info", h("p", {}, _("The visit is closed: nothing more is entered here."))),
      h("p", { "data-kept": kept }, _("Sealed on this tablet: %(n)s", { n: kept })),
      h("p", { class: "hint" }, _("What is said is sealed at every tap. Nobody can read it on this tablet, you neither.")))));
    scrollTo(0, 0);
  }

  function whom() {
    const proposal = propose(ctx.state.profile, signsAmong(carried.signs, ctx.state.answers));
    const parts = [_("%(n)s alone", { n: proposal.alone }), ...proposal.groups.map((n) => _("a group of %(n)s", { n }))];
    return h("section", { class: "sheet pad" }, h("h2", {}, _("Whom to ask")), proposal.size ? [
      h("p", { "data-proposal": "" }, h("b", {}, _("People to ask: %(n)s", { n: proposal.size })), h("br"), parts.join(_(", "))),
      proposal.signs && note("warn", h("p", {}, _("Half as many again, because something points to an indicator of the ILO."))),
      h("dl", { class: "facts" }, proposal.ofThem.map(([kind, n]) => [h("dt", {}, WHOM[kind]()), h("dd", {}, _("at least %(n)s", { n }))])),
      h("p", { class: "hint" }, _("One person may be of several kinds. Choose them yourself during the walk, by what you see and never from a list of the employer. Nobody is written down by name.")),
    ] : h("p", {}, _("The number of workers is not known yet. Enter it under the workplace as found.")));
  }

  // -- one interview -----------------------------------------------------------------------------------------------------

  function begin(setting, language) {
    interview = new Interview(ctx, setting, language);
    draw(interview);
  }

  function draw(one) {
    const { setting, language } = one;
    const kept = (kind) => one.keep(kind).catch(() => {});
    const questions = h("div", { class: "questions", hidden: true });
    const seal = button(_("Seal"), () => finish(one), { sign: "seal", kind: "primary", id: "seal-interview", disabled: true });
    const entered = (kind) => { seal.disabled = !one.anything; return kept(kind); };
    const box = (name, text, hint) => h("label", { class: "tick" },
      h("input", { type: "checkbox", autocomplete: "off", name, onchange: ({ target }) => {
        one[name] = target.checked;
        questions.hidden = !one.agreed;
        if (name === "card") entered("card");
        else if (one.said) kept();
      } }), h("span", {}, text, hint && h("span", { class: "hint" }, hint)));
    const typed = (name, limit, text, hint, rows) => h("div", { class: "field" },
      h("label", { for: `interview-${name}` }, text), h("p", { class: "hint" }, hint),
      h(rows ? "textarea" : "input", { id: `interview-${name}`, autocomplete: "off", autocorrect: "off", spellcheck: "false", maxlength: limit, rows,
        oninput: ({ target }) => { one[name] = target.value; entered(name === "contact" ? "contact" : "sealed"); } }));
    const asked = carried.questions.filter((question) => question.settings.includes(setting));

    questions.append(
      box("brought", _("The employer chose or brought the person"), _("It is kept, and goes into no count. Choose others yourself on the floor.")),
      ...setting === "group" ? [howMany(one, kept)] : [],
      ...asked.map((question) => asking(one, question, entered)),
      typed("note", NOTE_LIMIT, _("In the worker's own words"), _("No name, no workplace number, nothing that only one person could know."), 4),
      ...setting === "alone" ? [
        typed("contact", CONTACT_LIMIT, _("How the person may be asked again, if it agrees"), _("Kept apart from the answers, read only by whoever asks again, destroyed after 30 days at the latest.")),
        box("card", _("The person took a card and may call in")),
      ] : []);
    page.replaceChildren(tools(), h("h1", {}, _("Questions")),
      h("form", { class: "sheet one-interview", autocomplete: "off", onsubmit: (event) => event.preventDefault() },
        h("h2", {}, _("Say this first")),
        h("div", { class: "notice", ...spoken(language) }, h("p", {}, carried.notice[language]), h("p", {}, h("b", {}, carried.consent[language].replace("{days}", carried.days)))),
        box("notice", _("I have said this to the worker")), box("consent", _("The worker agreed")), questions,
        h("div", { class: "row spread form-end" }, button(_("Keep nothing of it"), () => nothing(one), { sign: "none", id: "keep-nothing" }), seal)));
    scrollTo(0, 0);
  }

  function asking(one, question, entered) {
    const { language } = one;
    const id = `question-${question.id}`;
    const choices = question.answers.map((answer) => button(answer.text[language], () => {
      const again = one.answers[question.id] === answer.id;
      if (again) delete one.answers[question.id]; else one.answers[question.id] = answer.id;
      choices.forEach((choice, place) => choice.setAttribute("aria-pressed", String(!again && question.answers[place] === answer)));
      entered("sealed");
    }, { kind: "choice", sign: "good", "aria-pressed": "false", "data-answer": `${question.id} ${answer.id}` }));
    return h("div", { class: "asking", role: "group", "aria-labelledby": id, ...spoken(language) }, h("h3", { id }, question.text[language]), h("div", { class: "choices" }, choices));
  }

  function howMany(one, kept) {
    const shown = h("output", { id: "people" }, String(one.people));
    const step = (by) => () => {
      one.people = Math.min(MOST_IN_A_GROUP, Math.max(2, one.people + by));
      shown.textContent = String(one.people);
      if (one.said) kept();
    };
    return h("div", { class: "row how-many", role: "group", "aria-labelledby": "people-label" }, h("span", { id: "people-label" }, _("How many took part")),
      button("−", step(-1), { "aria-label": _("One less") }), shown, button("+", step(1), { "aria-label": _("One more") }));
  }

  async function finish(one) {
    try { await one.end(); } catch { return; } // the red banner tells; what was said stays on this page
    announce(_("Sealed. It cannot be read here any more."));
    home();
  }

  async function nothing(one) {
    if (one.anything) {
      const answer = await ask(_("Keep nothing of this interview?"), [h("p", {}, _("The worker may take back what was said. Nothing of it stays."))],
        [{ text: _("Keep nothing of it"), value: "drop", kind: "danger" }, { text: _("Go on"), value: "" }]);
      if (answer?.value !== "drop") return;
    }
    await one.drop();
    home();
  }

  // -- in and out --------------------------------------------------------------------------------------------------------

  if (!carried) {
    page.replaceChildren(h("h1", {}, _("Interviews")), note("info", h("p", {}, _("There is nothing to ask with: the visit is closed, or this tablet needs a network once."))),
      h("p", {}, button(_("Back to the visit"), leave, { sign: "back" })));
    main.replaceChildren(page);
  } else {
    enter(store, main, leave).then(() => {
      if (!main.isConnected) return;
      inside = true;
      main.replaceChildren(page);
      home();
    });
  }
  const shut = await whileOpen(ctx, (on) => { isOpen = on; });
  return async () => {
    document.removeEventListener("keydown", pressed, true);
    document.removeEventListener("visibilitychange", seen);
    shut();
    document.body.classList.remove("private");
    app.held = null;
    const last = interview;
    interview = null;
    main.replaceChildren();
    await last?.end().catch(() => {}); // the red banner tells; the draft becomes an entry at the next PIN
  };
}
