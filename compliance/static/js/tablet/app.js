// The tablet's application: the way in, which page stands at which address, and the lock after some idle minutes.

import { handedIn, underWay, whenDone } from "./coming.js";
import { forgetPerson } from "./database.js";
import "./display.js";
import { bring, button, h, note } from "./dom.js";
import { alarm, announce, draw, refusal, setTitle, showState, undo } from "./frame.js";
import { enter } from "./lock.js";
import { destroy } from "./store.js";
import { release } from "./talk.js";
import * as updates from "./updates.js";
import { _, preferred, setLanguage } from "./words.js";

const LAST_PLACE = 12 * 3_600_000;
const LOST = "tablet.lost"; // when the browser closed what is kept here
const PAGES = { "/tablet/": "today", "/tablet/queue": "queue", "/tablet/device": "device", "/tablet/ready": "ready" };

let behind = null;
/** What is behind the lock; fetched when the pad stands drawn. */
function inside() {
  const names = ["./checklists.js", "./orders.js", "./rescue.js", "./sync.js", "./visit.js"];
  behind ??= Promise.all(names.map((name) => import(name))).then((parts) => Object.assign({}, ...parts));
  behind.catch(() => { behind = null; }); // asked for again
  return behind;
}

const app = {
  store: null, sync: null, main: null, ctx: null, locked: true,
  held: null, // the address of a page that is hidden: no way leads past it
  close: () => {},

  /** Open a page of the application: navigate("/tablet/visit/<id>/wages#WAG03"). */
  async navigate(address, { replace = false } = {}) {
    history[replace ? "replaceState" : "pushState"]({}, "", address);
    await route();
  },

  /** Remember where one is, for a tablet that dies. */
  async place(address) {
    if (!app.store || app.locked) return;
    const [, visit, part] = /^\/tablet\/visit\/([^/]+)\/(.+)$/.exec(address) ?? [];
    try { await app.store.rememberPlace(address, app.ctx?.visit === visit && visit, part); }
    catch (error) { console.warn("the place is not remembered:", error.name); } // a full tablet goes on
  },

  /** Draw the open page anew, from what the tablet keeps now. */
  async renew() {
    app.ctx?.stop();
    app.ctx = null;
    await route();
  },

  /** What takes a waiting release, null where there is none or somebody is in the middle of a visit. */
  async offer() {
    if (await updates.underWay(app.store)) return null;
    return (await updates.waiting()) ? updates.take : null;
  },

  /** Remove everything of this person from the tablet. The caller has made sure that nothing is lost by it. */
  async remove() {
    const { store } = app;
    app.locked = true;
    removing = true;
    await closePage();
    app.ctx?.stop();
    app.sync?.stop();
    await destroy(store);
    await forgetPerson(store.person);
    await (await inside()).forgetChecklists(store.person);
    location.assign("/tablet/");
  },
  lock, announce, undo,
};

// Who still reads while everything is removed finds nothing, and nobody is left to be told.
let removing = false;
addEventListener("unhandledrejection", (event) => {
  if (removing && ["InvalidStateError", "AbortError"].includes(event.reason?.name)) event.preventDefault();
});

const hooks = {
  outdated: () => alarm(_("A newer version of this application is open in another tab. Close this one.")),
  // What the browser has thrown away is restored when the page begins anew: by itself, unless that has just been tried.
  lost() {
    const before = sessionStorage.getItem(LOST);
    sessionStorage.setItem(LOST, Date.now());
    if (Date.now() - before > 60_000) location.reload();
    else alarm(_("The browser has closed what this tablet keeps. Load this page again; what was saved is still there."));
  },
};

/** Instead of an empty page, when what is kept here cannot be opened. */
function notOpened(error) {
  console.error(error);
  app.main.replaceChildren(h("h1", {}, _("Visits")),
    note("bad", h("p", {}, _("What this tablet keeps cannot be opened now (%(error)s). Close other tabs of this application and try again. If it stays so, change nothing and ask the office.", { error: error.name }))),
    button(_("Try again"), () => location.reload(), { sign: "undo", kind: "primary" }));
}

