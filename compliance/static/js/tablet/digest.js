// Digests that tablet and server work out alike, so that each can tell what the other holds.

const encoder = new TextEncoder();

export const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** SHA-256 of bytes or text, as hex. */
export async function sha256(what) {
  return hex(await crypto.subtle.digest("SHA-256", typeof what === "string" ? encoder.encode(what) : what));
}

/** The digest of one entry: what the server must have received. */
export function digestOf(entry) {
  const { id, visit, item, field, value, replaces, at, device, seq, bulk } = entry;
  return sha256(JSON.stringify([id, visit, item, field, value, [...replaces].sort(), at, device, seq, bulk]));
}

/** The digest of everything received from one device on one visit: [{seq, id, sha256}] in any order. */
export function digestOfAll(entries) {
  const lines = [...entries].sort((a, b) => a.seq - b.seq).map((entry) => `${entry.seq} ${entry.id} ${entry.sha256}\n`);
  return sha256(lines.join(""));
}

/** Bytes as base64, without a limit on their number. */
export function base64(buffer) {
  const bytes = new Uint8Array(buffer);
  let text = "";
  for (let from = 0; from < bytes.length; from += 0x8000) text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  return btoa(text);
}
export const unbase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
