// How good a password is, told while it is typed.
for (const place of document.querySelectorAll("[data-strength]")) {
  const field = document.getElementById(place.dataset.strength);
  const meter = place.querySelector("meter");
  const words = place.querySelector("[role=status]");
  let waits;
  let asked = 0;
  field.addEventListener("input", () => {
    clearTimeout(waits);
    place.hidden = !field.value;
    waits = setTimeout(async () => {
      const mine = (asked += 1);
      const body = new URLSearchParams({ password: field.value, csrf_token: field.form.elements.namedItem("csrf_token").value });
      const answer = await fetch(place.dataset.address, { method: "POST", body }).catch(() => null);
      if (mine !== asked || !answer?.ok) return;
      const told = await answer.json();
      meter.value = told.score;
      words.textContent = told.words;
    }, 300);
  });
}
