// What a worker is owed for a month: the same as compliance/wages/rules.py, which stays the truth and has the reasons.
// Pure. A row is as wages/records.py writes it down; money comes out as text to the cent.

import { ONE, ZERO, below, cents, greatest, isZero, minus, over, plus, ratio, smallest, sum, times, written } from "./ratio.js";

const LAWFUL = new Set(["tax", "insurance", "court", "services", "unexplained"]);
const OVERTIME = ["workday", "rest_day", "holiday"];
const DAY = 86_400_000;

const lastDay = (month) => {
  const [year, number] = month.split("-").map(Number);
  return `${month}-${String(new Date(Date.UTC(year, number, 0)).getUTCDate()).padStart(2, "0")}`;
};
const days = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

/** The lowest minimum wage in force on some day of a month; null where it is not known, or where a draft hides it. */
function minimumWage(wages, first, last, drafts = false) {
  const begun = wages.filter((one) => one.from <= first).slice(-1);
  const inForce = [...begun, ...wages.filter((one) => first < one.from && one.from <= last)];
  if (!begun.length || !(drafts || inForce.every((one) => one.status === "confirmed"))) return null;
  return inForce.reduce((lowest, one) => (below(ratio(one.monthly), ratio(lowest.monthly)) ? one : lowest));
}

class Month {
  constructor(row, comprehensive, constants, minimum) {
    Object.assign(this, { row, comprehensive, minimum, laws: constants.laws });
    this.constants = (name) => ratio(constants[name]);
    this.wholeHours = times(this.constants("pay_days"), this.constants("day_hours"));
    this.hours = (kind) => ratio(row.hours?.[kind] ?? 0);
    this.pay = (kind) => ratio(row.pay?.[kind] ?? 0);
  }

  get partTime() { return this.row.contract === "part_time"; }
  get agreed() { return this.row.agreed === null || this.row.agreed === undefined ? null : ratio(this.row.agreed); }
  /** What was paid: nothing, as long as nothing was. */
  paid(kind) { return this.row.paid_on ? this.pay(kind) : ZERO; }
  get countable() { return plus(this.paid("base"), this.paid("other")); }
  get gross() { return sum(["base", "other", "special", "overtime"].map((kind) => this.pay(kind))); }
  get overtime() { return sum(OVERTIME.map((kind) => this.hours(kind))); }

  get agreedDue() {
    if (this.agreed === null) return null;
    if (this.row.basis === "hour") return times(this.agreed, this.hours("normal"));
    return this.row.basis === "piece" ? this.agreed : this.partOf(this.agreed);
  }
  get minimumDue() {
    if (!this.minimum) return ZERO;
    return this.partTime ? times(ratio(this.minimum.hourly ?? 0), this.hours("normal")) : this.partOf(ratio(this.minimum.monthly));
  }
  get probationDue() {
    const { contract, regular, basis } = this.row;
    if (contract !== "probation" || regular === null || regular === undefined) return ZERO;
    const least = times(ratio(regular), this.constants("probation_share"));
    return basis === "month" ? this.partOf(least) : times(least, this.hours("normal"));
  }

  /** Of a monthly wage what a month with unpaid absence earns. */
  partOf(monthly) {
    const absent = this.hours("absent"), normal = this.hours("normal");
    if (isZero(absent)) return monthly;
    const earned = below(plus(normal, normal), this.wholeHours) ? normal : minus(this.wholeHours, absent);
    return over(times(monthly, greatest(ZERO, smallest(earned, this.wholeHours))), this.wholeHours);
  }

  /** What an hour of overtime is reckoned from; null where it is not known. */
  get hourly() {
    let least = ZERO;
    if (this.minimum) least = this.partTime ? ratio(this.minimum.hourly ?? 0) : over(ratio(this.minimum.monthly), this.wholeHours);
    const { basis } = this.row, normal = this.hours("normal");
    const per = { month: this.wholeHours, hour: ONE, piece: isZero(normal) ? null : normal }[basis];
    if (this.agreed === null || per === null) return isZero(least) ? null : least;
    return greatest(over(this.agreed, per), least);
  }

