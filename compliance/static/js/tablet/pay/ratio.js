// Exact numbers: [numerator, denominator], both BigInt, the denominator above 0. What is owed is rounded once, to the cent.

export const ZERO = [0n, 1n];
export const ONE = [1n, 1n];

/** The number that a text of digits says, such as "2600.00". */
export function ratio(text) {
  const [whole, part = ""] = String(text).split(".");
  return [BigInt(whole + part), 10n ** BigInt(part.length)];
}
export const plus = ([a, b], [c, d]) => [a * d + c * b, b * d];
export const minus = ([a, b], [c, d]) => [a * d - c * b, b * d];
export const times = ([a, b], [c, d]) => [a * c, b * d];
export const over = ([a, b], [c, d]) => [a * d, b * c];
export const below = ([a, b], [c, d]) => a * d < c * b;
export const sum = (numbers) => numbers.reduce(plus, ZERO);
/** The first of the greatest, and of the smallest. */
export const greatest = (...numbers) => numbers.reduce((best, one) => (below(best, one) ? one : best));
export const smallest = (...numbers) => numbers.reduce((best, one) => (below(one, best) ? one : best));
export const isZero = ([a]) => a === 0n;

/** Whole cents, half up. */
export const cents = ([a, b]) => (a < 0n ? -cents([-a, b]) : (200n * a + b) / (2n * b));
/** Cents as text: "12.30". */
export function written(amount) {
  const digits = String(amount < 0n ? -amount : amount).padStart(3, "0");
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
