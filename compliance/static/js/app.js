// Small comforts for every page; each page works without them.

// A form that is being sent cannot be sent twice by an impatient finger.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Signing out waits while this browser holds work of the person that is nowhere else.
const leaving = document.querySelector("form[data-person]");
const unsentDialog = document.getElementById("unsent");
if (leaving) leaving.addEventListener("submit", async (event) => {
  if (!unsentDialog || leaving.dataset.sure) return;
  event.preventDefault();
  const { unsent } = await import("./tablet/unsent.js");
  const count = await unsent(leaving.dataset.person).catch(() => 0);
  if (count) {
    unsentDialog.querySelector("[data-count]").textContent = count;
    unsentDialog.showModal();
    return;
  }
  leaving.dataset.sure = "1";
  leaving.requestSubmit();
});

// What was typed or chosen stays when the language is switched, in this tab and only on the way. Passwords and files do not
// travel: where a file was chosen, the page asks before it is left.
const TYPED = "typed-before-switch";
const SOON_MS = 60_000;
function* typedControls() {
  const seen = new Map();
  for (const [at, form] of [...document.forms].entries()) {
    for (const control of form.elements) {
      if (!control.name || ["hidden", "password", "file", "submit", "button"].includes(control.type)) continue;
      const name = `${at} ${control.name}`;
      seen.set(name, (seen.get(name) || 0) + 1);
      yield [`${name} ${seen.get(name)}`, control];
    }
  }
}
const isTicked = (control) => ["radio", "checkbox"].includes(control.type);
const languages = document.querySelector("form.languages");
if (languages) languages.addEventListener("submit", () => {
  const values = [...typedControls()].map(([key, control]) => [key, isTicked(control) ? control.checked : control.value]);
  sessionStorage.setItem(TYPED, JSON.stringify({ path: location.pathname, at: Date.now(), values }));
  const files = [...document.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  if (!files) document.documentElement.dataset.switching = "";
});
document.addEventListener("DOMContentLoaded", () => { // the scripts of the page listen by now
  const typed = JSON.parse(sessionStorage.getItem(TYPED) || "null");
  sessionStorage.removeItem(TYPED);
  if (!typed || typed.path !== location.pathname || Date.now() - typed.at > SOON_MS) return;
  const values = new Map(typed.values);
  for (const [key, control] of typedControls()) {
    const what = isTicked(control) ? "checked" : "value";
    if (!values.has(key) || control[what] === values.get(key)) continue;
    control[what] = values.get(key);
    for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
  }
});

// On a narrow screen the menu scrolls sideways: where one is stays in sight.
const menu = document.querySelector(".menu");
const here = menu && menu.querySelector("[aria-current]");
if (here) menu.scrollLeft = here.offsetLeft - (menu.clientWidth - here.offsetWidth) / 2;

// After an invalid form the list of errors is where reading goes on.
const fault = document.querySelector(".flash.error[tabindex]");
if (fault) fault.focus();

// A confirmation that is open closes with Escape and by a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.confirm[open]")) { open.open = false; open.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.confirm[open]")) if (!open.contains(event.target)) open.open = false;
});

// A page about running work looks again by itself, but never while somebody fills in a form on it.
const running = document.querySelector("[data-refresh-seconds]");
let typed = false;
document.addEventListener("input", () => { typed = true; });
if (running) setTimeout(() => { if (!typed) location.reload(); }, Number(running.dataset.refreshSeconds) * 1000);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
