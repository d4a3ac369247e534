// Words of the tablet in the reader's language. A text in English is its own key; Chinese comes from the catalogue.

const CHINESE = "zh_Hans_CN";
const KEPT = "tablet.language";
let language_ = "en";
let known = {};

export const language = () => language_;
export const htmlLanguage = () => (language_ === CHINESE ? "zh-Hans" : "en");

/** The language chosen here before, else the one that the device speaks. */
export function preferred() {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === CHINESE) return kept;
  return navigator.language?.toLowerCase().startsWith("zh") ? CHINESE : "en";
}

/** Speak a language from now on. Where its words cannot be had, English is spoken and false comes back. */
export async function setLanguage(wanted) {
  let words = {};
  if (wanted === CHINESE) {
    try {
      const answer = await fetch(`/tablet/words/${wanted}.json`);
      if (!answer.ok) return false;
      words = await answer.json();
    } catch { return false; }
  }
  language_ = wanted;
  known = words;
  localStorage.setItem(KEPT, wanted);
  document.documentElement.lang = htmlLanguage();
  return true;
}

/** What a text is called in the catalogue: tablet_shell.py counts the same. */
function short(text) {
  let sum = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) sum = Math.imul(sum ^ text.charCodeAt(place), 0x01000193) >>> 0;
  return (sum & 0xffffff).toString(36);
}

const fill = (text, facts) => text.replace(/%\((\w+)\)[sdf]/g, (place, name) => (facts && name in facts ? String(facts[name]) : place));

/** A text of the product: `_("%(n)s photos", { n: 3 })`. */
export const gettext = (text, facts) => fill(known[short(text)] ?? text, facts);
export { gettext as _ };

/** A text that the server sent in both languages: {en, zh_Hans_CN}. */
export const say = (text) => (typeof text === "string" ? text : text ? (text[language_] ?? text.en ?? "") : "");

const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const tag = () => (language_ === CHINESE ? "zh-CN" : "en-GB");
const formats = new Map(); // each takes long to make
function written(when, how) {
  const key = `${tag()} ${how.day}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(tag(), how));
  return formats.get(key).format(when);
}

/** The time of day of today's moments; others with their day. */
export function moment(iso) {
  if (!iso) return "";
  const when = new Date(iso);
  const today = when.toDateString() === new Date().toDateString();
  return written(when, today ? TIME : { month: "short", day: "numeric", ...TIME });
}

/** A day: "21 November 2026". */
export const day = (iso) => new Date(`${iso}T12:00:00`).toLocaleDateString(tag(), { year: "numeric", month: "long", day: "numeric" });

/** Bytes for people. */
export function size(bytes) {
  const [n, unit] = bytes >= 1e6 ? [bytes / 1e6, "MB"] : [bytes / 1e3, "kB"];
  return `${n.toLocaleString(tag(), { maximumFractionDigits: n < 10 ? 1 : 0 })} ${unit}`;
}
