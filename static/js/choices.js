/**
 * Choices: in a [data-max-choices] group no more boxes can be ticked than allowed; its
 * [data-choices-said] says how many are. Aloud, in [data-choices-full], only that no more can be:
 * a box says itself that it is ticked.
 */
function limit(group) {
  const boxes = [...group.querySelectorAll('input[type="checkbox"]')];
  const max = Number(group.dataset.maxChoices);
  const count = boxes.filter((box) => box.checked).length;
  const full = count >= max;
  const said = group.querySelector("[data-choices-said]");
  const atEnd = full ? "Take one off to choose another" : "";
  if (said) said.textContent = [`${count} of ${max} chosen`, atEnd].filter(Boolean).join(". ");
  const aloud = group.querySelector("[data-choices-full]");
  if (aloud) aloud.textContent = atEnd && `${count} of ${max} chosen. ${atEnd}`;
  for (const box of boxes) {
    if (box.checked || (box.disabled && !("limited" in box.dataset))) continue;
    box.disabled = full;
    if (full) box.dataset.limited = "";
    else delete box.dataset.limited;
  }
}
for (const group of document.querySelectorAll("[data-max-choices]")) limit(group);
document.addEventListener("change", (event) => {
  const group = event.target.closest?.("[data-max-choices]");
  if (group) limit(group);
});
