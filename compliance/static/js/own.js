// The enterprise's own pages. They are read in built-in browsers of phones as well, some of them years old: nothing here
// is newer than 2019, and every page works without it.

// --- files: what was chosen is shown, photos are made smaller, and the sending shows how far it is -------------------

const EDGE = 2400; // pixels; the server makes photos as small as this too
const SMALL_ENOUGH = 1500000; // bytes

for (const box of document.querySelectorAll("[data-files]")) {
  const inputs = [...box.querySelectorAll("input[type=file]")];
  for (const input of inputs) {
    input.addEventListener("change", () => {
      const files = [].concat(...inputs.map((one) => [...one.files]));
      const bytes = files.reduce((sum, file) => sum + (canShrink(file) ? Math.min(file.size, SMALL_ENOUGH) : file.size), 0);
      inputs[0].setCustomValidity(bytes > Number(box.dataset.mostBytes) ? box.dataset.tooMuch : "");
      inputs[0].reportValidity();
      const list = box.querySelector("[data-chosen]");
      list.hidden = files.length === 0;
      list.textContent = "";
      for (const file of files) {
        const line = document.createElement("li");
        line.textContent = file.name;
        list.appendChild(line);
      }
    });
  }
}

for (const form of document.querySelectorAll("form[enctype='multipart/form-data']")) {
  let pressed = null;
  form.addEventListener("click", (event) => { pressed = event.target.closest && event.target.closest("button[name]"); });
  form.addEventListener("submit", (event) => {
    const box = form.querySelector("[data-progress]");
    const chosen = [].concat(...[...form.querySelectorAll("input[type=file]")].map((one) => [...one.files]));
    if (!box || !chosen.length || !window.FormData || !FormData.prototype.entries) return;
    event.preventDefault();
    send(form, pressed, box);
  });
}

function canShrink(file) {
  // Browsers that do not turn a photo upright by themselves send it as it is.
  const upright = window.CSS && CSS.supports && CSS.supports("image-orientation", "from-image");
  return upright && /^image\/(jpeg|png|webp)$/.test(file.type) && file.size > SMALL_ENOUGH;
}

function shrunk(file) {
  if (!canShrink(file)) return Promise.resolve(file);
  return new Promise((done) => {
    const picture = new Image(), address = URL.createObjectURL(file);
    picture.onerror = () => { URL.revokeObjectURL(address); done(file); };
    picture.onload = () => {
      const share = Math.min(1, EDGE / Math.max(picture.naturalWidth, picture.naturalHeight));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.naturalWidth * share);
      canvas.height = Math.round(picture.naturalHeight * share);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(address);
      canvas.toBlob((blob) => {
        if (!blob || blob.size >= file.size) { done(file); return; }
        blob.sentAs = file.name.replace(/\.(png|webp)$/i, ".jpg");
        done(blob);
      }, "image/jpeg", 0.85);
    };
    picture.src = address;
  });
}

async function send(form, pressed, box) {
  const shown = box.parentNode.dataset, bar = box.querySelector("progress"), words = box.querySelector("[role=status]");
  const buttons = [...form.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  box.hidden = false;
  words.textContent = shown.sending;
  const body = new FormData();
  for (const pair of new FormData(form).entries()) {
    const [name, value] = pair;
    if (!(value instanceof File)) { body.append(name, value); continue; }
    if (!value.name && !value.size) continue;
    const small = await shrunk(value);
    body.append(name, small, small.sentAs || value.name);
  }
  if (pressed) body.append(pressed.name, pressed.value);
  const failed = () => {
    for (const button of buttons) button.disabled = false;
    bar.value = 0;
    words.textContent = shown.lost;
  };
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    bar.value = Math.round((100 * event.loaded) / event.total);
    words.textContent = shown.sending + " " + bar.value + " %";
  };
  request.onerror = failed;
  request.onload = () => {
    if (request.status >= 500 || !/text\/html/.test(request.getResponseHeader("Content-Type") || "")) { failed(); return; }
    if (request.status < 400) history.replaceState(null, "", request.responseURL || location.href);
    document.open();
    document.write(request.responseText);
    document.close();
  };
  request.send(body);
}

// --- on paper every reason is open -----------------------------------------------------------------------------------

window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details.lines:not([open])")) { details.open = true; details.dataset.opened = "1"; }
});
window.addEventListener("afterprint", () => {
  for (const details of document.querySelectorAll("details[data-opened]")) { details.open = false; delete details.dataset.opened; }
});
