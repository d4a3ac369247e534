// What is on this tablet and not on the server, piece by piece, and what can be done about each.

import { ask, button, h, icon, note } from "../dom.js";
import { announce } from "../frame.js";
import { signInAfresh } from "../talk.js";
import { discard, exportFile } from "../waysout.js";
import { _, moment, say, size } from "../words.js";

const WORDS = {
  here: () => [_("Waits to be sent"), "blue", "upload"],
  server: () => [_("On the server"), "green", "good"],
  aside: () => [_("On the server, kept aside for the reviewer"), "amber", "info"],
  refused: () => [_("Refused by the server"), "red", "warn"],
  struck: () => [_("Given up"), "grey", "none"],
};
const REASONS = {
  digest: () => _("The server received something else than was sent. Try again."),
  gone: () => _("The picture is not on this tablet any more."),
  sealed: () => _("The visit was sealed before this arrived. It is kept for the reviewer."),
  released: () => _("The visit was released before this arrived. It is kept for the reviewer."),
  cancelled: () => _("The visit was cancelled before this arrived. It is kept for the reviewer."),
  tie: () => _("This visit is not yours any more. What arrived is kept for the reviewer."),
};

export const reasonOf = (why) => (why ? (say(why.text) || REASONS[why.code]?.() || why.code || "") : "");

function what(entry) {
  const [kind] = entry.field.split(":");
  const names = {
    verdict: _("Answer"), note: _("Note"), reason: _("Reason"), photo: _("Photo"), marks: _("Marks on a photo"), caption: _("Caption of a photo"),
    struck: _("Photo struck through"), quantity: _("Number"), fact: _("Fact"), known: _("How it is known"), action: _("Action"), workers: _("Workers affected"),
  };
  const places = { "@profile": _("Workplace"), "@closing": _("Summary and signatures"), "@presence": _("Presence"), "@interview": _("Interview") };
  return `${places[entry.item] ?? entry.item} · ${names[kind] ?? kind}`;
}

async function reasonToDiscard(count) {
  const answer = await ask(_("Give up what was not sent: %(n)s?", { n: count }), [
    note("warn", h("p", {}, _("It was never sent, and it cannot be brought back. The reason stays on record at the office."))),
    h("div", { class: "field" }, h("label", { for: "reason" }, _("Reason")), h("textarea", { id: "reason", name: "reason", required: true, rows: 3, maxlength: 2000 })),
  ], [{ text: _("Give up for good"), value: "discard", kind: "danger" }, { text: _("Keep it"), value: "" }]);
  return answer?.value === "discard" && answer.reason.trim() ? answer.reason.trim() : null;
}

