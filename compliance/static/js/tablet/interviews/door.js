// The PIN of the interviews, another one than that of the tablet. It opens nothing that is kept, for nothing of it can be
// opened here: it stands between the page on which somebody is asked and whoever takes the tablet away.

import { button, h, note } from "../dom.js";
import { newPin, pad } from "../lock.js";
import { WrongPin, create, delay, unlock } from "../vault.js";
import { _ } from "../words.js";

const RECORD = "interviews.pin", TRIES = "interviews.tries";
const TABLET = "vault", TABLET_TRIES = "tries";

/** Try a PIN; gives what is wrong, nothing where it fits. Wrong ones slow down, also over a start of the browser. */
async function tried(store, [kept, counted], pin) {
  const tries = (await store.meta(counted)) ?? { wrong: 0 };
  const wait = () => Math.ceil(Math.min(tries.until - Date.now(), delay(tries.wrong) * 1000) / 1000);
  if (wait() > 0) return _("Wait %(n)s seconds before the next try.", { n: wait() });
  try {
    await unlock(await store.meta(kept), pin);
  } catch (error) {
    if (!(error instanceof WrongPin)) throw error;
    tries.wrong += 1;
    tries.until = Date.now() + delay(tries.wrong) * 1000;
    await store.setMeta(counted, tries);
    return wait() > 0 ? _("This PIN does not fit. Wait %(n)s seconds before the next try.", { n: wait() }) : _("This PIN does not fit.");
  }
  if (tries.wrong) await store.setMeta(counted, { wrong: 0 });
  return "";
}

async function chosen(store, main, head) {
  const tablet = await store.meta(TABLET);
  const pin = await newPin(main, head, {
    lead: _("Another PIN than that of the tablet: it alone leads back when you have hidden the interview."),
    refuse: (wanted) => unlock(tablet, wanted).then(() => _("This is the PIN of the tablet. Choose another one."), () => ""),
  });
  const { record } = await create(pin, crypto.getRandomValues(new Uint8Array(32)));
  await store.setMeta(RECORD, record);
  await store.setMeta(TRIES, { wrong: 0 });
}

function asked(store, main, head, which, { title, more = [] }) {
  return new Promise((resolve) => {
    main.replaceChildren(...head(), pad({
      title, more,
      async enter(pin) {
        const wrong = await tried(store, which, pin);
        if (!wrong) resolve();
        return wrong;
      },
    }));
  });
}

/** The way in: resolves when the PIN was right, or was chosen for the first time. */
export async function enter(store, main, leave) {
  const out = () => h("p", { class: "row ways" }, button(_("Back to the visit"), leave, { sign: "back", kind: "link" }));
  const head = () => [h("h1", {}, _("Interviews")), out()];
  if (!(await store.meta(RECORD))) return chosen(store, main, head);
  return new Promise((resolve) => {
    const forgotten = async () => {
      await asked(store, main, () => [...head(), note("info", h("p", {}, _("Show with the PIN of the tablet that it is you, then choose a new one for interviews.")))],
        [TABLET, TABLET_TRIES], { title: _("The PIN of the tablet") });
      await chosen(store, main, head);
      resolve();
    };
    const more = h("p", { class: "row ways" }, button(_("PIN forgotten"), forgotten, { sign: "help", kind: "link" }));
    asked(store, main, head, [RECORD, TRIES], { title: _("Your PIN for interviews"), more }).then(resolve);
  });
}

/** The way back from the innocent page: it looks like the lock of any tablet, and has no other way in. */
export const comeBack = (store, main, away) =>
  asked(store, main, () => [], [RECORD, TRIES], { title: _("Your PIN"), more: h("p", { class: "row ways" }, button(_("Back"), away, { sign: "back", kind: "link" })) });
