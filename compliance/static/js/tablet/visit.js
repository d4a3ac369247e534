// One visit, open on this tablet: what its pages are given (`ctx`), and which page stands at which part of its address.

import { pagesOf, rulesOf, speak } from "./checklists.js";
import { bring } from "./dom.js";
import { announce, forgetUndo, setTitle, undo } from "./frame.js";
import { headsOf, stateOf, valueOf } from "./rules.js";
import { language, moment } from "./words.js";

const PAGES = { workplace: "workplace", end: "end", record: "record", letter: "letter", queue: "queue", interviews: "interviews", pay: "pay" };

/** Fetch and read what a part of a visit is made of, as far as it is nobody's secret: its PIN is being typed. */
export async function prepare(store, visit, part) {
  const parts = ["./pages/area.js", "./photos.js"].map((name) => import(name));
  const digest = await store.checklistOf(visit);
  if (digest) {
    const [rules] = await Promise.all([rulesOf(digest, store.person), pagesOf(digest, language(), store.person)]);
    await speak(rules, language(), store.person);
    const { copyAhead } = await import("./parts/copies.js");
    if (rules.areas.some((area) => area.id === part)) await copyAhead(digest, part, language(), store.person);
  }
  moment(new Date().toISOString()); // the first time takes long
  await Promise.all(parts);
}

/** The context of a visit's pages. `app` is {store, sync, navigate(path), main}. */
export async function context(app, visit) {
  const { store, sync } = app;
  const pack = await store.pack(visit);
  if (!pack) return null;
  const checklist = await rulesOf(pack.checklist, store.person);
  let own = await store.entries(visit);
  const watchers = new Set();
  let turn = Promise.resolve(); // one answer after the other: each names what the one before left

  /** What an entry replaces: all that stands there when its turn comes, or of it what `replaces` says (a list, or a
   * function of the heads). */
  function replacing({ item, field, replaces }) {
    const heads = headsOf(ctx.state, item, field);
    return typeof replaces === "function" ? replaces(heads) : (replaces ?? heads.map((event) => event.id));
  }

  const ctx = {
    app, store, sync, visit, pack, checklist, main: app.main, announce, undo,
    entries: () => own,
    isOwn: (id) => own.some((entry) => entry.id === id),
    state: null,

    /** Keep an answer; resolves when it is on the disk. replaces: by default what stands there now. draft: true when it was
     * typed, so that the draft of the same field goes. */
    answer(item, field, value, options = {}) { return ctx.answers([{ item, field, value, ...options }], options); },

    /** Keep several answers, all or none: [{item, field, value, replaces?, bulk?}]. */
    answers(list, { draft, bulk } = {}) {
      const done = turn.then(async () => {
        const full = list.map((one) => ({
          item: one.item, field: one.field, value: one.value, bulk: Boolean(one.bulk ?? bulk),
          replaces: replacing(one),
        }));
        const key = draft ? (draft === true ? `${list[0].item} ${list[0].field}` : draft) : undefined;
        const kept = await store.appendAll(visit, full, { draft: key });
        own = [...own, ...kept];
        ctx.recompute();
        return kept;
      });
      turn = done.catch(() => {});
      return list.length === 1 ? done.then(([one]) => one) : done;
    },

    /** Keep a photo and the entry that announces it: see `addPhoto` of the store. */
    async addPhoto(facts) {
      const photo = await store.addPhoto(visit, facts);
      await turn;
      own = await store.entries(visit);
      ctx.recompute();
      return photo;
    },

    /** Keep what is being typed, at every keystroke. It becomes an entry by `answer(…, {draft: true})`, or at the next start.
     * unfit: it cannot be kept as it stands (a number out of range), and stays a draft. */
    type(item, field, value, { unfit = false } = {}) {
      const replaces = headsOf(ctx.state, item, field).map((event) => event.id);
      return store.saveDraft(visit, `${item} ${field}`, { item, field, value, replaces, was: valueOf(ctx.state, item, field), unfit });
    },

    recompute() {
      // What the server has is taken from it, with who entered it; of the tablet's own what is not there yet.
      const there = new Set(pack.events.map((event) => event.id));
      const here = own.filter((entry) => entry.state !== "struck" && !there.has(entry.id));
      ctx.state = stateOf(checklist, pack.profile, [...pack.events, ...here]);
      for (const watcher of watchers) watcher(ctx.state);
      return ctx.state;
    },
    /** Call back with the state after each change, from here or from elsewhere, until the page closes. */
    watch(watcher) { watchers.add(watcher); return () => watchers.delete(watcher); },

    /** Another part of this visit: go("wages"), go("wages", "WAG03"). */
    go(part, item) { return app.navigate(`/tablet/visit/${visit}/${part}${item ? `#${item}` : ""}`); },
    /** Remember on which item one is, so that a tablet that died comes back to it. */
    here(item) {
      if (location.hash === `#${item}`) return;
      history.replaceState(history.state, "", `#${item}`);
      app.place(location.pathname + location.hash);
    },

    /** A section of the skeleton in the language that is spoken, fresh: section("wages") -> <section data-page="wages">. */
    async section(page) {
      const found = (await pagesOf(pack.checklist, language(), store.person)).querySelector(`[data-page="${CSS.escape(page)}"]`);
      return found && document.importNode(found, true);
    },
  };
  ctx.recompute();
  const deaf = store.listen(async ({ kind, visit: of, elsewhere }) => {
    if (of !== visit || !(kind === "pack" || (elsewhere && kind === "entries"))) return;
    await turn;
    if (!store.vault) return;
    if (kind === "pack") {
      const fresh = (await store.pack(visit)) ?? pack;
      if (fresh.checklist !== pack.checklist) { app.renew().then(tellMoved); return; } // the visit was moved to a newer version
      Object.assign(pack, fresh);
    }
    own = await store.entries(visit);
    ctx.recompute();
  });
  ctx.stop = () => {
    deaf();
    forgetUndo(); // it tells of this visit
  };
  return ctx;
}

/** Whoever is in the middle of an area sees that its checklist has changed, and hears it. */
function tellMoved() {
  const told = document.querySelector("[data-slot=moved]");
  if (!told) return;
  bring(told);
  announce(told.querySelector("h2").textContent);
}

/** Open a part of a visit in ctx.main; gives what closes it. */
export async function openPart(ctx, part) {
  const name = PAGES[part] ?? (ctx.checklist.areas.some((area) => area.id === part) ? "area" : null);
  if (!name) return null;
  ctx.part = part;
  setTitle(name === "interviews" ? "" : ctx.pack.name); // nobody who is asked sees where they are written down
  await speak(ctx.checklist, language(), ctx.store.person);
  const page = await import(`./pages/${name}.js`);
  return (await page.open(ctx)) ?? (() => {});
}
