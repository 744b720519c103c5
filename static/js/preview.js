/**
 * Preview: redraws img[data-preview-img] from what a form[data-preview-form] says, and after it
 * the option pictures on which a changed answer can be seen, those near the screen only.
 */
const PICTURE_PAUSE_MS = 60;
const OPTIONS_PAUSE_MS = 300;
const loading = new WeakMap();

const whenNear = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    whenNear.unobserve(target);
    target.src = target.dataset.optionWanted;
  }
}, { rootMargin: "300px" });

function answers(form) {
  const look = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    // What is not valid yet, say a seed below 0, is no answer.
    if (form.elements.namedItem(name)?.validity?.valid === false) continue;
    if (typeof value === "string" && value !== "" && !name.startsWith("csrf")) look.append(name, value);
  }
  return look;
}

/** Loads first and shows then, so the old picture stays until the new one is there. */
function swap(img, url) {
  const before = loading.get(img);
  if (before) before.src = "";  // nobody waits for it any more
  return new Promise((done) => {
    const next = new Image();
    loading.set(img, next);
    next.fetchPriority = "high";
    next.onerror = done;
    next.onload = () => {
      if (loading.get(img) === next) img.src = url;
      done();
    };
    next.src = url;
  });
}

/** "{look}" becomes the form's answers to the fields the picture shows. */
function fill(img, look) {
  const shown = new URLSearchParams();
  for (const name of img.dataset.optionFields.split(" ")) {
    const value = look.get(name) === "custom" ? look.get(`${name}_custom`) : look.get(name);
    if (value) shown.append(name, value);
  }
  return img.dataset.optionSrcTemplate.replace("{look}", shown);
}

function start(form) {
  let pictureTimer = 0;
  let optionsTimer = 0;
  let last = answers(form).toString();

  function drawPicture() {
    const base = form.dataset.previewUrl;
    const url = base + (base.includes("?") ? "&" : "?") + answers(form);
    const shown = [...document.querySelectorAll("img[data-preview-img]")];
    return Promise.all(shown.filter((img) => (img.dataset.previewFor || form.id) === form.id).map((img) => swap(img, url)));
  }
  function drawOptions() {
    const look = answers(form);
    for (const img of form.querySelectorAll("img[data-option-src-template]")) {
      const url = fill(img, look);
      whenNear.unobserve(img);
      if (img.getAttribute("src") === url) continue;
      img.dataset.optionWanted = url;
      whenNear.observe(img);
    }
  }
  async function redraw() {
    const drawn = last;
    await drawPicture();
    if (drawn !== last) return;
    clearTimeout(optionsTimer);
    optionsTimer = setTimeout(drawOptions, OPTIONS_PAUSE_MS);
  }
  function changed() {
    const now = answers(form).toString();
    if (now === last) return;
    last = now;
    clearTimeout(pictureTimer);
    clearTimeout(optionsTimer);
    pictureTimer = setTimeout(redraw, PICTURE_PAUSE_MS);
  }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
}

for (const form of document.querySelectorAll("form[data-preview-form]")) start(form);