  get lines() { return [...this.#forNormalHours(), ...this.#forOvertime(), ...this.#forDeductions()]; }

  *#forNormalHours() {
    let reached = this.countable;
    for (const [rule, due] of [["agreed_wage", this.agreedDue], ["probation_wage", this.probationDue], ["minimum_wage", this.minimumDue]]) {
      if (due === null) continue;
      const owed = cents(minus(due, reached));
      if (owed > 0n) yield { rule, owed, numbers: { due: cents(due), paid: cents(this.countable) }, laws: this.laws[rule] ?? this.laws.probation_share ?? [] };
      reached = greatest(reached, due);
    }
  }

  *#forOvertime() {
    const { hourly } = this;
    if (isZero(this.overtime) || hourly === null) return;
    const premium = (kind) => {
      if (this.partTime) return ONE;
      return this.constants(kind === "rest_day" && this.comprehensive ? "workday" : kind);
    };
    const dues = Object.fromEntries(OVERTIME.map((kind) => [kind, cents(times(times(this.hours(kind), hourly), premium(kind)))]));
    const normal = greatest(this.agreedDue ?? ZERO, this.probationDue, this.minimumDue);
    const paid = plus(this.paid("overtime"), greatest(ZERO, minus(this.countable, normal)));
    const due = Object.values(dues).reduce((all, one) => all + one, 0n);
    const owed = cents(minus([due, 100n], paid));
    if (owed <= 0n) return;
    const hours = Object.fromEntries(OVERTIME.map((kind) => [`${kind}_hours`, cents(this.hours(kind))]));
    yield { rule: "overtime", owed, numbers: { hourly: cents(hourly), due, paid: cents(paid), ...hours, ...dues }, laws: this.laws.premiums ?? [] };
  }

  *#forDeductions() {
    if (!this.row.paid_on) return; // nothing was paid, so nothing was taken
    const { gross } = this;
    for (const [deduction, said] of Object.entries(this.row.deductions ?? {})) {
      const taken = ratio(said);
      if (LAWFUL.has(deduction) || isZero(taken)) continue;
      const allowed = deduction === "damage"
        ? greatest(ZERO, smallest(times(this.constants("damage_share"), gross), minus(gross, this.minimumDue))) : ZERO;
      const owed = cents(minus(taken, allowed));
      if (owed > 0n) yield { rule: "deduction", owed, numbers: { taken: cents(taken), allowed: cents(allowed), gross: cents(gross) }, laws: this.laws.damage_share ?? [], deduction };
    }
  }

  *besideMoney(asOf) {
    const { row } = this;
    const late = days(row.due_on, row.paid_on ?? asOf);
    if (late > 0) yield { rule: "late", owed: 0n, numbers: { days: BigInt(late) * 100n }, laws: this.laws.late ?? [] };
    if (row.insured === false && !this.partTime) yield { rule: "uninsured", owed: 0n, numbers: {}, laws: this.laws.insurance ?? [] };
    const limit = this.constants("overtime_hours");
    if (below(limit, this.overtime) && !this.comprehensive) {
      yield { rule: "overtime_hours", owed: 0n, numbers: { hours: cents(this.overtime), limit: cents(limit) }, laws: this.laws.overtime_hours ?? [] };
    }
  }

  *gaps() {
    const { row, minimum } = this;
    if (!minimum || (this.partTime && minimum.hourly === null)) yield "minimum_unknown";
    if (this.agreed === null) yield "agreed_unknown";
    if (row.insured === null || row.insured === undefined) yield "insurance_unknown";
    if (Number(row.deductions?.unexplained ?? 0)) yield "deduction_unexplained";
  }
}

const total = (lines) => lines.reduce((all, line) => all + line.owed, 0n);
const told = ({ owed, numbers, ...line }) => (
  { ...line, owed: written(owed), numbers: Object.fromEntries(Object.entries(numbers).map(([name, one]) => [name, written(one)])) });

/** A worker's month, as things stood on a day ("2026-11-23"): {lines, gaps, owed, possible, draft}. `law` is what the pack
 * carries: minimum_wages of the district and constants, each with the oldest first. */
export function reckon(row, comprehensive, law, asOf) {
  const first = `${row.month}-01`, last = lastDay(row.month);
  const nothing = { lines: [], owed: "0.00", possible: "0.00", draft: null };
  const constants = law.constants.filter((one) => one.from <= first).at(-1);
  if (!constants) return { ...nothing, gaps: ["constants_unknown"] };
  if (!row.paid_on && asOf <= row.due_on) return { ...nothing, gaps: ["not_due"] };
  const minimum = minimumWage(law.minimum_wages, first, last);
  const draft = minimum ? null : minimumWage(law.minimum_wages, first, last, true);
  const month = new Month(row, comprehensive, constants, minimum);
  const lines = [...month.lines, ...month.besideMoney(asOf)];
  const more = draft ? total(new Month(row, comprehensive, constants, draft).lines) - total(lines) : 0n;
  return {
    lines: lines.map(told), gaps: [...month.gaps()], owed: written(total(lines)), possible: written(more > 0n ? more : 0n), draft,
  };
}

/** Amounts as text, added up. */
export const added = (amounts) => written(amounts.reduce((all, one) => all + cents(ratio(one)), 0n));
