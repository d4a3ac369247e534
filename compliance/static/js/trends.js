// Shows only the fields that the chosen period needs. Without this all of them stand there, and the form works the same.
const form = document.querySelector("form.selection");
const period = form?.elements.namedItem("period");
const needed = { year: ["year", "quarter"], quarter: ["quarter"], first: ["custom"], last: ["custom"] };
function fit() {
  for (const [name, periods] of Object.entries(needed)) {
    const field = form.elements.namedItem(name);
    field.closest("label").hidden = !periods.includes(period.value);
    field.disabled = !periods.includes(period.value);
  }
}
if (period) {
  period.addEventListener("change", fit);
  fit();
}
// Where the pages do not fit beside each other, the one that is shown is in sight.
const here = document.querySelector(".trend-pages [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 24;
