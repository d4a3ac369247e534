// The rows of an area: what the server drew once for all items, copied for each. They tell nothing of a visit, so that they
// can be made while its PIN is typed.

import { pagesOf } from "../checklists.js";

const within = (element) => [element, ...element.querySelectorAll("*")];
const named = new WeakMap(); // template -> where it names its item: [[which element, attribute, value]]

function placesOf(template) {
  if (!named.has(template)) {
    named.set(template, within(template).flatMap((one, which) => [...one.attributes]
      .filter(({ value }) => value.includes("ITEM")).map(({ name, value }) => [which, name, value])));
  }
  return named.get(template);
}

/** A copy of the row for one item, with what is the item's own in its places. */
function copyOf(template, own, id) {
  const element = template.cloneNode(true);
  const all = within(element);
  for (const [which, name, value] of placesOf(template)) all[which].setAttribute(name, value.replaceAll("ITEM", id));
  element.querySelector(".code").textContent = id;
  for (const place of element.querySelectorAll("[data-part]")) {
    const part = own.querySelector(`[data-own=${place.dataset.part}]`);
    place.append(...(part?.childNodes ?? []));
    if (place.matches("div, span") && !place.className) place.replaceWith(...place.childNodes);
  }
  return element;
}

async function copied(digest, area, spoken, person) {
  const pages = await pagesOf(digest, spoken, person);
  const page = (name) => document.importNode(pages.querySelector(`[data-page="${CSS.escape(name)}"]`), true);
  const section = page(area);
  const template = page("item").querySelector(".item");
  const copy = (own) => [own.dataset.item, copyOf(template, own, own.dataset.item)];
  return { section, rows: new Map([...section.querySelectorAll("[data-item]")].map(copy)) };
}

let ahead = null;
const same = (those) => ahead && ahead.those.every((one, place) => one === those[place]);

/** Make the copies of an area before they are asked for. */
export async function copyAhead(...those) {
  if (same(those)) return;
  ahead = { those, made: copied(...those) };
  try { await ahead.made; } catch (error) { ahead = null; throw error; }
}

/** {section, rows: item id -> its row} of an area of a checklist version, in a language, for this person alone. */
export function copiesOf(...those) {
  const made = same(those) ? ahead.made : copied(...those);
  ahead = null; // each copy is used once
  return made;
}
