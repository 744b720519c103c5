/** Swatch: picking an own colour also chooses the "your own" chip, and choosing the chip opens the picker. */
document.addEventListener("input", (event) => {
  if (event.target.type !== "color") return;
  const chip = event.target.form?.querySelector(`[data-custom-colour="${event.target.name}"]`);
  if (!chip || chip.checked) return;
  chip.checked = true;
  chip.dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("click", (event) => {
  const chip = event.target.closest?.("[data-custom-colour]");
  // showPicker needs a real gesture; arrow keys through the chips send clicks without one.
  if (chip && event.detail > 0) chip.form.elements[chip.dataset.customColour]?.showPicker?.();
});
