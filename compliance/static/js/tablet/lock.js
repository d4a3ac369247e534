// The door: whose tablet it is, the PIN, and what to do without one. Nothing here tells where anybody is going.

import { forgetPerson, people, rememberPerson } from "./database.js";
import { unbase64 } from "./digest.js";
import { button, h, icon, note } from "./dom.js";
import { announce } from "./frame.js";
import { open as openStore } from "./store.js";
import { contact, session } from "./talk.js";
import { SHORTEST_PIN, Trial, WrongPin, create, delay, trivial } from "./vault.js";
import { _ } from "./words.js";

export const FORGOTTEN = "tablet.forgotten"; // whose PIN was, while the password is given again
export const signIn = () => `/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`;

/** The same page from the server, for who does not want this browser to keep anything. */
function plainWay() {
  const [, visit, part] = /^\/tablet\/visit\/([0-9a-f-]{36})\/([\w-]+)$/.exec(location.pathname) ?? [];
  const own = ["workplace", "end", "record"].includes(part) ? part : `areas/${["letter", "queue"].includes(part) ? "" : part}`;
  return h("a", { class: "button link", href: `${visit ? `/visits/${visit}/${own}` : "/visits/"}?plain=1` }, _("Work online: nothing is kept on this tablet"));
}

/** A pad for one PIN. `enter(pin)` may return a text of what is wrong; the pad stays until it returns nothing. `typed(pin)`
 * hears what stands in it. */
