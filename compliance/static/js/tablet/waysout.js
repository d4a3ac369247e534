// Ways out of trouble, when something cannot be sent. Loaded when they are asked for.

import { base64 } from "./digest.js";

/** Give up what was not sent, with the reason, which the server hears with the next receipt: refused pieces by id, or
 * without ids everything of the visit. A photo that was announced already is struck through by an entry. */
export async function discard(store, visit, reason, ids) {
  const given = (record) => record.todo && (!ids || ids.includes(record.id));
  const entries = (await store.db.getAllFromIndex("entries", "visit", visit)).filter(given);
  const photos = (await store.db.getAllFromIndex("photos", "visit", visit)).filter(given);
  const why = await store.key.sealed(reason, `struck ${visit}`);
  const strike = (record) => {
    if (!record.todo) return; // it has arrived meanwhile
    delete record.todo;
    Object.assign(record, { state: "struck", struck: why });
  };
  const said = photos.length ? await store.entries(visit) : [];
  const gone = new Set(entries.map(({ id }) => id));
  for (const { id } of photos) {
    const announced = said.find((entry) => entry.field === `photo:${id}`);
    if (announced && !gone.has(announced.id)) await store.append(visit, { item: announced.item, field: `struck:${id}`, value: reason });
  }
  await store.mark("entries", entries, strike); // after that: nothing is called safe while the server waits for a photo
  await store.mark("photos", photos, strike);
  if (!ids) for (const { key } of await store.drafts(visit)) await store.removeDraft(visit, key);
  await store.updateVisit(visit, { receipt: undefined });
  store.changed("wish", visit);
}

/** Everything of a visit that was made here, as a file for the desk: sealed, and openable with the server's own key. */
export async function exportFile(store, visit) {
  const entries = await store.entries(visit);
  const photos = [];
  for (const { thumb: _thumb, todo: _todo, why: _why, ...facts } of await store.photos(visit)) {
    const bytes = await store.photo(facts.id);
    photos.push({ ...facts, bytes: bytes ? base64(bytes) : null });
  }
  const sealed = await store.key.sealed({ visit, entries, photos }, `export ${visit}`);
  const { recovery } = await store.meta("vault");
  const file = {
    format: "workplace-visit-export", version: 1, person: store.person, device: await store.meta("device"), visit,
    made: new Date().toISOString(), key: base64(recovery), sealed: base64(sealed),
  };
  return new Blob([JSON.stringify(file)], { type: "application/json" });
}
