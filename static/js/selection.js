/** Selection: writes how many boxes of a form are ticked into its [data-selected-count]. */
function count(form) {
  const ticked = [...form.elements].filter((box) => box.type === "checkbox" && box.checked).length;
  form.querySelector("[data-selected-count]").textContent = `${ticked} `;
}
for (const out of document.querySelectorAll("[data-selected-count]")) count(out.form);
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.querySelector("[data-selected-count]")) count(form);
});
