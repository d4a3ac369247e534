// A file is compared by its SHA-256, which the browser computes: then the file itself stays where it is.

const LARGEST = 256 * 2 ** 20; // what is larger is no letter, and would fill the memory of a telephone
const form = document.querySelector("form[data-check-file]");
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

if (form && crypto.subtle) {
  form.querySelector("[data-stays]").hidden = false;
  form.addEventListener("submit", async (event) => {
    const { file: input, digest } = form.elements;
    const [file] = input.files;
    if (!file || digest.value) return;
    event.preventDefault();
    delete form.dataset.sent;
    const unread = form.querySelector("[data-unread]");
    try {
      if (file.size > LARGEST) throw new RangeError("too large");
      digest.value = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    } catch {
      unread.hidden = false;
      return;
    }
    unread.hidden = true;
    input.disabled = true; // what is disabled is not sent
    form.submit();
  });
  addEventListener("pageshow", () => { form.elements.digest.value = ""; form.elements.file.disabled = false; });
}
