// The worker, and new releases: one waits until the inspector takes it, between visits.

import { drawn } from "./dom.js";
import { release } from "./talk.js";

const HOURS = 3_600_000;
let registration = null;

/** Register the worker; false where this browser has none. found(): a newer release is on the tablet now. On a tablet
 * that has none yet it comes when the first page stands drawn, and takes what that page has loaded already. */
export async function register(found) {
  try {
    const proving = location.pathname === "/tablet/ready";
    if (!proving && !navigator.serviceWorker.controller) await drawn();
    registration = await navigator.serviceWorker.register("/tablet/sw.js", { scope: "/tablet/", updateViaCache: "none" });
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker?.addEventListener("statechange", () => { if (worker.state === "installed" && navigator.serviceWorker.controller) found?.(); });
    });
    await navigator.serviceWorker.ready;
    document.documentElement.dataset.shell = "kept";
    return true;
  } catch { return false; }
}

const reply = (worker, message) => new Promise((resolve) => {
  const channel = new MessageChannel();
  channel.port1.onmessage = ({ data }) => resolve(data);
  setTimeout(resolve, 3000, null);
  worker.postMessage(message, [channel.port2]);
});

/** The release that waits on this tablet, null where there is none. */
export async function waiting() {
  const worker = registration?.waiting ?? registration?.active;
  if (!worker) return null;
  const said = await reply(worker, "release");
  return said?.whole && said.release !== release ? said.release : null;
}

export const look = () => registration?.update().catch(() => {});

/** Take the release that waits: the page begins anew with it. */
export async function take() {
  const worker = registration?.waiting ?? registration?.active;
  await reply(worker, "take");
  location.reload();
}

/** Whether somebody is in the middle of a visit: something was entered in the last hours, and it is not complete. */
export async function underWay(store) {
  const recent = Date.now() - 12 * HOURS;
  return (await store.visits()).some((own) => own.touched_at && Date.parse(own.touched_at) > recent && !own.wish && !own.sealed_at);
}
