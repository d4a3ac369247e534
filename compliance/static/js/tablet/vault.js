// The vault: what this tablet keeps is sealed with a random key, and the key is wrapped twice: by the inspector's PIN, and
// by a recovery key that only the server holds. Who forgets the PIN signs in afresh, and nothing is lost.
//
// What is sealed is one ArrayBuffer: version (1 byte), nonce (12 bytes), AES-256-GCM of the plain bytes. What a piece is
// about (its kind and id) is bound in, so that no sealed piece can be put in another's place.

const VERSION = 1;
const NONCE = 12;
const ABOUT_RIGHT = 300; // milliseconds that trying one PIN may take
const FEWEST = 310_000; // iterations, however slow the tablet is
const MOST = 5_000_000;
export const SHORTEST_PIN = 6;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const random = (length) => crypto.getRandomValues(new Uint8Array(length));

export class WrongPin extends Error {}
export class Locked extends Error {}

/** Whether a PIN would be guessed at once: one digit repeated, digits in a row, or a piece repeated. */
export function trivial(pin) {
  if (!/^\d+$/.test(pin) || pin.length < SHORTEST_PIN) return true;
  const steps = new Set([...pin].slice(1).map((digit, place) => (Number(digit) - Number(pin[place]) + 10) % 10));
  if (steps.size === 1) return true; // 111111, 123456, 654321, 135791, 890123
  return [2, 3, 4].some((length) => pin.length % length === 0 && pin === pin.slice(0, length).repeat(pin.length / length));
}

async function fromPin(pin, salt, iterations) {
  const material = await crypto.subtle.importKey("raw", encoder.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** So many iterations that one try takes about a third of a second on this tablet. */
async function iterationsHere() {
  const tried = 100_000;
  const began = performance.now();
  await fromPin("000000", random(16), tried);
  const wanted = Math.round((tried * ABOUT_RIGHT) / Math.max(1, performance.now() - began));
  return Math.min(MOST, Math.max(FEWEST, wanted));
}

const imported = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

async function seal(key, plain, about) {
  const nonce = random(NONCE);
  const how = { name: "AES-GCM", iv: nonce, additionalData: encoder.encode(about) };
  const closed = new Uint8Array(await crypto.subtle.encrypt(how, key, plain));
  const whole = new Uint8Array(1 + NONCE + closed.length);
  whole[0] = VERSION;
  whole.set(nonce, 1);
  whole.set(closed, 1 + NONCE);
  return whole.buffer;
}

function open(key, sealed, about) {
  const whole = new Uint8Array(sealed);
  if (whole[0] !== VERSION) throw new Error("sealed by a version that is not known here");
  const how = { name: "AES-GCM", iv: whole.subarray(1, 1 + NONCE), additionalData: encoder.encode(about) };
  return crypto.subtle.decrypt(how, key, whole.subarray(1 + NONCE));
}

/** The key of an unlocked vault. */
export class Vault {
  #key;
  constructor(key) { this.#key = key; }

  /** Bytes as they are kept. `about` names the piece: the same words open it again. */
  sealBytes(plain, about) { return seal(this.#key, plain, about); }
  openBytes(sealed, about) { return open(this.#key, sealed, about); }

  sealed(value, about) { return seal(this.#key, encoder.encode(JSON.stringify(value)), about); }
  async opened(sealed, about) { return JSON.parse(decoder.decode(await open(this.#key, sealed, about))); }
}

async function wrappedByPin(raw, pin) {
  const salt = random(16);
  const iterations = await iterationsHere();
  return { salt: salt.buffer, iterations, key: await seal(await fromPin(pin, salt, iterations), raw, "vault pin") };
}

/** A new vault: {record to be kept, vault}. `recovery` are the 32 bytes that the server holds for this device. */
export async function create(pin, recovery) {
  if (trivial(pin)) throw new Error("a PIN that would be guessed");
  const raw = random(32);
  const record = {
    pin: await wrappedByPin(raw, pin),
    recovery: await seal(await imported(recovery), raw, "vault recovery"),
    made: new Date().toISOString(),
  };
  const vault = new Vault(await imported(raw));
  raw.fill(0);
  return { record, vault };
}

async function rawByPin(record, pin) {
  const { salt, iterations, key } = record.pin;
  try { return await open(await fromPin(pin, salt, iterations), key, "vault pin"); }
  catch { throw new WrongPin("wrong PIN"); }
}

/** The vault behind a PIN; raises WrongPin. */
export async function unlock(record, pin) {
  return new Vault(await imported(await rawByPin(record, pin)));
}

/** A PIN tried while it is still being typed, so that nobody waits for it: one try at a time, and nothing is told of it
 * before the PIN is entered. */
export class Trial {
  #wanted = "";
  #tried = null;
  #vault = null;
  #busy = false;
  constructor(record) { this.record = record; }

  /** So much stands in the field now. */
  typed(pin) {
    this.#wanted = pin;
    if (this.#busy || pin === this.#tried) return;
    this.#tried = this.#vault = null;
    if (pin.length < SHORTEST_PIN) return;
    this.#tried = pin;
    this.#busy = true;
    this.#vault = unlock(this.record, pin);
    this.#vault.catch(() => {}).finally(() => { this.#busy = false; this.typed(this.#wanted); });
  }

  /** The vault behind the PIN that was entered; raises WrongPin. */
  unlock(pin) { return pin === this.#tried ? this.#vault : unlock(this.record, pin); }
}

/** The record under a new PIN. */
export async function changePin(record, oldPin, newPin) {
  if (trivial(newPin)) throw new Error("a PIN that would be guessed");
  return { ...record, pin: await wrappedByPin(await rawByPin(record, oldPin), newPin) };
}

/** After a forgotten PIN: {record under a new one, vault}, by the key that the server held. */
export async function recover(record, recovery, newPin) {
  if (trivial(newPin)) throw new Error("a PIN that would be guessed");
  const raw = await open(await imported(recovery), record.recovery, "vault recovery");
  return { record: { ...record, pin: await wrappedByPin(raw, newPin) }, vault: new Vault(await imported(raw)) };
}

/** Seconds to wait after so many wrong PINs in a row. Nothing is ever wiped for them: what is unsent would be lost. */
export function delay(wrong) {
  return [0, 0, 0, 5, 15, 30, 60, 120, 300][wrong] ?? 900;
}
