// The pay sheet on the tablet: what the server has of it, and on top what was entered here and is not there yet. The form of
// an edition, what may stand in it and which lines of the payroll are drawn are those of compliance/wages.

import { PAY } from "../rules.js";

export const FORM = 1;
export const MONTHS = 3;
export const GROUP_LIMIT = 40;
const MOST_MONEY = 1_000_000, MOST_HOURS = 744, MOST_WORKERS = 1_000_000;
const OF_ONE_INSPECTOR = 1000, MOST_INSPECTORS = 10;
const FEWEST_DRAWN = 8, LEAST_OF_A_GROUP = 2;
export const HOURS = ["normal", "workday", "rest_day", "holiday", "absent"];
export const PAID = ["base", "other", "special", "overtime"];
export const DEDUCTIONS = ["tax", "insurance", "court", "services", "damage", "damage_not_agreed", "fine", "deposit", "fee", "unexplained"];
/** What a new month takes over from the one before it. */
const COPIED = ["contract", "basis", "agreed", "regular", "hours.normal", "pay.base", "insured"];

/** Marks a text for the catalogue; it is translated where it is shown. */
const N_ = (text) => text;
const NO_MONTH = N_("A month is written as 2026-03.");
const NO_DAY = N_("A day is written as 2026-04-15.");
const NO_MONEY = N_("An amount is written in digits, such as 2600.00, and is at most 1,000,000.");
const NO_HOURS = N_("Hours are written in digits, such as 174 or 7.5, and are at most 744.");
const NO_DUE_DAY = N_("The pay day is missing.");

export const fieldOf = (id) => `edition:${id}`;
const numberOf = (worker) => Number(worker.slice(1));
const keyOf = (row) => `${row.worker} ${row.month}`;

/** The sheet as it stands: {rows, groups, comprehensive}. Of what was entered here the server's order may differ; then the
 * next pack says so. */
export function together(carried, entries) {
  const there = new Set(carried.editions.map(fieldOf));
  const own = entries.filter((entry) => entry.item === PAY && entry.state !== "struck" && !there.has(entry.field));
  const rows = new Map(), groups = new Map();
  let comprehensive = false;
  for (const edition of [carried.sheet, ...own.map((entry) => JSON.parse(entry.value))]) {
    for (const key of edition.struck ?? []) rows.delete(keyOf(key));
    for (const row of edition.rows ?? []) rows.set(keyOf(row), row);
    for (const { group, workers } of edition.groups ?? []) groups.set(group, workers);
    comprehensive = edition.comprehensive ?? comprehensive;
  }
  return {
    rows: [...rows.values()].sort((a, b) => numberOf(a.worker) - numberOf(b.worker) || (a.month < b.month ? -1 : 1)),
    groups: [...groups].filter(([, workers]) => workers).map(([group, workers]) => ({ group, workers })),
    comprehensive,
  };
}

/** The pseudonym for another worker: each inspector gives others. */
export function nextWorker(names, inspector) {
  const own = inspector % MOST_INSPECTORS;
  const given = names.map(numberOf).filter((number) => Math.floor(number / OF_ONE_INSPECTOR) === own);
  return `W${Math.max(own * OF_ONE_INSPECTOR, ...given) + 1}`;
}

// -- whose records ----------------------------------------------------------------------------------------------------

