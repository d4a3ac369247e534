// What follows from what is typed (how own words read in a letter, what a draw buys): asked of the server a moment
// after the last key, one at a time. Nothing is stored by it.
const shown = document.querySelector("[data-live]");
const form = shown.closest("main").querySelector("form");
const PAUSE = 400;
let timer, asking = false, stale = false;

async function ask() {
  if (asking) {
    stale = true;
    return;
  }
  asking = true;
  stale = false;
  shown.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(shown.dataset.live, { method: "POST", body: new FormData(form) });
    if (answer.ok && !answer.redirected) {
      const read = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown.replaceChildren(...read.body.childNodes);
    }
    shown.classList.toggle("dim", !answer.ok);
  } catch {
    shown.classList.add("dim"); // without the network the last answer stays, paler
  } finally {
    shown.removeAttribute("aria-busy");
    asking = false;
    if (stale) ask();
  }
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
});
ask();
