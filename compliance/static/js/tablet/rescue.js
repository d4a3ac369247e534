// What a browser that died in the middle of a word left behind becomes entries, before anything else happens.

/** Turn every draft into an entry that replaces what the writer saw. */
export async function rescue(store) {
  for (const { visit, key, value } of await store.drafts()) {
    if (value.unfit) continue; // a number out of range, say: it stands in its field when the page opens
    if (value.value === value.was || (value.value === "" && value.was === null)) await store.removeDraft(visit, key);
    else await store.append(visit, value, { draft: key });
  }
}
