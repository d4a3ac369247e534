// How many to ask and of which kinds, by what was found on site: interviews/rules.py says the same, with the reasons.

import { SHORTFALLS } from "../rules.js";

const LEAST = 4;
const IN_GROUPS = 0.3;
const GROUP_LEAST = 4, GROUP_MOST = 5;
const MORE_WITH_SIGNS = 0.5;
const MORE_OF_FEW = 1.5;
const NEWEST_SHARE = 0.2, NIGHT_SHARE = 0.25;

/** To the nearest whole number, halves to the even one. */
function round(number) {
  const below = Math.floor(number);
  if (number - below !== 0.5) return Math.round(number);
  return below % 2 ? below + 1 : below;
}

function sampleSize(workers, signs) {
  let size = Math.max(Math.ceil(Math.sqrt(Math.max(workers, 0))), LEAST);
  if (signs) size = Math.ceil(size * (1 + MORE_WITH_SIGNS));
  return Math.min(size, Math.max(workers, 0));
}

function groupsOf(size) {
  const share = size * IN_GROUPS;
  const number = Math.floor((share + 1) / GROUP_LEAST);
  const people = Math.min(Math.max(round(share), GROUP_LEAST * number), GROUP_MOST * number);
  return Array.from({ length: number }, (_one, at) => Math.floor(people / number) + (at < people % number ? 1 : 0));
}

/** {alone, groups, ofThem: [[kind, number]], signs, size} for a workplace as found. */
export function propose(there, signs = false) {
  const { workers } = there;
  const size = sampleSize(workers, signs);
  const groups = groupsOf(size);
  const part = (people, weight = 1) =>
    (people && workers ? Math.min(Math.max(Math.ceil(size * Math.min(1, (weight * people) / workers)), 2), people, size) : 0);
  const women = Math.min(there.women, workers);
  const wanted = {
    women: part(women),
    men: women ? Math.min(part(workers - women), size - part(women)) : 0,
    migrants: part(there.migrants, MORE_OF_FEW),
    newest: Math.ceil(size * NEWEST_SHARE),
    night_shift: there.night_work ? Math.ceil(size * NIGHT_SHARE) : 0,
    agency: there.agency_workers ? Math.min(2, size) : 0,
    under_18: Math.min(there.under_18, size),
  };
  const inGroups = groups.reduce((sum, one) => sum + one, 0);
  return { size, alone: size - inGroups, groups, ofThem: Object.entries(wanted).filter(([, number]) => number), signs };
}

/** Whether an item that speaks of an indicator of the ILO was found wanting: more people are asked then. */
export const signsAmong = (items, answers) =>
  items.some((id) => answers[id] && (answers[id].facts.length > 0 || SHORTFALLS.has(answers[id].verdict)));
