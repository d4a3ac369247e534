// What the representative signs: topics of the areas that were looked at, and dangers told on the spot; never an answer. The
// page stands alone, without rail and counts, because it is handed over.

import { h } from "../dom.js";
import { forgetUndo } from "../frame.js";
import { isOpen } from "../parts/around.js";
import { listen, showDrawn } from "../parts/closing.js";
import { Typing } from "../parts/typing.js";
import { CLOSING, groupOf, valueOf } from "../rules.js";
import { signing } from "../sign.js";
import { signedRecord } from "../signedrecord.js";
import { day } from "../words.js";

const CHINESE = "zh_Hans_CN";

export async function open(ctx) {
  const [section, own] = await Promise.all([ctx.section("record"), ctx.store.visit(ctx.visit)]);
  const page = h("div", { class: "record-page" }, ...section.children);
  ctx.main.replaceChildren(page);
  document.body.classList.add("at-record");
  // Neither the bar nor the voice goes on telling what was answered.
  forgetUndo();
  ctx.announce("");
  const paper = page.querySelector(".paper");
  const box = page.querySelector("fieldset");
  const typing = new Typing(ctx, box);
  const show = listen(ctx, box, typing);
  // Whoever draws a signature has signed.
  const onsigned = async () => {
    if (valueOf(ctx.state, CLOSING, "representative_signature") !== "signed") await ctx.answer(CLOSING, "representative_signature", "signed");
  };
  const sign = signing(ctx, box.querySelector("[data-strokes]"), { onsigned });
  if (!isOpen(ctx, own)) { box.disabled = true; sign.disable(true); }

  speak(page, paper, { en: "en", [CHINESE]: "zh", both: "both" }[ctx.pack.letter_language] ?? "both");
  page.querySelector("[data-print-record]").addEventListener("click", () => print());
  page.querySelector("[data-hand-back]").addEventListener("click", async () => {
    await typing.flush();
    ctx.go("end");
  });

  function update(state) {
    show();
    write(ctx, paper, state);
    showDrawn(ctx, paper);
    sign.update();
  }
  update(ctx.state);
  await typing.restore();
  const stop = ctx.watch(update);
  return async () => {
    stop();
    sign.close();
    document.body.classList.remove("at-record");
    await typing.close();
    // Whoever leaves the record, by whatever way, needs the PIN.
    if (ctx.handedOver && !location.pathname.endsWith("/record")) await ctx.app.lock();
  };
}

/** In which languages the paper speaks. */
function speak(page, paper, wanted) {
  const buttons = [...page.querySelectorAll("[data-language]")];
  const choose = (value) => {
    paper.dataset.languages = value;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.language === value));
  };
  for (const button of buttons) button.addEventListener("click", () => choose(button.dataset.language));
  choose(wanted);
}

/** A text in both languages, of which the paper shows what was chosen. */
const both = (text) => [h("span", { lang: "zh-Hans" }, text[CHINESE]), " ", h("span", { lang: "en", class: "second" }, text.en)];

function write(ctx, paper, state) {
  const { pack } = ctx;
  const given = groupOf(state, CLOSING);
  const put = (name, text) => { for (const place of paper.querySelectorAll(`[data-fill=${name}]`)) place.replaceChildren(...[text].flat().filter(Boolean)); };
  const any = (name, on) => { for (const place of paper.querySelectorAll(`[data-any=${name}]`)) place.hidden = !on; };
  const none = (name, on) => { for (const place of paper.querySelectorAll(`[data-none=${name}]`)) place.hidden = !on; };
  put("association", pack.association ? both(pack.association) : "");
  put("name", pack.name);
  put("visited_on", given.visited_on ? day(given.visited_on) : "");
  put("place", pack.address || pack.workplace);
  put("inspectors", pack.inspectors.map((one) => one.name).join(", "));
  const { topics, dangers } = signedRecord(ctx.checklist, state);
  put("topics", topics.flatMap(({ area, clauses }) => [
    h("p", {}, h("b", {}, both(area.title))),
    h("ul", {}, clauses.map(({ number, title }) => h("li", {}, `${number} `, both(title)))),
  ]));
  none("topics", !topics.length);
  put("dangers", dangers.map(({ item, fact }) => h("li", {}, h("b", {}, both(fact.told)), " ", both(item.told))));
  any("dangers", dangers.length > 0);
  put("remark", given.remark ?? "");
  none("remark", !given.remark);
  put("representative", [given.representative_name, given.representative_role].filter(Boolean).join(" "));
  any("unsigned", ["refused", "absent"].includes(given.representative_signature));
  put("inspector_name", given.inspector_name ?? "");
  put("witness", given.witness ?? "");
  any("witness", Boolean(given.witness));
}
