// Today: the visits that are handed out to this inspector, and what state each is in on this tablet.

import { button, h, icon, note } from "../dom.js";
import { savedWords } from "../frame.js";
import { isMoved } from "../parts/moved.js";
import { _, day, say } from "../words.js";

async function card(store, { visit }) {
  const [pack, own, waiting] = await Promise.all([store.pack(visit), store.visit(visit), store.count(visit)]);
  if (!pack) return null; // it has just left
  const part = own.place ?? "workplace";
  return h("li", {}, h("a", { class: "sheet card-visit", href: `/tablet/visit/${visit}/${part}` },
    h("h2", {}, pack.name),
    h("p", { class: "row" },
      own.sealed_at ? h("span", { class: "badge green" }, icon("seal"), _("Sealed")) : own.wish && h("span", { class: "badge blue" }, _("Complete, on its way")),
      own.lacking && h("span", { class: "badge red" }, icon("warn"), _("Something is missing")),
      isMoved(pack, own) && h("span", { class: "badge amber" }, icon("info"), _("Newer checklist")),
      pack.sent_back && h("span", { class: "badge orange" }, icon("undo"), _("Sent back")),
      waiting.refused > 0 && h("span", { class: "badge red" }, icon("warn"), _("Needs you"))),
    h("p", { class: "dim small" }, [pack.workplace !== pack.name && pack.workplace, pack.sector && say(pack.sector), pack.day && day(pack.day)].filter(Boolean).join(" · ")),
    h("p", { class: "dim small" }, savedWords(own))));
}

export async function open({ app, store, main }) {
  const show = async () => {
    const packs = await store.packs();
    const cards = (await Promise.all(packs.map((one) => card(store, one)))).filter(Boolean);
    const offer = await app.offer();
    main.replaceChildren(
      h("div", { class: "page-head" }, h("h1", {}, _("Today")), h("p", { class: "sub" }, _("Only what is handed out to you. Keep it to yourself until you stand at the gate."))),
      offer ? note("info", h("p", {}, _("A newer version of this application is ready.")), button(_("Update now"), offer, { sign: "download", id: "update" })) : "",
      cards.length ? h("ul", { class: "cards visits" }, cards)
        : h("div", { class: "sheet" }, h("div", { class: "empty" }, icon("empty", 44), h("h2", {}, _("Nothing is handed out to you")),
          h("p", {}, _("A coordinator hands visits out on their day. With a network they appear here by themselves.")))),
    );
  };
  await show();
  return store.listen(({ kind }) => { if (store.vault && ["pack", "forgotten", "visit"].includes(kind)) show(); });
}
