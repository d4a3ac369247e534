// How much of a person's work is only in this browser. Asked by pages of the site before somebody signs out; opens nothing
// that is sealed, and makes no database where there is none.

const nameOf = (person) => `visits-${person}`;
const BUCKET = "second-copy";

function existing(factory, name) {
  return new Promise((resolve) => {
    const request = factory.open(name);
    let made = false;
    request.onupgradeneeded = () => { made = true; request.transaction.abort(); };
    request.onerror = (event) => { event.preventDefault(); resolve(null); };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      if (made) { request.result.close(); resolve(null); } else resolve(request.result);
    };
  });
}

/** The second copy, where the browser has thrown the first one away and the application has not been opened since. */
async function copied(name) {
  const buckets = navigator.storageBuckets;
  if (!buckets || !(await buckets.keys()).includes(BUCKET)) return null;
  return existing((await buckets.open(BUCKET)).indexedDB, name);
}

const counted = (source) => new Promise((resolve, reject) => {
  const request = source.count();
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** The number of entries, photos and drafts that are not on the server. */
export async function unsent(person) {
  if (!("indexedDB" in globalThis)) return 0;
  const name = nameOf(person);
  const database = (await existing(indexedDB, name)) ?? (await copied(name).catch(() => null));
  if (!database) return 0;
  try {
    const transaction = database.transaction(["entries", "photos", "drafts"]);
    const numbers = await Promise.all([
      counted(transaction.objectStore("entries").index("todo")),
      counted(transaction.objectStore("photos").index("todo")),
      counted(transaction.objectStore("drafts")),
    ]);
    return numbers.reduce((sum, number) => sum + number, 0);
  } finally { database.close(); }
}
