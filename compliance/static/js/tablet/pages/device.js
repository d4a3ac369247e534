// The tablet itself: whether the browser keeps what is on it, how much room there is, when it was last in touch, what is
// unsent, and what belongs to the person who holds it.

import { panel } from "../display.js";
import { ask, button, h, icon, note } from "../dom.js";
import { announce } from "../frame.js";
import { release, session } from "../talk.js";
import * as updates from "../updates.js";
import { change } from "../waysin.js";
import { _, moment, size } from "../words.js";

const row = (term, ...said) => [h("dt", {}, term), h("dd", {}, ...said)];
const yes = (good, text) => [h("span", { class: `badge ${good ? "green" : "amber"}` }, icon(good ? "good" : "warn"), text)];

async function leave(app) {
  const { all } = await app.store.count();
  if (all) {
    await ask(_("Not everything is sent"), [
      note("warn", h("p", {}, _("Only on this tablet: %(n)s.", { n: all }), " ", _("Signed out, the tablet could not send it."))),
      h("p", {}, _("Bring the tablet into a network and wait until the bar says “safe on server”; then sign out. To put the tablet away now, lock it: what is on it stays closed.")),
    ], [{ text: _("Stay signed in"), value: "", kind: "primary" }]);
    return;
  }
  try {
    const { csrf } = await session();
    const form = h("form", { method: "post", action: "/sign-out", hidden: true }, h("input", { type: "hidden", name: "csrf_token", value: csrf }));
    document.body.append(form);
    form.submit();
  } catch (error) {
    announce(_("There is no connection to the server now."));
    if (error.kind === "sign_in") location.href = "/sign-in";
  }
}

async function wipe(app) {
  const { all } = await app.store.count();
  const answer = await ask(_("Remove from this tablet"), all
    ? [note("bad", h("p", {}, _("Only on this tablet: %(n)s.", { n: all }), " ", _("Send it first, or give it up piece by piece in the list of what is on its way.")))]
    : [h("p", {}, _("Everything that is kept for you here goes: visits, pictures, your PIN. What was sent stays on the server. To work with this tablet again, sign in and choose a PIN."))],
  [...(all ? [] : [{ text: _("Remove"), value: "remove", kind: "danger" }]), { text: _("Cancel"), value: "" }]);
  if (answer?.value === "remove") await app.remove();
}

export async function open({ app, store, sync, main }) {
  let persisted = await navigator.storage?.persisted?.();
  const draw = async () => {
    const [room, contact, waiting, policy, oldest, release_] = await Promise.all([
      navigator.storage?.estimate?.(), store.meta("contact"), store.count(), store.policy(), store.oldest(), updates.waiting()]);
    const old = oldest && Date.now() - Date.parse(oldest) > policy.warn_hours * 3_600_000;
    const drift = contact?.drift ?? 0;
    const installed = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
    const busy = release_ && (await updates.underWay(store));
    main.replaceChildren(
      h("div", { class: "page-head" }, h("h1", {}, _("This tablet"))),
      old ? note("bad", h("p", {}, _("Something has been only on this tablet since %(when)s. Bring it into a network now.", { when: moment(oldest) }))) : "",
      h("div", { class: "sheet pad" }, h("dl", { class: "facts" },
        row(_("Not sent"), waiting.all ? [h("a", { class: "button", href: "/tablet/queue" }, String(waiting.all)), oldest && [" · ", _("the oldest of %(when)s", { when: moment(oldest) })]] : yes(true, _("Nothing"))),
        row(_("Last contact"), contact ? moment(contact.here) : _("never")),
        row(_("Clock"), ...(Math.abs(drift) > 120 ? yes(false, _("%(n)s minutes off. Set it in the settings of the tablet.", { n: Math.round(Math.abs(drift) / 60) })) : yes(true, _("right")))),
        row(_("Kept by the browser"), ...(persisted ? yes(true, _("until it is removed by you")) : yes(false, persisted === false ? _("as long as there is room") : _("the browser does not say")))),
        row(_("Room"), room?.quota ? _("%(used)s used, about %(free)s free", { used: size(room.usage), free: size(room.quota - room.usage) }) : _("the browser does not say")),
        row(_("Installed as an application"), ...yes(installed, installed ? _("yes") : _("no"))),
        row(_("Version of the application"), release, release_ ? ` → ${release_}` : ""),
        row(_("Minutes until it locks itself"), String(policy.idle_minutes)),
        row(_("Days until it is removed after the receipt"), String(policy.keep_days))),
      h("div", { class: "row" },
        !persisted && navigator.storage?.persist && button(_("Ask the browser to keep it"), async () => {
          persisted = await navigator.storage.persist();
          announce(persisted ? _("The browser will keep it.") : _("The browser has not agreed. Install the application on the home screen and ask again."));
          await draw();
        }, { sign: "lock" }),
        h("a", { class: "button", href: "/tablet/ready" }, icon("checklist"), h("span", {}, _("Is this tablet ready?"))))),
      !installed ? note("info", h("p", {}, _("Install the application on the home screen: in the browser's menu, “Add to home screen” or “Install”. On an iPad this is necessary, or the system removes what a page keeps after seven days."))) : "",
      release_ ? note("info", h("p", {}, busy ? _("A newer version is ready. It is offered when no visit is under way.") : _("A newer version of this application is ready.")), !busy && button(_("Update now"), updates.take, { sign: "download", kind: "primary" })) : "",
      h("div", { class: "sheet pad" }, h("h2", {}, _("Display")), panel()),
      h("div", { class: "sheet pad" }, h("h2", {}, _("You")), h("div", { class: "row" },
        button(_("Change the PIN"), async () => { await change(main, store); announce(_("The PIN is changed.")); await draw(); }, { sign: "key" }),
        button(_("Sign out"), () => leave(app), { sign: "leave" }),
        button(_("Remove from this tablet"), () => wipe(app), { sign: "bad", kind: "danger" })),
      h("p", { class: "hint" }, h("a", { class: "button", href: "/visits/?plain=1" }, _("Work online: nothing is kept on this tablet")), " ", _("This way needs a network for every step."))));
  };
  await draw();
  const stop = sync.listen(() => {});
  return stop;
}
