// The worker of the tablet. SHELL stands above: {release, files, document, style, words}, written by the server.
// It answers for the pages below /tablet/ alone, never for anything but GET, and keeps nothing that knows a person.
//
// The shell of a release is kept whole. Which release is shown is written down and changes only when somebody takes a new
// one: not when the worker changes, so that a browser that died in the middle of a visit comes back as it was.

const PREFIX = "shell-";
const OWN = PREFIX + SHELL.release;
const CHOSEN = "/tablet/chosen-release";

const chosen = async () => (await (await caches.open("chosen")).match(CHOSEN))?.text();
const choose = async (release) => (await caches.open("chosen")).put(CHOSEN, new Response(release));

async function keep() {
  const cache = await caches.open(OWN);
  await cache.addAll(SHELL.files); // their addresses change with their content: what the page has loaded is taken as it is
  await cache.addAll([SHELL.document, SHELL.style, ...SHELL.words].map((address) => new Request(address, { cache: "reload" })));
  if (!(await chosen())) await choose(SHELL.release);
}

/** Take this release. The one before stays for tabs that still show it; older ones go. */
async function take() {
  const before = await chosen();
  await choose(SHELL.release);
  const kept = new Set([OWN, PREFIX + before]);
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && !kept.has(name)) await caches.delete(name);
  await skipWaiting();
}

async function ofShell(address) {
  const name = PREFIX + (await chosen());
  const cache = (await caches.has(name)) ? await caches.open(name) : await caches.open(OWN);
  return cache.match(address);
}

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (pathname.startsWith("/tablet/")) event.respondWith(ofShell(SHELL.document).then((kept) => kept ?? fetch(request)));
  } else if (pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  } else if (pathname === SHELL.style || pathname.startsWith("/tablet/words/")) {
    event.respondWith(ofShell(pathname).then((kept) => kept ?? fetch(request)));
  }
});

addEventListener("message", (event) => {
  const [port] = event.ports;
  const work = async () => {
    if (event.data === "release") port?.postMessage({ release: SHELL.release, whole: await caches.has(OWN) });
    if (event.data === "take") { await take(); port?.postMessage({ release: SHELL.release }); }
  };
  event.waitUntil(work());
});
