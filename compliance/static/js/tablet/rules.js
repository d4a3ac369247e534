// The law of a visit as the tablet needs it: the same as in compliance/visits and compliance/checklists, which stay the
// truth. Pure: no page, no clock, no store. tests/cases/*.json holds both to it. Keys are written "item field".

export { needed, suggest } from "./suggestions.js";

export const PROFILE = "@profile", CLOSING = "@closing", PRESENCE = "@presence", INTERVIEW = "@interview", PAY = "@pay";
export const FACT = "fact:", KNOWN = "known:", QUANTITY = "quantity:";
export const VERDICTS = ["compliant", "partial", "non_compliant", "unable_to_verify", "not_looked_at", "not_applicable"];
export const NEED_REASON = new Set(["unable_to_verify", "not_looked_at", "not_applicable"]);
export const SEEN_TO_BE_WRONG = new Set(["partial", "non_compliant"]);
export const SHORTFALLS = new Set(["partial", "non_compliant", "unable_to_verify"]);
export const LOOKED_AT = new Set(["compliant", "partial", "non_compliant", "unable_to_verify"]);
const SEVERITIES = ["critical", "major", "minor"];
const HEADCOUNTS = ["women", "migrants", "under_18"];
const FLAGS = ["dormitory", "canteen", "piece_work", "night_work", "hazardous_substances", "agency_workers"];
// Until a person picks, the graver of two verdicts is shown: a danger is not hidden by a disagreement.
const GRAVEST_FIRST = ["non_compliant", "partial", "unable_to_verify", "not_looked_at", "not_applicable", "compliant"];
// Fields that stand beside the answers: pictures and what belongs to them, signatures as drawn.
const BESIDE = /^((photo|marks|caption|struck|moved|unrecognisable):|(inspector|representative)_strokes$)/;

/** Marks a text for the catalogue; it is translated where it is shown. */
const N_ = (text) => text;

// -- the checklist ----------------------------------------------------------------------------------------------------

const indexes = new WeakMap();
function indexOf(checklist) {
  if (!indexes.has(checklist)) {
    const items = checklist.areas.flatMap((area) => area.items);
    indexes.set(checklist, { items, byId: new Map(items.map((item) => [item.id, item])) });
  }
  return indexes.get(checklist);
}

export const itemsOf = (checklist) => indexOf(checklist).items;
export const itemOf = (checklist, id) => indexOf(checklist).byId.get(id);

/** What the severity of an item may be raised to: its own and graver ones, gravest first. */
export const severitiesFrom = (item) => SEVERITIES.slice(0, SEVERITIES.indexOf(item.severity) + 1);

/** A critical item, or one with a fact of zero tolerance: never filled together with others. */
export const isRedFlag = (item) => item.severity === "critical" || item.facts.some((fact) => fact.zero_tolerance);

function holds({ key, value }, profile) {
  if (key === "sector") {
    const sector = profile.sector ?? "";
    return value.some((code) => sector.startsWith(code) || code.startsWith(sector));
  }
  if (key === "size") return !profile.size || value.includes(profile.size);
  if (key === "min_workers") return !profile.workers || profile.workers >= value;
  if (HEADCOUNTS.includes(key)) return !profile.workers || (profile[key] ?? 0) > 0 === value;
  if (FLAGS.includes(key)) return Boolean(profile[key]) === value;
  throw new Error(`no such condition: ${key}`);
}

/** Whether an item is asked at this workplace, given the answers so far (item id -> {verdict}). */
export function applicable(item, profile, answers) {
  if (profile.only?.length) return profile.only.includes(item.id);
  if (!(item.applies ?? []).every((condition) => holds(condition, profile))) return false;
  const gate = item.only_if;
  if (!gate) return true;
  return gate.verdicts.includes(answers[gate.item]?.verdict) && applicable(gate, profile, answers);
}

/** Which of an item's conditions the workplace does not meet; empty when only an earlier answer closes it. */
export const failing = (item, profile) => (item.applies ?? []).filter((condition) => !holds(condition, profile));

// -- from entries to answers ------------------------------------------------------------------------------------------

const comparable = (value) => `${typeof value}:${value}`;
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byId = (a, b) => order(a.id, b.id);