async function drawn(number, size, seed) {
  const lines = new Set();
  for (let turn = 0; lines.size < size; turn += 1) {
    const digest = new DataView(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${seed} ${turn}`)));
    lines.add(1 + ((digest.getUint32(0) * 0x10000 + digest.getUint16(4)) % number));
  }
  return [...lines].sort((a, b) => a - b);
}

/** [{group, workers, lines}]: of each group these lines of its payroll, twice as many workers as are interviewed. */
export async function propose(groups, interviews, seed) {
  const there = groups.filter(({ workers }) => workers);
  const whole = there.reduce((all, { workers }) => all + workers, 0);
  const wanted = Math.min(whole, Math.max(2 * interviews, FEWEST_DRAWN));
  return Promise.all(there.map(async ({ group, workers }) => {
    const size = Math.min(workers, Math.max(LEAST_OF_A_GROUP, Math.ceil((wanted * workers) / whole)));
    return { group, workers, lines: await drawn(workers, size, `${seed} ${group} ${workers}`) };
  }));
}

// -- from what was typed ----------------------------------------------------------------------------------------------

// A Chinese keyboard may give full-width digits and signs.
const narrow = (text) => text.normalize("NFKC").replace(/[\s,]/g, "").replace(/。/g, ".");

function day(text) {
  const moment = new Date(`${text}T00:00:00Z`);
  return /^20\d\d-\d\d-\d\d$/.test(text) && !Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 10) === text;
}

function number(text, most) {
  const said = narrow(text);
  return /^\d{1,9}(\.\d{1,2})?$/.test(said) && Number(said) <= most ? said : null;
}

/** A row from what was typed, field by field ("hours.normal"): {row, wrong: {field: an English text}}. */
export function rowOf(worker, group, typed) {
  const wrong = {};
  const said = (field) => (typed[field] ?? "").trim();
  const amount = (field, most, says) => {
    if (!said(field)) return null;
    const found = number(said(field), most);
    if (found === null) wrong[field] = says;
    return found;
  };
  const amounts = (group_, kinds, most, says) => Object.fromEntries(
    kinds.map((kind) => [kind, amount(`${group_}.${kind}`, most, says)]).filter(([, one]) => one !== null));
  const date = (field) => {
    if (!said(field)) return null;
    const found = narrow(said(field));
    if (!day(found)) wrong[field] = NO_DAY;
    return found;
  };
  const month = narrow(said("month"));
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(month)) wrong.month = NO_MONTH;
  const row = {
    worker, month, group,
    contract: typed.contract || "full_time", basis: typed.basis || "month",
    agreed: amount("agreed", MOST_MONEY, NO_MONEY), regular: amount("regular", MOST_MONEY, NO_MONEY),
    hours: amounts("hours", HOURS, MOST_HOURS, NO_HOURS), pay: amounts("pay", PAID, MOST_MONEY, NO_MONEY),
    deductions: amounts("deductions", DEDUCTIONS, MOST_MONEY, NO_MONEY),
    due_on: date("due_on"), paid_on: date("paid_on"), insured: { yes: true, no: false }[typed.insured] ?? null,
  };
  if (!row.due_on && !wrong.due_on) wrong.due_on = NO_DUE_DAY;
  return { row, wrong };
}

/** What stands in the fields for a row that is kept. */
export function typedOf(row) {
  const shown = (value) => (value === null || value === undefined || Number(value) === 0 ? "" : String(value));
  const typed = {
    month: row.month, contract: row.contract ?? "full_time", basis: row.basis ?? "month", agreed: row.agreed ?? "", regular: row.regular ?? "",
    due_on: row.due_on ?? "", paid_on: row.paid_on ?? "", insured: row.insured === true ? "yes" : row.insured === false ? "no" : "",
  };
  for (const [group, kinds] of [["hours", HOURS], ["pay", PAID], ["deductions", DEDUCTIONS]]) {
    for (const kind of kinds) typed[`${group}.${kind}`] = shown(row[group]?.[kind]);
  }
  return typed;
}

/** The month after one, with what stays the same; `whole` copies everything but the days. */
export function following(typed, { whole = false } = {}) {
  const found = whole ? { ...typed } : Object.fromEntries(COPIED.map((field) => [field, typed[field] ?? ""]));
  for (const field of ["month", "due_on", "paid_on"]) found[field] = later(typed[field] ?? "");
  return found;
}

/** The same day of the month after, or its last one. */
function later(said) {
  const [year, month, on] = said.split("-").map(Number);
  if (!year || !month) return "";
  const [y, m] = month === 12 ? [year + 1, 1] : [year, month + 1];
  const text = `${y}-${String(m).padStart(2, "0")}`;
  return on ? `${text}-${String(Math.min(on, new Date(Date.UTC(y, m, 0)).getUTCDate())).padStart(2, "0")}` : text;
}

/** A number of workers as it was typed; null for anything else. */
export function headcount(text) {
  const said = narrow(text);
  return /^\d{1,7}$/.test(said) && Number(said) <= MOST_WORKERS ? Number(said) : null;
}
