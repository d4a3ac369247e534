// Ways in for who has no PIN that fits, and another PIN for who has. Loaded when they are asked for.

import { people } from "./database.js";
import { unbase64 } from "./digest.js";
import { button, h, icon, note } from "./dom.js";
import { FORGOTTEN, newPin, pad, signIn } from "./lock.js";
import { contact, session, signInAfresh } from "./talk.js";
import { changePin, recover, unlock } from "./vault.js";
import { _ } from "./words.js";

/** Somebody who is not known here, or has signed in already. */
export async function somebodyElse({ said, choose, setUp }) {
  const all = await people();
  const here = await session(6000).catch((error) => error);
  if (here.person && !all.some((one) => one.id === here.person)) return setUp(here, all);
  const back = button(_("Back"), choose, { sign: "back" });
  if (here.kind === "offline") return said(note("warn", h("p", {}, _("Somebody who works with this tablet for the first time needs a network once."))), back);
  return said(note("info", h("p", {}, here.person ? _("Signed in on this tablet: %(name)s. Sign out there first, then sign in as yourself.", { name: here.name }) : _("Sign in, and choose a PIN of your own. What others keep on this tablet stays closed to you, and yours to them."))),
    h("div", { class: "row" }, h("a", { class: "button primary", href: here.person ? "/account" : signIn() }, here.person ? _("To the account") : _("Sign in")), back));
}

/** A forgotten PIN: a fresh sign-in, and the key that the server holds. */
export async function forgotten({ main, head, said, choose, opened }, who, store, record) {
  const back = button(_("Back"), choose, { sign: "back" });
  const here = await session(6000).catch((error) => error);
  const heard = here.person === who.id ? await contact(store, here.csrf, { recover: true }).catch((error) => error) : null;
  if (heard?.recovery) {
    const pin = await newPin(main, () => head(who.name));
    const fresh = await recover(record, unbase64(heard.recovery), pin);
    await store.setMeta("vault", fresh.record);
    sessionStorage.removeItem(FORGOTTEN);
    return opened(store, fresh.vault, who.name);
  }
  const afresh = () => {
    sessionStorage.setItem(FORGOTTEN, who.id);
    return signInAfresh(); // whoever is signed in since yesterday has not shown the password today
  };
  const offline = here.kind === "offline" || heard?.kind === "offline";
  return said(note("info", h("p", {}, _("Nothing is lost by a forgotten PIN. Sign in afresh with your password as %(name)s, then choose a new PIN here.", { name: who.name }))),
    offline ? note("warn", h("p", {}, _("This needs a network. What is on this tablet stays until then."))) : "",
    h("div", { class: "row" }, button(_("Sign in afresh"), afresh, { sign: "key", kind: "primary", disabled: offline }), back));
}

/** Change the PIN of an open store; the old one is asked for. */
export function change(main, store) {
  return new Promise((resolve) => {
    main.replaceChildren(h("h1", {}, _("Change the PIN")), pad({
      title: _("Your present PIN"),
      async enter(old) {
        const record = await store.meta("vault");
        try { await unlock(record, old); } catch { return _("This PIN does not fit."); }
        const pin = await newPin(main, () => [h("h1", {}, _("Change the PIN"))]);
        await store.setMeta("vault", await changePin(record, old, pin));
        resolve();
        return "";
      },
    }));
  });
}
