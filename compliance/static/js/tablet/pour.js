// Make one database of a person what the other one is: at an opening, when the two are not level.

import { STRICT } from "./database.js";

export async function pour(from, into) {
  const kinds = [...from.objectStoreNames].filter((kind) => kind !== "bytes");
  const source = from.transaction([...kinds, "bytes"]);
  const [bytes, ...found] = await Promise.all([
    source.objectStore("bytes").getAllKeys(),
    ...kinds.map((kind) => Promise.all([source.objectStore(kind).getAll(), kind === "meta" ? source.objectStore(kind).getAllKeys() : []]))]);
  // Bytes of photos never change. Each is large, and has a transaction of its own.
  const there = new Set(await into.getAllKeys("bytes"));
  for (const id of bytes) if (!there.delete(id)) await into.put("bytes", await from.get("bytes", id));
  const transaction = into.transaction([...kinds, "bytes"], "readwrite", STRICT);
  const { done } = transaction;
  done.catch(() => {}); // raised below
  const write = (kind, how, ...given) => { transaction.objectStore(kind)[how](...given).catch(() => {}); };
  for (const id of there) write("bytes", "delete", id);
  for (const [place, kind] of kinds.entries()) {
    const [values, keys] = found[place];
    write(kind, "clear");
    for (const [number, value] of values.entries()) write(kind, "put", value, ...keys.slice(number, number + 1));
  }
  await done;
}