/** The entries of each field that nothing replaces, sorted by id. An entry replaces only entries of its own field. */
function headsOfAll(events) {
  const fields = new Map();
  for (const event of events) {
    const key = `${event.item} ${event.field}`;
    if (!fields.has(key)) fields.set(key, new Map());
    fields.get(key).set(event.id, event);
  }
  const found = new Map();
  for (const key of [...fields.keys()].sort(byKey)) {
    const known = [...fields.get(key).values()];
    const replaced = new Set();
    for (const event of known) for (const old of event.replaces ?? []) if (old !== event.id) replaced.add(old);
    const standing = known.filter((event) => !replaced.has(event.id));
    found.set(key, (standing.length ? standing : known).sort(byId));
  }
  return found;
}

function byKey(a, b) {
  const [item, field] = a.split(" "), [otherItem, otherField] = b.split(" ");
  return order(item, otherItem) || order(field, otherField);
}

const sayDifferentThings = (heads) => new Set(heads.map((event) => comparable(event.value))).size > 1;

/** One value for several heads: theirs where they agree, else the one shown until a person picks. */
function merged(heads) {
  if (!sayDifferentThings(heads)) return heads[0].value;
  if (heads[0].field === "verdict") {
    const gravity = (event) => (event.value ? GRAVEST_FIRST.indexOf(event.value) : GRAVEST_FIRST.length);
    return heads.reduce((graver, event) => (gravity(event) < gravity(graver) ? event : graver)).value;
  }
  if (heads.some((event) => event.value === true)) return true;
  return (heads.find((event) => event.value !== null && event.value !== "") ?? heads[0]).value;
}

/** What is true now: heads and values by key, answers by item, conflicts. Order and repetition change nothing. */
export function fold(events) {
  const heads = headsOfAll(events);
  const values = new Map(), conflicts = [], grouped = new Map();
  for (const [key, standing] of heads) {
    const { item, field } = standing[0], value = merged(standing);
    values.set(key, value);
    if (sayDifferentThings(standing)) conflicts.push({ item, field, events: standing });
    if (item.startsWith("@")) continue;
    if (!grouped.has(item)) grouped.set(item, new Map());
    grouped.get(item).set(field, value);
  }
  const answers = {};
  for (const [item, given] of grouped) {
    answers[item] = answerOf(item, given, (heads.get(`${item} verdict`) ?? []).every((event) => event.bulk));
  }
  return { heads, values, answers, conflicts };
}

function answerOf(item, given, bulk) {
  const text = (name) => (typeof given.get(name) === "string" ? given.get(name) : "");
  const number = (name) => (Number.isInteger(given.get(name)) ? given.get(name) : null);
  const ticked = (prefix) =>
    [...given].filter(([name, on]) => name.startsWith(prefix) && on === true).map(([name]) => name.slice(prefix.length));
  const quantities = {};
  for (const [name, value] of given) {
    if (name.startsWith(QUANTITY) && value !== null) quantities[name.slice(QUANTITY.length)] = String(value);
  }
  return {
    item,
    verdict: given.get("verdict") || null,
    note: text("note"),
    reason: text("reason"),
    workers: number("workers"),
    known_by: ticked(KNOWN).sort(),
    facts: ticked(FACT).sort(),
    quantities,
    severity: given.get("severity") || null,
    action: text("action"),
    due_days: number("due_days"),
    good: text("good"),
    bulk: Boolean(bulk && given.get("verdict")),
  };
}

/** The workplace as found: the register at the handing-out, changed by what the inspector entered. */
export function profileOf(handedOut, found) {
  const profile = { workers: 0, women: 0, migrants: 0, under_18: 0, sector: "", size: "" };
  for (const flag of FLAGS) profile[flag] = false;
  for (const name of Object.keys(profile)) {
    const value = name in found ? found[name] : handedOut[name];
    if (value !== null && value !== undefined) profile[name] = value;
  }
  if (handedOut.only?.length) profile.only = handedOut.only;
  return profile;
}

const isBeside = (item, field) => [PRESENCE, INTERVIEW, PAY].includes(item) || BESIDE.test(field);

