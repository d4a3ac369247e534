// Comforts at a visit; the page works without them. Where the browser can keep a visit, the tablet's application takes over,
// unless somebody chose the plain pages (?plain=1) in this tab.

const PLAIN = "plain";
const onTablet = document.querySelector("[data-tablet]");
if (new URLSearchParams(location.search).has(PLAIN)) sessionStorage.setItem(PLAIN, "1");
document.addEventListener("click", (event) => { if (event.target.closest("[data-with-memory]")) sessionStorage.removeItem(PLAIN); });
const able = isSecureContext && "serviceWorker" in navigator && "indexedDB" in window && Boolean(crypto.subtle);
if (onTablet && able) {
  if (sessionStorage.getItem(PLAIN)) onTablet.hidden = false;
  else location.replace(onTablet.dataset.tablet + location.hash);
}

const form = document.querySelector("form[data-keep]");

if (form) {
  // A second tap on a chosen answer takes it back.
  let before = null;
  form.addEventListener("pointerdown", (event) => {
    const radio = event.target.closest("label.ans")?.querySelector("input[type=radio]");
    before = radio?.checked ? radio : null;
  });
  form.addEventListener("click", (event) => {
    if (event.target === before && before.value) {
      form.querySelector(`input[name="${CSS.escape(before.name)}"][value=""]`).checked = true;
      before.dispatchEvent(new Event("change", { bubbles: true }));
    }
    before = null;
  });

  // Chosen files are counted on their button.
  form.addEventListener("change", (event) => {
    if (event.target.type !== "file") return;
    const count = event.target.parentElement.querySelector("[data-count]");
    const chosen = event.target.files.length;
    count.dataset.word ??= count.textContent;
    count.textContent = chosen ? `${count.dataset.word} +${chosen}` : count.dataset.word;
  });

  // Nothing typed is left behind without a question.
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => {
    const kept = "switching" in document.documentElement.dataset; // another language: what is typed comes along
    if (changed && !kept) event.preventDefault();
  });
}