async function closePage() {
  // Nothing that stands over the page outlives it: behind the lock not a photo is seen.
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  const close = app.close;
  app.close = () => {};
  await close();
}

let routes = 0;
async function route() {
  if (app.locked) return undefined;
  const mine = (routes += 1);
  const left = () => mine !== routes || app.locked; // a page that was handed over locks when it is left
  await closePage();
  if (left()) return undefined;
  const { pathname, hash } = location;
  const [, visit, part] = /^\/tablet\/visit\/([0-9a-f-]{36})\/([\w-]+)$/.exec(pathname) ?? [];
  if (app.ctx && app.ctx.visit !== visit) { app.ctx.stop(); app.ctx = null; }
  // What the page before still has under way ends in a place that nobody sees.
  const main = app.main.cloneNode(false);
  app.main.replaceWith(main);
  app.main = main;
  main.className = visit ? "at-visit" : "";
  scrollTo(0, 0);
  setTitle("");
  document.title = visit ? _("Visit") : _("Today");
  const { context, openPart } = await inside();
  let close = null;
  if (visit) {
    const ctx = app.ctx ?? (await context(app, visit)) ?? (await fetched(visit));
    if (left()) { if (ctx !== app.ctx) ctx?.stop(); return undefined; }
    app.ctx = ctx;
    if (ctx) {
      ctx.main = main;
      close = await openPart(ctx, part);
    }
  } else if (PAGES[pathname]) {
    close = (await (await import(`./pages/${PAGES[pathname]}.js`)).open({ app, store: app.store, sync: app.sync, main })) ?? (() => {});
  }
  if (left()) { await close?.(); return undefined; }
  if (!close) return app.navigate("/tablet/", { replace: true });
  app.close = close;
  const placed = app.place(pathname + hash);
  await showTimes();
  document.documentElement.dataset.ready = pathname;
  if (hash) bring(document.getElementById(decodeURIComponent(hash.slice(1))));
  return placed;
}

/** A visit that has not come to this tablet yet, as after the first setting up: it is asked for once. */
async function fetched(visit) {
  app.main.replaceChildren(h("p", { class: "lead" }, _("One moment …")));
  await app.sync.now();
  return app.locked ? null : (await inside()).context(app, visit);
}

async function showTimes() {
  if (app.locked || !app.sync) return;
  const all = app.ctx ? [await app.store.visit(app.ctx.visit)] : await app.store.visits();
  const newest = (name) => all.map((own) => own[name]).filter(Boolean).sort().at(-1);
  if (app.sync.heard) document.documentElement.dataset.heard = app.sync.heard;
  showState(app.sync.state, { saved_at: newest("saved_at"), server_at: newest("server_at") });
}

/** Whether the open visit can be had in a language. */
const speaks = async (wanted) => !app.ctx || (await inside()).pagesOf(app.ctx.checklist.digest, wanted, app.store.person).then(Boolean, () => false);

function frame() {
  app.main = draw({ unlocked: !app.locked, speaks, onlanguage: () => { frame(); if (app.locked) comeIn(); else route(); }, onlock: lock });
}

// -- the lock -------------------------------------------------------------------------------------------------------------

// Idle time is measured by a clock that nobody sets; after a sleep, when that one may have stood still, by both.
let touched = { steady: performance.now(), wall: Date.now() };
function touch() { touched = { steady: performance.now(), wall: Date.now() }; }
let idle = 10 * 60_000;

