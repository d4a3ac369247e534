// What may stand in a field, as in compliance/visits/fields.py: what the tablet keeps, the server takes.

import { CLOSING, FACT, KNOWN, PROFILE, QUANTITY } from "./rules.js";

const LONGEST_NOTE = 4000, LONGEST_LINE = 120, MOST_WORKERS = 1_000_000, MOST_DAYS = 365;
const LINES = new Set(["inspector_name", "representative_name", "representative_role", "witness"]);
const UNPRINTABLE =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]/gu;

/** Marks a text for the catalogue; it is translated where it is shown. */
const N_ = (text) => text;

/** Something typed that cannot be kept: `text` is an English message, `facts` fill its places. */
export class Unfit extends Error {
  constructor(code, text, facts = {}) {
    super(text);
    Object.assign(this, { code, text, facts });
  }
}

export const clean = (text) => text.normalize("NFC").replace(/\r\n?/g, "\n").replace(UNPRINTABLE, "").trim();
// A Chinese keyboard may give full-width digits and signs.
const narrow = (text) => text.replace(/[０-９．－]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));

/** The value of a field as it is kept, from what was typed or chosen; emptiness is null. Throws Unfit. */
export function normal(item, field, typed) {
  if (typeof typed === "boolean") return typed;
  const value = clean(String(typed ?? ""));
  if (value === "") return null;
  if (field.startsWith(QUANTITY)) {
    return decimal(value, item.quantities.find((one) => one.id === field.slice(QUANTITY.length)));
  }
  if (field.startsWith(FACT) || field.startsWith(KNOWN)) return value === "true";
  if (field === "workers" || (item === PROFILE && !["sector", "size"].includes(field))) return whole(value, MOST_WORKERS);
  if (field === "due_days") return whole(value, MOST_DAYS);
  if (field === "visited_on") return day(value);
  if (["verdict", "severity", "outcome"].includes(field) || field.endsWith("_signature")) return value;
  return words(value, item === CLOSING && LINES.has(field) ? LONGEST_LINE : LONGEST_NOTE);
}

function words(value, limit) {
  const size = [...value].length;
  if (size > limit) {
    throw new Unfit(
      "text-too-long",
      N_("The text has %(size)d characters; %(limit)d are allowed. Shorten it or put it into a document."),
      { size, limit },
    );
  }
  return value;
}

function whole(value, most) {
  const digits = narrow(value);
  if (!/^\d{1,9}$/.test(digits) || Number(digits) > most) {
    throw new Unfit("not-a-number", N_("Please enter a whole number from %(least)d to %(most)d."), { least: 0, most });
  }
  return Number(digits);
}

function decimal(value, { minimum, maximum, decimals }) {
  const found = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/.exec(narrow(value).replace(/[，,]/g, "."));
  const fraction = found?.[3] ?? "";
  const number = found ? `${found[1]}${found[2]}${fraction && `.${fraction}`}` : "";
  if (!found || fraction.length > decimals || Number(number) < Number(minimum) || Number(number) > Number(maximum)) {
    throw new Unfit(
      "number-out-of-range",
      N_("Please enter a number from %(least)s to %(most)s with at most %(decimals)d decimals."),
      { least: String(minimum), most: String(maximum), decimals },
    );
  }
  return number === "-0" ? "0" : number;
}

function day(value) {
  const moment = new Date(`${value}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 10) !== value) {
    throw new Unfit("not-a-day", N_("“%(value)s” is not a day that exists."), { value: value.slice(0, 40) });
  }
  return value;
}
