// Files that are too large together are named before they are sent, so that nothing typed is lost on the way.
for (const input of document.querySelectorAll("input[type=file][data-most-bytes]")) {
  input.addEventListener("change", () => {
    const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
    input.setCustomValidity(bytes > Number(input.dataset.mostBytes) ? input.dataset.tooMuch : "");
    input.reportValidity();
  });
}

// On paper every reason is open.
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details.lines:not([open])")) { details.open = true; details.dataset.opened = "1"; }
});
window.addEventListener("afterprint", () => {
  for (const details of document.querySelectorAll("details[data-opened]")) { details.open = false; delete details.dataset.opened; }
});