async function lock() {
  if (app.locked) return;
  app.locked = true;
  await closePage();
  app.ctx?.stop();
  app.ctx = null;
  document.documentElement.removeAttribute("data-ready");
  // While something is unsent, or a photo comes from the camera, the key stays in memory for that alone; then it goes.
  const drop = async () => {
    const vault = app.store?.vault;
    if (!vault || (await app.store.count()).all) return;
    // A PIN may have been typed meanwhile: the key that it has brought stays.
    if (app.locked && !underWay() && app.store.vault === vault) app.store.vault = null;
  };
  const ears = [app.sync?.listen(drop), whenDone(drop)];
  app.dropping = () => ears.forEach((close) => close?.());
  await drop();
  frame();
  comeIn();
}

/** The address of what was open on this tablet not long ago. */
async function lastPlace(store) {
  const place = await store.meta("place");
  return place?.address.startsWith("/tablet/visit/") && Date.now() - place.at < LAST_PLACE ? place.address : null;
}

let fresh = null;
/** What can be done while the PIN is typed. */
async function whileAsking(store) {
  const { prepare, tidy } = await inside();
  fresh ??= import("./freshlog.js").then(({ freshLog }) => freshLog()).catch((error) => console.warn("a fresh log:", error.name));
  const asked = location.pathname === "/tablet/" && !app.begun ? await lastPlace(store) : location.pathname;
  const [, visit, part] = /^\/tablet\/visit\/([^/]+)\/([\w-]+)/.exec(asked ?? "") ?? [];
  if (visit) await prepare(store, visit, part);
  await tidy(store);
}

let turn = 0;
const comeIn = () => entered().catch(notOpened);
async function entered() {
  const mine = (turn += 1);
  const store = await enter(app.main, { known: app.store, hooks, onask: (found) => whileAsking(found).catch((error) => console.warn("beside the PIN:", error)) });
  const { Sync, rescue } = await inside();
  if (mine !== turn) return;
  app.dropping?.();
  await fresh;
  await handedIn(); // into the store of whoever took it, before that one closes
  if (mine !== turn) return;
  if (app.store && app.store !== store) { app.sync?.stop(); app.store.close(); app.sync = null; }
  app.locked = false;
  touch();
  idle = (await store.policy()).idle_minutes * 60_000;
  if (app.store !== store) {
    app.store = store;
    store.listen(({ kind, error }) => {
      if (kind === "trouble") alarm(refusal(error));
      if (kind === "entries") alarm("");
      if (kind === "wiped") app.remove();
      if (["entries", "photos", "visit"].includes(kind)) showTimes();
    });
  }
  await rescue(store);
  if (!app.sync) {
    app.sync = new Sync(store).start();
    app.sync.listen(showTimes);
    app.sync.listen(() => { if (app.sync.release && app.sync.release !== release) { app.sync.release = release; updates.look(); } });
  }
  frame();
  const place = !app.begun && location.pathname === "/tablet/" && (await lastPlace(store));
  if (place) history.replaceState({}, "", place);
  app.begun = true;
  await route();
}

for (const kind of ["pointerdown", "keydown", "input", "wheel"]) addEventListener(kind, () => { touch(); }, { passive: true, capture: true });
const overdue = () => performance.now() - touched.steady > idle;
const overslept = () => Math.abs(Date.now() - touched.wall) > idle;
setInterval(() => { if (overdue()) lock(); }, 5000);
document.addEventListener("visibilitychange", async () => {
  // What the task switcher shows of this page tells nothing.
  if (!document.hidden && (overdue() || overslept())) await lock();
  document.body.classList.toggle("covered", document.hidden);
});

// -- the beginning --------------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='/tablet/']");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.target || app.locked) return;
  event.preventDefault();
  app.navigate(link.getAttribute("href"));
});
addEventListener("popstate", () => { if (app.held) history.pushState({}, "", app.held); else route(); });

await setLanguage(preferred());
frame();
updates.register(() => { if (!app.locked && !app.ctx) app.renew(); });
if (location.pathname === "/tablet/ready") (await import("./pages/ready.js")).open({ app, main: app.main });
else comeIn();

export { app };
