// Whether this tablet is ready for a visit: each thing that it needs, tried here and now, with what to do where it fails.

import { button, h, icon } from "../dom.js";
import { setTitle } from "../frame.js";
import { call } from "../talk.js";
import { _ } from "../words.js";

const withTime = (work, seconds) => Promise.race([work, new Promise((_resolve, reject) => { setTimeout(() => reject(new Error("time")), seconds * 1000); })]);

/** Each gives {good, said} or throws; `needed` false where a visit works without it. */
const CHECKS = [
  {
    id: "secure", name: () => _("Secure connection"), needed: true,
    todo: () => _("Open this page by https:// with a certificate that the tablet trusts. The operator's handbook says how, for an office network and for a domain."),
    async try() { return { good: isSecureContext && Boolean(crypto.subtle), said: location.protocol === "https:" ? location.host : `${location.protocol}//${location.host}` }; },
  },
  {
    id: "worker", name: () => _("Opens without a network"), needed: true,
    todo: () => _("Load this page again. If it stays so, the browser is too old or in private mode: use an up-to-date Safari, Chrome or Edge, not in private mode."),
    async try() {
      const registration = await withTime(navigator.serviceWorker.ready, 15);
      const kept = await caches.match("/tablet/");
      return { good: Boolean(registration.active && kept), said: "" };
    },
  },
  {
    id: "storage", name: () => _("Keeps what is entered"), needed: true,
    todo: () => _("The browser does not let this page keep anything. Leave private mode, allow site data, and make room on the tablet."),
    async try() {
      const name = "readiness";
      const database = await new Promise((resolve, reject) => {
        const request = indexedDB.open(name, 1);
        request.onupgradeneeded = () => request.result.createObjectStore("probe");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const bytes = crypto.getRandomValues(new Uint8Array(65536)).buffer;
      await new Promise((resolve, reject) => {
        const transaction = database.transaction("probe", "readwrite", { durability: "strict" });
        transaction.objectStore("probe").put(bytes, "probe");
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      database.close();
      indexedDB.deleteDatabase(name);
      return { good: true, said: "" };
    },
  },
  {
    id: "persist", name: () => _("The browser promises to keep it"), needed: false,
    todo: () => _("Install the application: in the browser's menu, “Add to home screen” or “Install”. On an iPad this is necessary."),
    async try() {
      const granted = (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.());
      return { good: Boolean(granted), said: "" };
    },
  },
  {
    id: "clock", name: () => _("Clock"), needed: false,
    todo: () => _("Set date, time and time zone in the settings of the tablet to automatic. A wrong clock never costs an answer; it is recorded."),
    async try() {
      const asked = Date.now();
      const { now } = await call("/tablet/clock", { patience: 8000 });
      const drift = Math.round((Date.parse(now) - (asked + Date.now()) / 2) / 1000);
      return { good: Math.abs(drift) < 120, said: _("%(n)s seconds beside the server's", { n: Math.abs(drift) }) };
    },
  },
  {
    id: "camera", name: () => _("Camera"), needed: false, asks: true,
    todo: () => _("Allow this page to use the camera in the settings of the browser. Photos can also be taken with the camera application and chosen from the library."),
    async try() {
      const stream = await withTime(navigator.mediaDevices.getUserMedia({ video: true }), 30);
      const [track] = stream.getVideoTracks();
      const { width, height } = track.getSettings();
      stream.getTracks().forEach((one) => one.stop());
      return { good: true, said: width ? `${width} × ${height}` : "" };
    },
  },
];

export async function open({ main }) {
  setTitle("");
  document.title = _("Is this tablet ready?");
  const rows = new Map();
  const draw = ({ id, name, needed, todo }, state, said = "") => {
    const words = { waiting: [_("being tried"), "grey", "clock"], good: [_("ready"), "green", "good"], bad: needed ? [_("not ready"), "red", "warn"] : [_("better with it"), "amber", "info"], ask: [_("not tried yet"), "grey", "info"] }[state];
    rows.get(id).dataset.state = state;
    rows.get(id).replaceChildren(h("span", { class: "strong" }, name()), h("span", { class: `badge ${words[1]}` }, icon(words[2]), words[0]), said && h("span", { class: "dim small" }, said), state === "bad" && h("p", {}, todo()));
  };
  const attempt = async (check) => {
    draw(check, "waiting");
    try {
      const { good, said } = await check.try();
      draw(check, good ? "good" : "bad", said);
      return good;
    } catch (error) {
      draw(check, "bad", error.name === "Error" ? "" : error.name);
      return false;
    }
  };
  const verdict = h("p", { class: "lead", id: "verdict", role: "status" });
  main.replaceChildren(
    h("div", { class: "page-head" }, h("h1", {}, _("Is this tablet ready?"))),
    h("p", {}, _("Each thing that a visit without a network needs is tried here and now.")),
    h("ul", { class: "sheet pieces checks-list" }, CHECKS.map((check) => {
      rows.set(check.id, h("li", { class: "piece", id: `check-${check.id}` }));
      return rows.get(check.id);
    })),
    h("p", { class: "row" },
      button(_("Try the camera"), (event) => { event.currentTarget.disabled = true; attempt(CHECKS.at(-1)); }, { sign: "photo", id: "try-camera" }),
      button(_("Try again"), run, { sign: "undo", id: "try-again" }),
      h("a", { class: "button primary", href: "/tablet/", target: "_self" }, _("To today's visits"))),
    verdict);
  async function run() {
    const found = [];
    for (const check of CHECKS) {
      if (check.asks) draw(check, "ask");
      else found.push((await attempt(check)) || !check.needed);
    }
    verdict.textContent = found.every(Boolean) ? _("This tablet is ready.") : _("This tablet is not ready yet. Do what stands beside each point, then try again.");
    document.documentElement.dataset.checked = found.every(Boolean) ? "ready" : "not-ready";
  }
  await run();
  return () => {};
}
