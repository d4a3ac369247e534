// The checklist versions that visits are pinned to: their rules and their pages in both languages. They know no visit and
// no person's work, and stand in the browser's cache in the clear, for each person on this tablet apart.

import { drawn } from "./dom.js";
import { release } from "./talk.js";
import { language } from "./words.js";

const PREFIX = "checklists";
const LANGUAGES = ["en", "zh_Hans_CN"];
const endOf = (spoken) => `/${spoken}.html`;
// The pages of a version may be drawn anew with a release.
const nameOf = (person) => `${PREFIX} ${person} ${release}`;

async function fetched(address, person) {
  const fresh = await fetch(address, { redirect: "error", cache: "no-store" });
  if (!fresh.ok) throw new Error(`${address}: ${fresh.status}`);
  await (await caches.open(nameOf(person))).put(address, fresh.clone());
  return fresh;
}

/** A file of a checklist version: as this release draws it, else as an earlier one did. */
export async function ofChecklist(path, person) {
  const address = `/tablet/checklists/${path}`;
  const own = await (await caches.open(nameOf(person))).match(address);
  if (own) return own;
  const earlier = await caches.match(address);
  return fetched(address, person).catch((error) => {
    if (earlier) return earlier;
    throw error;
  });
}

/** The pages of a version in a language, read once. */
let read = { path: "", pages: null };
export function pagesOf(digest, language, person) {
  const path = `${digest}/${language}.html`;
  if (read.path !== path) {
    const pages = ofChecklist(path, person).then((file) => file.text()).then((html) => new DOMParser().parseFromString(html, "text/html"));
    read = { path, pages };
    pages.catch(() => { read = { path: "", pages: null }; });
  }
  return read.pages;
}

/** The rules of a version, read once. Its words are in its pages: see `speak`. */
let ruled = { of: "", rules: null };
export function rulesOf(digest, person) {
  const of = `${person} ${digest}`;
  if (ruled.of !== of) {
    const rules = ofChecklist(`${digest}.json`, person).then((file) => file.json());
    ruled = { of, rules };
    rules.catch(() => { ruled = { of: "", rules: null }; });
  }
  return ruled.rules;
}

/** Put the words of a language into the rules: question and action of each item, text of each fact. */
export async function speak(checklist, language, person) {
  if (checklist.language === language) return;
  const pages = await pagesOf(checklist.digest, language, person);
  const own = new Map([...pages.querySelectorAll("[data-item]")].map((one) => [one.dataset.item, one]));
  const first = (element) => element?.firstChild?.textContent.trim() ?? "";
  for (const item of checklist.areas.flatMap((area) => area.items)) {
    const words = own.get(item.id);
    item.question = first(words?.querySelector(".ask"));
    item.action = first(words?.querySelector("[data-own=action]"));
    for (const fact of item.facts) fact.text = first(words?.querySelector(`[name="${item.id}.fact.${fact.id}"] + span`));
  }
  checklist.language = language;
}

async function keep(digests, ends, person) {
  const cache = await caches.open(nameOf(person));
  for (const digest of digests) {
    for (const end of ends) {
      const address = `/tablet/checklists/${digest}${end}`;
      if (!(await cache.match(address))) await fetched(address, person);
    }
  }
}

/** Keep these versions in every language, and let go of others, and of what an earlier release drew. */
async function keepWhole(digests, person) {
  if (!(await caches.has(nameOf(person)))) return; // this person was removed meanwhile
  await keep(digests, LANGUAGES.map(endOf), person);
  const cache = await caches.open(nameOf(person));
  for (const kept of await cache.keys()) {
    const [, digest] = /checklists\/([0-9a-f]+)/.exec(kept.url) ?? [];
    if (!digests.has(digest)) await cache.delete(kept);
  }
  for (const name of await caches.keys()) if (name.startsWith(`${PREFIX} ${person} `) && name !== nameOf(person)) await caches.delete(name);
  document.documentElement.dataset.checklists = "kept";
}

let later = null;

/** Keep these versions for a person. The first ones of a release are there in the language that is spoken; the others come
 * when a page stands drawn: the first visit does not wait for them. */
export async function keepChecklists(digests, person) {
  const first = !(await (await caches.open(nameOf(person))).keys()).length;
  await keep(digests, [".json", endOf(language())], person);
  if (!first && !later) return keepWhole(digests, person);
  // What could not be fetched is tried again at the next contact.
  later ??= drawn().then(() => keepWhole(digests, person)).catch((error) => console.warn("another language:", error.message)).finally(() => { later = null; });
  return undefined;
}

/** Let go of everything that is kept for a person. */
export async function forgetChecklists(person) {
  for (const name of await caches.keys()) if (name.startsWith(`${PREFIX} ${person} `)) await caches.delete(name);
}