async function save(store, visit, pack) {
  const answer = await ask(_("Export as a file"), [
    h("p", {}, _("The file holds everything of this visit that was made on this tablet, sealed. The desk of your association can open it; nobody else can. Nothing is removed from the tablet.")),
  ], [{ text: _("Export"), value: "export", kind: "primary" }, { text: _("Cancel"), value: "" }]);
  if (answer?.value !== "export") return;
  const address = URL.createObjectURL(await exportFile(store, visit));
  h("a", { href: address, download: `visit-${pack?.number ?? visit.slice(0, 8)}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

async function ofVisit({ store, sync }, visit, again, alone) {
  const [pack, own, count, entries, photos] = await Promise.all([store.pack(visit), store.visit(visit), store.count(visit), store.entries(visit), store.photos(visit)]);
  if (!own.seq && !count.all && !alone) return null; // nothing was made here
  const open = (piece) => piece.state === "here" || piece.state === "refused";
  const pieces = [
    ...photos.filter((photo) => open(photo) || photo.state === "aside").map((photo) => ({ ...photo, kind: "photos", text: `${photo.item} · ${_("Photo")} (${size(photo.size)})`, at: photo.taken })),
    ...entries.filter((entry) => open(entry) || entry.state === "aside").map((entry) => ({ ...entry, kind: "entries", text: what(entry) })),
  ];
  const rank = { refused: 0, here: 1, aside: 2 };
  pieces.sort((a, b) => rank[a.state] - rank[b.state]);
  const row = (piece) => {
    const [word, colour, sign] = WORDS[piece.state]();
    const actions = piece.state === "refused" && h("div", { class: "row" },
      button(_("Try again"), async () => { await store.retry(piece.kind, [piece.id]); await sync.now(); await again(); }, { sign: "undo" }),
      button(_("Give up"), async () => {
        const reason = await reasonToDiscard(1);
        if (reason) { await discard(store, visit, reason, [piece.id]); await sync.now(); await again(); }
      }, { sign: "none", kind: "danger" }));
    return h("li", { class: "piece", "data-state": piece.state },
      h("span", { class: "strong" }, piece.text), h("span", { class: `badge ${colour}` }, icon(sign), word), h("span", { class: "dim small" }, moment(piece.at)),
      piece.why && h("p", { class: "small" }, reasonOf(piece.why)), actions);
  };
  const lacking = own.lacking && note("bad", h("p", {}, _("The visit could not be sealed:"), " ", say(own.lacking.text) || own.lacking.code),
    own.lacking.missing?.length > 0 && Array.isArray(own.lacking.missing) && h("ul", {}, own.lacking.missing.map((one) => h("li", {}, `${one.item ?? ""} ${say(one.text)}`))));
  const receipt = own.receipt?.complete && own.receipt.last_seq === own.seq
    && note("good", h("p", {}, _("The server has confirmed everything: %(entries)s entries, %(photos)s photos, %(when)s.", { entries: own.receipt.entries, photos: own.receipt.photos.length, when: moment(own.receipt.at) })),
      h("p", { class: "small dim digest" }, `SHA-256 ${own.receipt.digest}`));
  return h("section", { class: "sheet pad queue", "data-visit": visit },
    h("h2", {}, h("a", { href: `/tablet/visit/${visit}/${own.place ?? "workplace"}` }, pack?.name ?? _("A visit that is not handed out any more"))),
    lacking || "", count.all ? h("p", {}, _("Only on this tablet: %(n)s.", { n: count.all })) : "", receipt || (!count.all && own.seq ? h("p", {}, _("Everything has been sent. The receipt is asked for when the tablet is next in touch.")) : ""),
    pieces.length ? h("ul", { class: "pieces" }, pieces.slice(0, 200).map(row)) : "",
    pieces.length > 200 ? h("p", { class: "dim" }, _("And %(n)s more.", { n: pieces.length - 200 })) : "",
    h("div", { class: "row" },
      own.seq > 0 && button(_("Export as a file"), () => save(store, visit, pack), { sign: "download" }),
      count.all > 0 && button(_("Give up what is not sent"), async () => {
        const reason = await reasonToDiscard(count.all);
        if (reason) { await discard(store, visit, reason); await sync.now(); await again(); }
      }, { sign: "none", kind: "danger" })));
}

export async function open(context) {
  const { app, main, store, sync, visit: only } = context;
  let drawing = null;
  const draw = async () => {
    const known = new Set([...(await store.visits()).map(({ visit }) => visit), ...(await store.packs()).map(({ visit }) => visit)]);
    const visits = only ? [only] : [...known];
    const sections = (await Promise.all(visits.map((visit) => ofVisit(app, visit, show, Boolean(only))))).filter(Boolean);
    const why = {
      offline: _("There is no network now. Everything stays on this tablet and is sent by itself later."),
      sign_in: _("You are signed out. Nothing is lost; sign in to send."),
      other_person: _("Somebody else is signed in on this tablet. Sign in as yourself to send."),
      server: _("The server does not answer as it should. It is tried again by itself."),
      old: _("Something has been only on this tablet for a long time. Bring it into a network soon."),
      refused: _("The server has refused something. Look below, piece by piece."),
      lacking: _("A visit could not be sealed. What is missing stands below."),
    }[sync.state.why];
    main.replaceChildren(
      h("div", { class: "page-head" }, h("h1", {}, _("What is on its way"))),
      why ? note(["offline", "server"].includes(sync.state.why) ? "info" : "warn", h("p", {}, why), ["sign_in", "other_person"].includes(sync.state.why) && button(_("Sign in"), signInAfresh, { sign: "key", kind: "primary" })) : "",
      h("p", { class: "row" }, button(_("Send now"), async () => { announce(_("Sending")); await sync.now(); await show(); }, { sign: "upload", kind: "primary", id: "send" })),
      ...sections);
  };
  const show = () => (drawing ??= draw().finally(() => { drawing = null; }));
  await show();
  const stops = [store.listen(({ kind }) => { if (store.vault && kind !== "trouble") show(); }), sync.listen(() => store.vault && show())];
  return () => stops.forEach((stop) => stop());
}
