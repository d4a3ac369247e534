// The words for the fixed values of a visit, and for what stands in a field.

import { _ } from "../words.js";
import { FACT, KNOWN, PROFILE, QUANTITY, itemOf } from "../rules.js";

/** Marks a text for the catalogue; it is translated where it is shown. */
const N_ = (text) => text;

const VERDICTS = {
  compliant: N_("Compliant"),
  partial: N_("Partly"),
  non_compliant: N_("Not compliant"),
  unable_to_verify: N_("Unable to verify"),
  not_looked_at: N_("Not looked at"),
  not_applicable: N_("Does not apply"),
};
export const SIGNS = {
  compliant: "good", partial: "partial", non_compliant: "bad", unable_to_verify: "unsure", not_looked_at: "unseen", not_applicable: "none",
};
const SEVERITIES = { critical: N_("Critical"), major: N_("Major"), minor: N_("Minor") };
const STATES = { released: N_("Released"), changed: N_("Changed after a dispute") };
const FIELDS = {
  verdict: N_("Answer"),
  note: N_("What was seen"),
  reason: N_("Reason"),
  workers: N_("Workers affected"),
  severity: N_("Severity"),
  action: N_("Corrective action"),
  due_days: N_("Days to correct"),
  good: N_("Good practice"),
  women: N_("Women among them"),
  migrants: N_("Migrant workers among them"),
  under_18: N_("Aged 16 to 18 among them"),
  dormitory: N_("There is a dormitory"),
  canteen: N_("There is a canteen"),
  piece_work: N_("Piece rates are paid"),
  night_work: N_("There is night work"),
  hazardous_substances: N_("Hazardous substances are used"),
  agency_workers: N_("Agency workers work here"),
  checked: N_("I have checked this on site"),
  visited_on: N_("Day of the visit"),
  outcome: N_("How the visit ended"),
  outcome_reason: N_("What happened"),
  inspector_signature: N_("Signature of the inspector"),
  inspector_name: N_("Inspector's name"),
  representative_signature: N_("Signature of the representative"),
  representative_name: N_("Representative's name"),
  representative_role: N_("Position in the enterprise"),
  witness: N_("Witness"),
  remark: N_("Representative's remark"),
};
const OTHERS = {
  completed: N_("Completed"),
  refused: N_("Entry was refused"),
  closed_down: N_("The workplace has closed down"),
  not_found: N_("The workplace was not found"),
  signed: N_("Signed"),
};

export const verdictWord = (verdict) => _(VERDICTS[verdict]);
export const severityWord = (severity) => _(SEVERITIES[severity]);
export const stateWord = (state) => (STATES[state] ? _(STATES[state]) : "");

/** What a field is called. */
export function fieldWord(checklist, item, field) {
  if (item === PROFILE && field === "workers") return _("Workers");
  if (field.startsWith(KNOWN)) return _("How it is known");
  if (field.startsWith(QUANTITY)) return _("Number");
  if (field.startsWith(FACT)) {
    const fact = itemOf(checklist, item)?.facts.find((one) => one.id === field.slice(FACT.length));
    return fact?.text || _("Fact");
  }
  return FIELDS[field] ? _(FIELDS[field]) : field;
}

/** What stands in it, in words. */
export function valueWord(field, value) {
  if (value === null || value === "") return _("left empty");
  if (value === true) return _("ticked");
  if (value === false) return _("not ticked");
  if (field === "verdict") return verdictWord(value);
  if (field === "severity") return severityWord(value);
  if (field === "representative_signature" && value !== "signed") return value === "refused" ? _("Refused to sign") : _("No representative was there");
  return OTHERS[value] && (field === "outcome" || field.endsWith("_signature")) ? _(OTHERS[value]) : `“${value}”`;
}