export function pad({ title, lead, enter, typed, more = [] }) {
  const field = h("input", { id: "pin", type: "password", inputmode: "none", autocomplete: "off", pattern: "[0-9]*", maxlength: 12, "aria-describedby": "pin-said" });
  const said = h("p", { id: "pin-said", class: "error", role: "alert" });
  const dots = h("p", { class: "dots", "aria-hidden": "true" });
  const draw = () => {
    dots.textContent = "●".repeat(field.value.length) + "○".repeat(Math.max(0, SHORTEST_PIN - field.value.length));
    typed?.(field.value);
  };
  const type = (digit) => { if (field.value.length < 12) field.value += digit; draw(); };
  const form = h("form", { class: "pad", novalidate: true },
    h("label", { for: "pin" }, title), lead && h("p", { class: "hint" }, lead), dots, field, said,
    h("div", { class: "keys" }, ["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => button(digit, () => type(digit))),
      button(_("Delete"), () => { field.value = field.value.slice(0, -1); draw(); }, { sign: "back", kind: "key-word" }), button("0", () => type("0")),
      h("button", { class: "primary key-word" }, icon("good"), h("span", {}, _("OK")))), more);
  field.addEventListener("input", () => { field.value = field.value.replace(/\D/g, ""); draw(); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    const answer = enter(field.value);
    field.value = "";
    draw();
    said.textContent = "";
    try { said.textContent = (await answer) ?? ""; } finally { delete form.dataset.busy; }
    if (said.textContent) field.focus();
  });
  draw();
  queueMicrotask(() => field.isConnected && field.focus({ preventScroll: true }));
  return form;
}

/** Ask twice for a new PIN; gives it. refuse(pin): a text where it cannot be this one. */
export function newPin(main, head, { lead, refuse = () => "" } = {}) {
  return new Promise((resolve) => {
    const first = () => main.replaceChildren(...head(), pad({
      title: _("Choose a PIN of at least %(n)s digits", { n: SHORTEST_PIN }),
      lead: lead ?? _("It opens what this tablet keeps, also without a network. Tell it to nobody."),
      async enter(pin) {
        if (pin.length < SHORTEST_PIN) return _("At least %(n)s digits, please.", { n: SHORTEST_PIN });
        if (trivial(pin)) return _("This PIN would be guessed at once. Choose digits without an order.");
        const wrong = await refuse(pin);
        if (!wrong) again(pin);
        return wrong;
      },
    }));
    const again = (chosen) => main.replaceChildren(...head(), pad({
      title: _("The same PIN once more"),
      enter(pin) {
        if (pin === chosen) { resolve(pin); return ""; }
        first();
        announce(_("The two were not the same. Begin again."));
        main.querySelector("#pin-said").textContent = _("The two were not the same. Begin again.");
        return "";
      },
    }));
    first();
  });
}

/** The way in: resolves with an unlocked store. `known`: the store that is open already, when the screen was locked.
 * onask(store): called when somebody's PIN is asked for. */
export function enter(main, { known, hooks, onask } = {}) {
  return new Promise((resolve, reject) => {
    const ways = () => import("./waysin.js");
    const head = (name) => [h("h1", {}, _("Visits")), name && h("p", { class: "lead" }, icon("person"), " ", name)].filter(Boolean);
    const said = (...inside) => main.replaceChildren(h("h1", {}, _("Visits")), ...inside);
    const letIn = (store, vault) => {
      store.vault = vault; // at the last moment: until then the lock lets go of every key that has nothing to send
      resolve(store);
    };
    const opened = async (store, vault, name) => {
      // A tablet that is full opens all the same.
      await Promise.allSettled([store.setMeta("tries", { wrong: 0 }), rememberPerson(store.person, name)]);
      letIn(store, vault);
    };
    const storeOf = async (person) => (known?.person === person ? known : openStore(person, hooks));

    async function choose() {
      const all = await people();
      const who = known ? all.find((one) => one.id === known.person) ?? all[0] : all[0];
      if (who) await ask(who, all);
      const here = await session(6000).catch((error) => error);
      if (!who) return here.person ? setUp(here) : without(here);
      if (here.person === who.id && sessionStorage.getItem(FORGOTTEN) === who.id) {
        sessionStorage.removeItem(FORGOTTEN);
        const store = await storeOf(who.id);
        return (await ways()).forgotten(door, who, store, await store.meta("vault"));
      }
      // Who has just signed in on this tablet is probably who holds it.
      if (here.person && here.person !== who.id && !known && main.querySelector("#pin")?.value === "") {
        const other = all.find((one) => one.id === here.person);
        if (other) await ask(other, all); else await setUp(here, all);
      }
      return undefined;
    }

    /** Nobody has set this tablet up, and nobody is signed in. */
    function without(trouble) {
      const offline = trouble.kind === "offline" || trouble.kind === "server";
      said(note("info", h("p", {}, _("This tablet is not set up yet. Sign in once with a network and choose a PIN; from then on it works without one."))),
        offline ? note("warn", h("p", {}, _("There is no connection to the server now."))) : "",
        h("div", { class: "row" }, offline ? button(_("Try again"), choose, { sign: "undo", kind: "primary" }) : h("a", { class: "button primary", href: signIn() }, _("Sign in")),
          h("a", { class: "button", href: "/tablet/ready" }, _("Is this tablet ready?"))));
    }

    /** The PIN of somebody who has one here. */
    async function ask(who, all) {
      const slow = known ? 0 : setTimeout(() => said(h("p", {}, _("One moment …"))), 400); // what is restored may be large
      const store = await storeOf(who.id).finally(() => clearTimeout(slow));
      const record = await store.meta("vault");
      if (!record) {
        if (store.copy.failed) throw store.copy.failed; // it may have what is not here
        await forgetPerson(who.id);
        return choose();
      }
      const others = all.filter((one) => one.id !== who.id);
      const tries = (await store.meta("tries")) ?? { wrong: 0 };
      const wait = () => Math.ceil(Math.min(tries.until - Date.now(), delay(tries.wrong) * 1000) / 1000);
      const trial = new Trial(record);
      main.replaceChildren(...head(who.name), pad({
        title: _("Your PIN"),
        typed: (pin) => trial.typed(pin),
        async enter(pin) {
          if (wait() > 0) return _("Wait %(n)s seconds before the next try.", { n: wait() });
          try {
            const vault = await trial.unlock(pin);
            if (tries.wrong) store.setMeta("tries", { wrong: 0 }).catch(() => {});
            rememberPerson(who.id, who.name).catch(() => {}); // only who was here last: nobody waits for it
            letIn(store, vault);
          } catch (error) {
            if (!(error instanceof WrongPin)) throw error;
            tries.wrong += 1;
            tries.until = Date.now() + delay(tries.wrong) * 1000;
            await store.setMeta("tries", tries).catch(() => {});
            return wait() > 0 ? _("This PIN does not fit. Wait %(n)s seconds before the next try.", { n: wait() }) : _("This PIN does not fit.");
          }
          return "";
        },
        more: h("div", { class: "row ways" },
          button(_("PIN forgotten"), async () => (await ways()).forgotten(door, who, store, record), { sign: "help", kind: "link" }),
          others.map((other) => button(other.name, async () => { if (store !== known) store.close(); await ask(other, all); }, { sign: "person", kind: "link" })),
          button(_("Somebody else"), async () => (await ways()).somebodyElse(door), { sign: "people", kind: "link" }), plainWay()),
      }));
      onask?.(store);
      return undefined;
    }

    /** A first time on this tablet, with a network. */
    async function setUp(here, all = []) {
      const store = await storeOf(here.person);
      if (await store.meta("vault")) return ask({ id: here.person, name: here.name }, all); // back from the second copy
      let heard;
      try {
        heard = await contact(store, here.csrf, { recover: true });
      } catch (error) {
        return said(note("bad", h("p", {}, _("The server does not accept this tablet: %(reason)s", { reason: error.text?.en ?? error.kind }))), button(_("Try again"), choose, { kind: "primary" }));
      }
      const others = all.length ? [h("p", { class: "hint" }, _("What others keep on this tablet stays closed to you, and yours to them."))] : [];
      const pin = await newPin(main, () => [...head(here.name), ...others, h("p", { class: "row ways" }, plainWay())]);
      said(h("p", {}, _("One moment …")));
      const { record, vault } = await create(pin, unbase64(heard.recovery));
      await store.setMeta("vault", record);
      return opened(store, vault, here.name);
    }

    const door = { main, head, said, choose, setUp, opened };
    choose().catch(reject);
  });
}