/** Whether the checklist asks for this field; what an older version asked stays on record and counts no more. */
function fits(checklist, { item, field }) {
  if (item.startsWith("@")) return true;
  const asked = itemOf(checklist, item);
  if (!asked) return false;
  if (field.startsWith(FACT)) return asked.facts.some((fact) => fact.id === field.slice(FACT.length));
  if (field.startsWith(QUANTITY)) return asked.quantities.some((quantity) => quantity.id === field.slice(QUANTITY.length));
  return true;
}

/** Everything that a page of a visit needs, from every entry of it. What stands beside the answers never counts. */
export function stateOf(checklist, handedOut, events) {
  const counting = [], beside = [];
  for (const event of events) {
    if (isBeside(event.item, event.field)) beside.push(event);
    else if (fits(checklist, event)) counting.push(event);
  }
  const folded = fold(counting);
  return { events, ...folded, beside: fold(beside), profile: profileOf(handedOut, groupOf(folded, PROFILE)) };
}

const partOf = (state, item, field) => (isBeside(item, field) ? state.beside : state);
export const valueOf = (state, item, field) => partOf(state, item, field).values.get(`${item} ${field}`) ?? null;
export const headsOf = (state, item, field) => partOf(state, item, field).heads.get(`${item} ${field}`) ?? [];

/** Every field of one item (or of PROFILE, CLOSING) that was ever entered. */
export function groupOf(state, item) {
  const found = {};
  for (const [key, value] of state.values) if (key.startsWith(`${item} `)) found[key.slice(item.length + 1)] = value;
  return found;
}

/** The pictures of an item that stand: ids. */
export const picturesOf = (state, item) =>
  [...state.beside.values]
    .filter(([key, value]) => value && key.startsWith(`${item} photo:`) && !valueOf(state, item, key.replace(`${item} photo:`, "struck:")))
    .map(([key]) => key.slice(`${item} photo:`.length));

/** Whether a danger is ticked that is told on the spot: what is sealed weighs nothing before it is cleared. */
export const isZero = (item, answer) => item.facts.some((fact) => fact.zero_tolerance && fact.disclosure === "tell_now" && answer.facts.includes(fact.id));

/** The severity of a shortfall and what raised it: one step where it repeats or touches more than a tenth of the people,
 * never lower than what the inspector set, critical under zero tolerance. */
export function weigh(item, answer, profile, repeated, zeroTolerance = false) {
  const reasons = [];
  if (repeated) reasons.push("repeat");
  if (answer.workers && profile.workers && answer.workers * 10 > profile.workers) reasons.push("many_workers");
  const own = SEVERITIES.indexOf(item.severity);
  let at = Math.max(0, own - (reasons.length ? 1 : 0));
  const raisedBy = at < own ? reasons : [];
  const set = answer.severity ? SEVERITIES.indexOf(answer.severity) : at;
  if (set < at) { at = set; raisedBy.push("inspector"); }
  if (zeroTolerance && at > 0) { at = 0; raisedBy.push("zero_tolerance"); }
  return { severity: SEVERITIES[at], raised_by: raisedBy };
}

// -- how far, and what is missing ---------------------------------------------------------------------------------------

export const isAsked = (item, state) => applicable(item, state.profile, state.answers);

/** What one item that is asked still lacks. */
export function missingOfItem(item, answer) {
  const lacks = (code, text, field) => ({ code, text, item: item.id, field, area: item.area });
  if (!answer?.verdict) return [lacks("unanswered", N_("Not answered yet"), "verdict")];
  const found = [];
  if (NEED_REASON.has(answer.verdict) && !answer.reason) found.push(lacks("reason", N_("The reason is missing"), "reason"));
  if (SEEN_TO_BE_WRONG.has(answer.verdict)) {
    if (!answer.note) found.push(lacks("note", N_("What was seen is missing"), "note"));
    if (!answer.known_by.length) found.push(lacks("known", N_("How it was known is missing"), "known"));
  } else if (answer.facts.length) {
    found.push(lacks("contradiction", N_("A fact is ticked, but the answer is neither partial nor non-compliant"), "verdict"));
  }
  return found;
}

