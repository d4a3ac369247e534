// Photos on their way from camera or library to the disk. A tablet often locks just then: an open camera suspends the page,
// and the idle minutes are over when it comes back, before the picture is handed in. Until it is sealed the key stays in memory.

const choosing = new Set(); // inputs whose camera or library is open; held here, so that none is swept away with its page
const working = new Set();
const failed = new Map(); // what could not be kept, until somebody has read it: "person visit item" -> [{file, fresh, words}]
const listeners = new Set();

export const underWay = () => choosing.size + working.size > 0;

/** Call back when nothing is under way any more. */
export function whenDone(listener) { listeners.add(listener); return () => listeners.delete(listener); }
function tell() { if (!underWay()) for (const listener of listeners) listener(); }

/** Resolves when everything that was handed in is kept, or has failed. */
export const handedIn = () => Promise.allSettled(working);

/** Let an input open camera or library; `taken(files)` keeps what it hands in, whatever has become of its page. */
export function watch(input, taken) {
  input.addEventListener("click", () => choosing.add(input));
  input.addEventListener("cancel", () => { choosing.delete(input); tell(); });
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // the same picture may be chosen once more
    handIn(taken(files));
    choosing.delete(input);
  });
}

/** Something is being kept: the key stays until it is. */
export async function handIn(work) {
  working.add(work);
  try { await work; } finally { working.delete(work); tell(); }
}

// Not every browser says that a camera was closed without a picture; but who touches the page has none before it.
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, () => { if (choosing.size) { choosing.clear(); tell(); } }, { passive: true, capture: true });
}

const keyOf = (ctx, item) => `${ctx.store.person} ${ctx.visit} ${item}`;
export const failedAt = (ctx, item) => failed.get(keyOf(ctx, item)) ?? [];
export function rememberFailed(ctx, item, troubles) {
  if (troubles.length) failed.set(keyOf(ctx, item), troubles); else failed.delete(keyOf(ctx, item));
}
