// Chromium keeps what a page stores in a LevelDB, and after a killed browser it goes on writing behind a record that was cut
// off. At the start after that it takes the whole database for damaged and throws it away, with all that was called saved.
// So much is written at each start that a new log begins; the one with the cut is then done with. Random bytes, because
// others are packed; less than 64 kB each, because more is put into files of its own; in all more than the 4 MB of a log.

import { openDB } from "../../vendor/idb.js";
import { STRICT } from "./database.js";

const PIECES = 100, BYTES = 60_000, MOST_AT_ONCE = 65_536;

function random() {
  const bytes = new Uint8Array(BYTES);
  for (let from = 0; from < BYTES; from += MOST_AT_ONCE) crypto.getRandomValues(bytes.subarray(from, from + MOST_AT_ONCE));
  return bytes;
}

/** Let the browser begin a new log. Resolves when it has; where nothing of the kind is known, at once. */
export async function freshLog() {
  if (!navigator.userAgentData) return; // other browsers keep it otherwise
  const db = await openDB("ballast", 1, { upgrade(made) { made.createObjectStore("ballast"); } });
  try {
    const bytes = random();
    const writing = db.transaction("ballast", "readwrite");
    for (let n = 0; n < PIECES; n += 1) {
      bytes[0] = n;
      writing.store.put(bytes, n);
    }
    await writing.done;
    const clearing = db.transaction("ballast", "readwrite", STRICT);
    clearing.store.clear();
    await clearing.done;
  } finally { db.close(); }
}