/** Exactly what is missing before the visit can be sealed, in the order of the checklist. today: YYYY-MM-DD. */
export function missing(checklist, state, today) {
  const outcome = valueOf(state, CLOSING, "outcome") || "completed";
  const found = [];
  if (outcome === "completed") {
    if (valueOf(state, PROFILE, "checked") !== true) {
      found.push({ code: "profile", text: N_("The workplace data have not been checked on site"), item: PROFILE, field: "", area: "" });
    }
    for (const item of itemsOf(checklist)) {
      if (isAsked(item, state)) found.push(...missingOfItem(item, state.answers[item.id]));
    }
  } else if (!valueOf(state, CLOSING, "outcome_reason")) {
    found.push(atTheEnd("outcome-reason", N_("What happened is missing"), "outcome_reason"));
  }
  for (const { item, field } of state.conflicts) {
    const area = itemOf(checklist, item)?.area ?? "";
    found.push({ code: "conflict", text: N_("Two different entries; pick one"), item, field, area });
  }
  return [...found, ...missingAtTheEnd(groupOf(state, CLOSING), outcome, today)];
}

const atTheEnd = (code, text, field) => ({ code, text, item: CLOSING, field, area: "" });

function missingAtTheEnd(given, outcome, today) {
  const found = [], lacks = (...what) => found.push(atTheEnd(...what));
  if (!given.visited_on) lacks("day", N_("The day of the visit is missing"), "visited_on");
  else if (given.visited_on > today) lacks("day-ahead", N_("The day of the visit lies in the future"), "visited_on");
  if (given.inspector_signature !== "signed" || !given.inspector_name) {
    lacks("inspector", N_("The inspector has not signed"), "inspector_name");
  }
  if (outcome !== "completed") return found; // nobody was there to sign, or nobody who would
  const signature = given.representative_signature;
  if (!signature) lacks("representative", N_("The representative's signature is open"), "representative_signature");
  else if (signature === "absent" && !given.witness) {
    lacks("witness", N_("A witness is needed when no representative is there"), "witness");
  } else if (signature === "signed" && !given.representative_name) {
    lacks("representative-name", N_("The representative's name is missing"), "representative_name");
  }
  return found;
}

/** How far each area is: items asked, answered, flagged, and what is missing at those that are answered. */
export function progress(checklist, state) {
  return checklist.areas.map((area) => {
    const asked = area.items.filter((item) => isAsked(item, state));
    const answered = asked.filter((item) => state.answers[item.id]?.verdict);
    const conflicts = state.conflicts.filter(({ item }) => area.items.some(({ id }) => id === item)).length;
    const lacking = answered.reduce((sum, item) => sum + missingOfItem(item, state.answers[item.id]).length, conflicts);
    return {
      area: area.id,
      asked: asked.length,
      answered: answered.length,
      flagged: answered.filter((item) => SHORTFALLS.has(state.answers[item.id].verdict)).length,
      missing: lacking,
      done: answered.length === asked.length && !lacking,
    };
  });
}

/** The next item that still lacks something, looking on from the item `after` and then from the start; or null. */
export function nextOpen(checklist, state, after = "") {
  const items = itemsOf(checklist);
  const start = items.findIndex((item) => item.id === after) + 1;
  const conflicted = new Set(state.conflicts.map(({ item }) => item));
  const open = (item) =>
    isAsked(item, state) && (conflicted.has(item.id) || missingOfItem(item, state.answers[item.id]).length > 0);
  return [...items.slice(start), ...items.slice(0, start)].find(open) ?? null;
}

/** The items that "the rest is in order" may fill: asked, nothing stands entered, no picture, and no red flag. */
export function untouched(area, state) {
  const said = new Set();
  for (const [key, value] of [...state.values, ...(state.beside?.values ?? [])]) {
    if (value !== null && value !== false && value !== "") said.add(key.split(" ")[0]);
  }
  return area.items.filter((item) => isAsked(item, state) && !said.has(item.id) && !isRedFlag(item));
}

/** The items that are asked and came out short, in checklist order, each with its answer. */
export const flagged = (checklist, state) =>
  itemsOf(checklist)
    .filter((item) => SHORTFALLS.has(state.answers[item.id]?.verdict) && isAsked(item, state))
    .map((item) => ({ item, answer: state.answers[item.id] }));
