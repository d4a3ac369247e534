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
leaving?.addEventListener("submit", async (event) => {
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

// On a narrow screen the menu scrolls sideways: where one is stays in sight.
const menu = document.querySelector(".menu");
const here = menu?.querySelector("[aria-current]");
if (here) menu.scrollLeft = here.offsetLeft - (menu.clientWidth - here.offsetWidth) / 2;

// After an invalid form the list of errors is where reading goes on.
document.querySelector(".flash.error[tabindex]")?.focus();

// A confirmation that is open closes with Escape and by a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.confirm[open]")) { open.open = false; open.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.confirm[open]")) if (!open.contains(event.target)) open.open = false;
});

// A page about running work looks again by itself.
const running = document.querySelector("[data-refresh-seconds]");
if (running) setTimeout(() => location.reload(), Number(running.dataset.refreshSeconds) * 1000);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
