// Elements without HTML text: what a person typed can never become markup.

const SVG = "http://www.w3.org/2000/svg";

/** h("p", { class: "dim", onclick: go }, "text", element, ...): null and false are left out. */
export function h(name, facts = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(facts)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "disabled" || key === "hidden") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...inside.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false));
  return element;
}

/** A sign of the sprite in the page. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ class: "icon", width: size, height: size, "aria-hidden": "true" })) svg.setAttribute(key, value);
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** A note with a sign: kind info | good | warn | bad. */
export const note = (kind, ...inside) => h("div", { class: `note ${kind}` }, icon({ good: "good", warn: "warn", bad: "bad" }[kind] ?? "info"), h("div", {}, ...inside));

/** A button with a sign and a word. */
export const button = (text, onclick, { sign, kind = "", ...more } = {}) =>
  h("button", { type: "button", class: kind, onclick, ...more }, sign && icon(sign), h("span", {}, text));

/** Ask in a dialog; gives what `answers` says for the button that was pressed, null for Escape. `inside(dialog)` may add fields. */
export function ask(title, inside, answers) {
  return new Promise((resolve) => {
    const heading = h("h2", { id: "ask-title" }, title);
    const form = h("form", { method: "dialog" }, heading, ...inside, h("div", { class: "form-end" }, answers.map(
      ({ text, value, kind = "" }) => h("button", { value, class: kind, formnovalidate: value === "" }, text))));
    const dialog = h("dialog", { class: "ask", "aria-labelledby": "ask-title" }, form);
    dialog.addEventListener("close", () => {
      const fields = Object.fromEntries(new FormData(form));
      dialog.remove();
      resolve(dialog.returnValue ? { value: dialog.returnValue, ...fields } : null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

const frame = () => new Promise(requestAnimationFrame);

/** Bring an element into view, of one that is too tall its beginning, and keep it there while what comes near takes its own
 * height: a row that was never in view has an estimated one (content-visibility). */
export async function bring(element) {
  for (let tries = 0; element?.isConnected && tries < 5; tries += 1) {
    element.scrollIntoView({ block: element.offsetHeight > innerHeight / 2 ? "start" : "center" });
    const { top } = element.getBoundingClientRect();
    await frame();
    await frame(); // rows are measured after the first one's turn
    if (element.getBoundingClientRect().top === top) return;
  }
}

/** Resolves when a page stands drawn and the browser has nothing better to do. */
export const drawn = () => new Promise((resolve) => {
  const html = document.documentElement;
  const idle = () => (window.requestIdleCallback ? requestIdleCallback(resolve, { timeout: 2000 }) : setTimeout(resolve, 300));
  if ("ready" in html.dataset) { idle(); return; }
  const watcher = new MutationObserver(() => { if ("ready" in html.dataset) { watcher.disconnect(); idle(); } });
  watcher.observe(html, { attributeFilter: ["data-ready"] });
});
