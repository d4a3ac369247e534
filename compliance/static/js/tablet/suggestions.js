// Numbers that suggest an answer, as in compliance/checklists/suggestions.py. The inspector decides.

const text = (en, zh_Hans_CN) => ({ en, zh_Hans_CN });
const yes = (en, zh) => ({ verdict: "compliant", reason: text(en, zh) });
const no = (en, zh) => ({ verdict: "non_compliant", reason: text(en, zh) });

/** A number as it is written: no zeros at its end. */
const plain = (value) => (String(value).includes(".") ? String(value).replace(/\.?0+$/, "") : String(value));

/** Whether a number lies in the range of its quantity and has no more decimals than are asked for. */
function accepts(quantity, value) {
  const decimals = (plain(value).split(".")[1] ?? "").length;
  return Number(value) >= Number(quantity.minimum) && Number(value) <= Number(quantity.maximum) && decimals <= quantity.decimals;
}

const seatsForMen = (men) => (men <= 100 ? Math.ceil(men / 25) : 4 + Math.ceil((men - 100) / 50));
const seatsForWomen = (women) => (women <= 100 ? Math.ceil(women / 15) : 7 + Math.ceil((women - 100) / 30));

const RULES = {
  at_most: {
    quantities: ["quantity"],
    suggest({ limit }, value) {
      return Number(value) <= Number(limit)
        ? yes(`${plain(value)} is within the limit of ${plain(limit)}.`, `${plain(value)}，未超过上限${plain(limit)}。`)
        : no(`${plain(value)} is above the limit of ${plain(limit)}.`, `${plain(value)}，超过上限${plain(limit)}。`);
    },
  },
  at_least: {
    quantities: ["quantity"],
    suggest({ limit }, value) {
      return Number(value) >= Number(limit)
        ? yes(`${plain(value)} reaches the least of ${plain(limit)}.`, `${plain(value)}，达到下限${plain(limit)}。`)
        : no(`${plain(value)} is below the least of ${plain(limit)}.`, `${plain(value)}，低于下限${plain(limit)}。`);
    },
  },
  zero: {
    quantities: ["quantity"],
    suggest(_parameters, value) {
      return Number(value) === 0
        ? yes("None was found.", "未发现。")
        : no(`${plain(value)} found; there must be none.`, `发现${plain(value)}，应为零。`);
    },
  },
  toilets: {
    quantities: ["men", "women", "seats_men", "seats_women"],
    suggest(_parameters, men, women, haveMen, haveWomen) {
      const needMen = seatsForMen(Number(men)), needWomen = seatsForWomen(Number(women));
      const reason = text(
        `Men: ${plain(haveMen)} of ${needMen} seats needed for ${plain(men)}; ` +
          `women: ${plain(haveWomen)} of ${needWomen} seats needed for ${plain(women)}.`,
        `男${plain(men)}人，需蹲位${needMen}个，实有${plain(haveMen)}个；女${plain(women)}人，需蹲位${needWomen}个，实有${plain(haveWomen)}个。`,
      );
      const shortMen = Number(haveMen) < needMen, shortWomen = Number(haveWomen) < needWomen;
      const none = (needMen > 0 && Number(haveMen) === 0) || (needWomen > 0 && Number(haveWomen) === 0);
      if (!shortMen && !shortWomen) return { verdict: "compliant", reason };
      return { verdict: none || (shortMen && shortWomen) ? "non_compliant" : "partial", reason };
    },
  },
};

/** The answer that the item's numbers (id -> text) suggest, and why; null without a rule or while a number is missing. */
export function suggest(item, numbers) {
  if (!item.suggestion) return null;
  const { rule, parameters } = item.suggestion;
  const values = RULES[rule].quantities.map((name) => given(item, numbers, parameters[name]));
  return values.includes(null) ? null : RULES[rule].suggest(parameters, ...values);
}

/** What the numbers so far ask for, before the rest is counted: toilet seats for these people. Else null. */
export function needed(item, numbers) {
  if (item.suggestion?.rule !== "toilets") return null;
  const { men, women } = item.suggestion.parameters;
  const forMen = given(item, numbers, men), forWomen = given(item, numbers, women);
  if (forMen === null && forWomen === null) return null;
  const en = [], zh = [];
  if (forMen !== null) { en.push(`${seatsForMen(Number(forMen))} for men`); zh.push(`男厕${seatsForMen(Number(forMen))}个`); }
  if (forWomen !== null) { en.push(`${seatsForWomen(Number(forWomen))} for women`); zh.push(`女厕${seatsForWomen(Number(forWomen))}个`); }
  return text(`Seats needed: ${en.join(", ")}.`, `需蹲位：${zh.join("，")}。`);
}

function given(item, numbers, id) {
  const quantity = item.quantities.find((one) => one.id === id);
  const value = numbers[id];
  return quantity && value !== undefined && value !== null && accepts(quantity, value) ? value : null;
}
