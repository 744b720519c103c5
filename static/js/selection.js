/**
 * Selection: writes how many boxes of a form are ticked into its [data-selected-count], and shows
 * what needs a certain number of them, [data-selected-exactly="2"], only then.
 */
function count(form) {
  const ticked = [...form.elements].filter((box) => box.type === "checkbox" && box.checked).length;
  form.querySelector("[data-selected-count]").textContent = `${ticked} `;
  for (const part of form.querySelectorAll("[data-selected-exactly]")) {
    part.hidden = ticked !== Number(part.dataset.selectedExactly);
  }
}
for (const out of document.querySelectorAll("[data-selected-count]")) count(out.form);
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.querySelector("[data-selected-count]")) count(form);
});
