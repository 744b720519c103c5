/** Choices: in a [data-max-choices] group no more boxes can be ticked than allowed. */
function limit(group) {
  const boxes = [...group.querySelectorAll('input[type="checkbox"]')];
  const full = boxes.filter((box) => box.checked).length >= Number(group.dataset.maxChoices);
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
