// What is read out and signed at the end of a visit.

import { LOOKED_AT, applicable, isAsked } from "./rules.js";

/** What the representative signs: topics of the areas that were looked at, never an answer; and dangers told at once. */
export function signedRecord(checklist, state) {
  const topics = [], dangers = [];
  for (const area of checklist.areas) {
    const said = area.items.filter((item) => isAsked(item, state) && state.answers[item.id]);
    const lookedAt = said.some((item) => LOOKED_AT.has(state.answers[item.id].verdict));
    for (const item of said) {
      const ticked = state.answers[item.id].facts;
      for (const fact of item.facts) {
        if (ticked.includes(fact.id) && fact.disclosure === "tell_now") dangers.push({ item, fact });
      }
    }
    if (!lookedAt) continue;
    // The topics that this workplace is asked about, whatever was answered to each: a gap would tell that something is
    // withheld there.
    const numbers = new Set(area.items.filter((item) => applicable(item, state.profile, {})).map((item) => item.clause));
    const clauses = [...numbers].filter((number) => checklist.clauses[number]);
    if (numbers.size) topics.push({ area, clauses: clauses.map((number) => ({ number, ...checklist.clauses[number] })) });
  }
  return { topics, dangers };
}
