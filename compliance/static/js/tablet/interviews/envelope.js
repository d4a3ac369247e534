// Envelopes: who has the public key of a visit closes one, and cannot open it again (the recipe is shared/envelopes.py's).

import { base64, unbase64 } from "../digest.js";

const VERSION = 1;
const NONCE = 12;
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const PURPOSE = "envelope 1";
const PIECE = 1024; // bytes: how much was said does not show by the length
const encoder = new TextEncoder();

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}

/** Close bytes for the holder of a public key (base64), under a label; gives the envelope in base64. */
export async function close(publicKey, label, clear) {
  const { subtle } = crypto;
  const holder = unbase64(publicKey);
  const [theirs, own] = await Promise.all([subtle.importKey("raw", holder, CURVE, false, []), subtle.generateKey(CURVE, false, ["deriveBits"])]);
  const point = new Uint8Array(await subtle.exportKey("raw", own.publicKey));
  const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256);
  const material = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: joined(point, holder), info: encoder.encode(PURPOSE) };
  const key = await subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const version = Uint8Array.of(VERSION);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const bound = joined(version, encoder.encode(label));
  const sealed = await subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: bound }, key, clear);
  return base64(joined(version, point, nonce, new Uint8Array(sealed)));
}

/** Text as bytes, filled up with blanks, which its reader leaves out. */
export function filled(text) {
  const bytes = encoder.encode(text);
  const whole = new Uint8Array(Math.max(1, Math.ceil(bytes.length / PIECE)) * PIECE).fill(0x20);
  whole.set(bytes);
  return whole;
}
