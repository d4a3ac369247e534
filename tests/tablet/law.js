// The law of a visit, asked in the browser for one case of tests/cases: the same questions as in law.py.

const uuid = (n) => n.toString(16).padStart(32, "0").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
const number = (id) => parseInt(id.replaceAll("-", ""), 16);
const eventOf = (said) => ({ bulk: false, ...said, id: uuid(said.id), replaces: (said.replaces ?? []).map(uuid) });
const said = (list) => list.map(([item, field, value, replaces = []], place) => ({ id: place + 1, item, field, value, replaces }));

export async function asker(base) {
  const rules = await import(`${base}/rules.js`);
  const { signedRecord } = await import(`${base}/signedrecord.js`);
  const { normal, Unfit } = await import(`${base}/fields.js`);
  const { reckon } = await import(`${base}/pay/reckon.js`);
  const sheet = await import(`${base}/pay/sheet.js`);
  const ask = {
    applicability: ({ item, profile, answers }) => {
      const given = Object.fromEntries(Object.entries(answers).map(([id, verdict]) => [id, { verdict }]));
      return rules.applicable(item, rules.profileOf(profile, {}), given);
    },

    folding({ events }) {
      const folded = rules.fold(events.map(eventOf));
      return {
        values: Object.fromEntries(folded.values),
        conflicts: folded.conflicts.map((one) => [one.item, one.field, one.events.map(({ id }) => number(id))]),
        answers: folded.answers,
      };
    },

    completeness(one, { checklist }) {
      const state = rules.stateOf(checklist, one.profile, said(one.said).map(eventOf));
      const { topics, dangers } = signedRecord(checklist, state);
      return {
        missing: rules.missing(checklist, state, one.today).map((lack) => [lack.item, lack.code, lack.field, lack.area]),
        progress: rules.progress(checklist, state).map((p) => [p.area, p.asked, p.answered, p.flagged, p.missing, p.done]),
        next: rules.nextOpen(checklist, state, one.after ?? "")?.id ?? null,
        untouched: checklist.areas.flatMap((area) => rules.untouched(area, state).map(({ id }) => id)),
        flagged: rules.flagged(checklist, state).map(({ item }) => item.id),
        topics: topics.map(({ area, clauses }) => [area.id, clauses.map((clause) => clause.number)]),
        dangers: dangers.map(({ item, fact }) => [item.id, fact.id]),
      };
    },

    suggestions({ rule, parameters, quantities, numbers }) {
      const item = { quantities, suggestion: rule ? { rule, parameters } : null };
      return { suggested: rules.suggest(item, numbers), needed: rules.needed(item, numbers) };
    },

    weighing({ severity, answer, workers, repeated, zero }) {
      const given = { workers: null, severity: null, ...answer };
      return rules.weigh({ severity }, given, { workers }, repeated, zero);
    },

    reckoning: ({ row, comprehensive, as_of: asOf }, { law }) => reckon(row, comprehensive, law, asOf),

    payroll: async ({ groups, interviews, seed, names, inspector, ...one }) => {
      if (names) return sheet.nextWorker(names, inspector);
      if (groups) return (await sheet.propose(groups, interviews, seed)).map(({ group, lines }) => [group, lines]);
      const { rows, groups: there, comprehensive } = sheet.together(
        { sheet: one.editions[0], editions: [] }, one.editions.slice(1).map((said) => ({ item: "@pay", field: "x", value: JSON.stringify(said) })));
      return { rows: rows.map(({ worker, month, agreed }) => [worker, month, agreed]), groups: there.map(({ group, workers }) => [group, workers]), comprehensive };
    },

    fields({ item, field, typed }, { checklist }) {
      try {
        return [normal(rules.itemOf(checklist, item) ?? item, field, typed?.text ? typed.text.repeat(typed.times) : typed)];
      } catch (error) {
        if (error instanceof Unfit) return error.code;
        throw error;
      }
    },
  };
  return (table, cases, shared) => Promise.all(cases.map((one) => ask[table](one, shared)));
}
