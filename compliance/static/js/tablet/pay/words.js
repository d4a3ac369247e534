// The words of the pay sheet: those of the pages from the server.

/** Marks a text for the catalogue; it is translated where it is shown. */
const N_ = (text) => text;

export const RULES = {
  agreed_wage: N_("Less than agreed"), minimum_wage: N_("Below the minimum wage"), probation_wage: N_("Less than is due on probation"),
  overtime: N_("Overtime not paid in full"), deduction: N_("Taken off without ground"), late: N_("Paid late"), uninsured: N_("Not insured"),
  overtime_hours: N_("More overtime than allowed"),
};
export const NUMBERS = {
  due: N_("due"), paid: N_("paid"), hourly: N_("an hour"), workday_hours: N_("hours on work days"), rest_day_hours: N_("hours on rest days"),
  holiday_hours: N_("hours on holidays"), workday: N_("for work days"), rest_day: N_("for rest days"), holiday: N_("for holidays"), taken: N_("taken"),
  allowed: N_("allowed"), gross: N_("wage of the month"), days: N_("days"), hours: N_("hours"), limit: N_("allowed hours"),
};
export const DEDUCTIONS = {
  tax: N_("Tax"), insurance: N_("Social insurance, the worker's share"), court: N_("By order of a court"), services: N_("Meals and lodging, agreed in writing"),
  damage: N_("Damage, as the contract says"), damage_not_agreed: N_("Damage, not in the contract"), fine: N_("Fine"), deposit: N_("Deposit"),
  fee: N_("Recruitment, training, tools, clothing"), unexplained: N_("Unexplained"),
};
export const GAPS = {
  minimum_unknown: N_("No confirmed minimum wage for this district and month: nothing is claimed for it."),
  agreed_unknown: N_("The agreed wage is not known; overtime is reckoned from the minimum wage, if that is known."),
  constants_unknown: N_("The month lies before all that is known of working time."), not_due: N_("The pay day has not come yet."),
  insurance_unknown: N_("Not known whether insured."), deduction_unexplained: N_("Nobody explained a deduction: ask for it. It is not claimed back."),
};
export const CHOICES = {
  contract: { full_time: N_("full time"), probation: N_("probation"), part_time: N_("part time") },
  basis: { month: N_("a month"), hour: N_("an hour"), piece: N_("by the piece") },
  insured: { "": N_("not known"), yes: N_("yes"), no: N_("no") },
};
export const FIELDS = [
  [N_("Contract"), [["contract", N_("Employed")], ["basis", N_("Paid")], ["agreed", N_("Agreed wage (yuan)")], ["regular", N_("On probation: wage afterwards (yuan)")]]],
  [N_("Hours"), [["hours.normal", N_("Normal")], ["hours.workday", N_("Overtime on work days")], ["hours.rest_day", N_("Overtime on rest days")],
    ["hours.holiday", N_("Overtime on holidays")], ["hours.absent", N_("Absent without pay")]]],
  [N_("Pay (yuan)"), [["pay.base", N_("For normal hours or pieces")], ["pay.other", N_("Bonuses and allowances")], ["pay.special", N_("For shifts, heat, hazards")], ["pay.overtime", N_("For overtime")]]],
  [N_("Deductions (yuan)"), Object.entries(DEDUCTIONS).map(([kind, text]) => [`deductions.${kind}`, text])],
  [N_("Payment"), [["due_on", N_("Pay day")], ["paid_on", N_("Paid on")], ["insured", N_("Insured")]]],
];
