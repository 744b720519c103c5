/** Preview: redraws img[data-preview-img], and the option pictures, from what a form[data-preview-form] says. */
const PICTURE_PAUSE_MS = 60;
const OPTIONS_PAUSE_MS = 450;

function answers(form) {
  const look = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value !== "" && !name.startsWith("csrf")) look.append(name, value);
  }
  return look;
}

/** Loads first and shows then, so the old picture stays until the new one is there. */
function swap(img, url) {
  img.dataset.previewWanted = url;
  const next = new Image();
  next.onload = () => { if (img.dataset.previewWanted === url) img.src = url; };
  next.src = url;
}

/** "{look}" becomes the form's other answers: what the template already says is left out. */
function fill(template, look) {
  const own = new URLSearchParams(template.split("?")[1]?.replace("{look}", "") ?? "");
  const rest = new URLSearchParams(look);
  for (const name of own.keys()) rest.delete(name);
  return template.replace("{look}", rest.toString());
}

function start(form) {
  let pictureTimer = 0;
  let optionsTimer = 0;
  let last = answers(form).toString();

  function drawPicture() {
    const base = form.dataset.previewUrl;
    const url = base + (base.includes("?") ? "&" : "?") + answers(form);
    for (const img of document.querySelectorAll("img[data-preview-img]")) {
      if (!img.dataset.previewFor || img.dataset.previewFor === form.id) swap(img, url);
    }
  }
  function drawOptions() {
    const look = answers(form);
    for (const img of form.querySelectorAll("img[data-option-src-template]")) {
      const url = fill(img.dataset.optionSrcTemplate, look);
      if (img.getAttribute("src") !== url) img.src = url;
    }
  }
  function changed() {
    const now = answers(form).toString();
    if (now === last) return;
    last = now;
    clearTimeout(pictureTimer);
    clearTimeout(optionsTimer);
    pictureTimer = setTimeout(drawPicture, PICTURE_PAUSE_MS);
    optionsTimer = setTimeout(drawOptions, OPTIONS_PAUSE_MS);
  }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
}

for (const form of document.querySelectorAll("form[data-preview-form]")) start(form);
