/**
 * Find option: a [data-find-options] field shows only those options of its fieldset that have all
 * the typed words among their own ([data-words]); Escape brings all of them back.
 */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text) => plain(text).split(/[\s_–-]+/).filter(Boolean);

function show(picker, wanted) {
  let found = 0;
  for (const cell of picker.querySelectorAll("[data-words]")) {
    const words = wordsOf(cell.dataset.words);
    const fits = wanted.every((part) => words.some((word) => word.startsWith(part)));
    cell.hidden = !fits;
    found += fits;
  }
  // What has no words, say the character's own outfit, is no answer to a search.
  for (const option of picker.querySelectorAll(".picker__row > .option")) option.hidden = wanted.length > 0;
  for (const group of picker.querySelectorAll(".picker__group")) {
    group.hidden = !group.querySelector(".picker__row > :not([hidden])");
  }
  return found;
}

function start(place) {
  const input = place.querySelector("input");
  const said = place.querySelector("[data-found]");
  const picker = place.closest("fieldset");

  function find() {
    const wanted = wordsOf(input.value);
    const found = show(picker, wanted);
    said.textContent = wanted.length === 0 ? "" : found === 0 ? "Nothing like that. Escape shows all." : found === 1 ? "1 fits" : `${found} fit`;
  }
  input.addEventListener("input", (event) => {
    event.stopPropagation();  // typed here, it is no answer of the form
    find();
  });
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();  // would send the form
    if (event.key !== "Escape" || !input.value) return;
    event.preventDefault();
    input.value = "";
    find();
  });
  if (input.value) find();  // kept by the browser when one comes back
}

for (const place of document.querySelectorAll("[data-find-options]")) start(place);
