/**
 * Selection: the boxes that belong to a form[data-selection]. Shift takes all from the last one
 * to this, arrows go from box to box (with Shift they take along), Escape lets all go. How many
 * are ticked stands in [data-selected-count], and what needs a certain number of them,
 * [data-selected-exactly="2"], shows only then; ticked pictures that js/window.js takes off the
 * page stay in the form.
 */
const BOX = ".shot__select input";
// What Escape closes before it lets go of what is selected.
const OPEN = "dialog[open], details[data-menu][open]";
const form = document.querySelector("form[data-selection]");
const max = Number(form?.dataset.selection);
const boxes = () => [...document.querySelectorAll(`${BOX}[form="${form.id}"]`)];
const kept = () => [...form.querySelectorAll("input[data-kept]")];
let anchor = "";
let isShift = false;

function say(words) {
  document.getElementById("live").textContent = words;
}

function count() {
  const ticked = boxes().filter((box) => box.checked).length + kept().length;
  form.querySelector("[data-selected-count]").textContent = `${ticked} `;
  for (const part of form.querySelectorAll("[data-selected-exactly]")) {
    part.hidden = ticked !== Number(part.dataset.selectedExactly);
  }
  return ticked;
}

/** As many as one form may carry. */
function keepTo(changed) {
  let over = count() - max;
  if (over <= 0) return;
  for (const box of changed.filter((one) => one.checked).reverse().slice(0, over)) box.checked = false;
  count();
  say(`At most ${max} pictures at once.`);
}

function range(box) {
  const all = boxes();
  const [first, last] = [all.findIndex(({ value }) => value === anchor), all.indexOf(box)];
  return first < 0 ? [box] : all.slice(Math.min(first, last), Math.max(first, last) + 1);
}

function change(box) {
  const changed = isShift ? range(box) : [box];
  for (const one of changed) one.checked = box.checked;
  keepTo(inOrder(changed, box));
  anchor = box.value;
}

/** In the order they were passed over, so that the farthest are let go first. */
const inOrder = (changed, box) => (changed[0] === box && changed.length > 1 ? [...changed].reverse() : changed);

/** The box beside or in the next row below or above, as it is seen. */
function neighbour(box, key) {
  const all = boxes();
  const here = all.indexOf(box);
  if (key === "ArrowLeft") return all[here - 1];
  if (key === "ArrowRight") return all[here + 1];
  const x = box.getBoundingClientRect().left;
  const inColumn = (one) => Math.abs(one.getBoundingClientRect().left - x) < 2;
  return key === "ArrowDown" ? all.slice(here + 1).find(inColumn) : all.slice(0, here).findLast(inColumn);
}

function onKey(event) {
  isShift = event.shiftKey;
  if (event.key === "Escape" && !document.querySelector(OPEN)) return clear();
  if (!event.target.matches?.(BOX) || !event.key.startsWith("Arrow")) return;
  const next = neighbour(event.target, event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
  if (!event.shiftKey) return;
  event.target.checked = next.checked = true;
  anchor = next.value;
  keepTo([event.target, next]);
}

function clear() {
  if (!count()) return;
  for (const box of boxes()) box.checked = false;
  for (const input of kept()) input.remove();
  count();
  say("Nothing is selected.");
}

function keep(page) {
  for (const box of page.querySelectorAll(`${BOX}:checked`)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: box.name, value: box.value });
    input.dataset.kept = "";
    form.append(input);
  }
}

function giveBack(page) {
  const held = new Map(kept().map((input) => [input.value, input]));
  for (const box of page.querySelectorAll(BOX)) {
    if (!held.has(box.value)) continue;
    box.checked = true;
    held.get(box.value).remove();
  }
  count();
}

if (form) {
  count();
  document.addEventListener("change", ({ target }) => { if (target.matches(BOX)) change(target); });
  document.addEventListener("pointerdown", (event) => { isShift = event.shiftKey; });
  // A click with Shift would select the text between.
  document.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest(".shot__select")) event.preventDefault();
  });
  // Before js/menu.js has closed what is open.
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("ryla:emptying", ({ target }) => keep(target));
  document.addEventListener("ryla:filled", ({ target }) => giveBack(target));
}
