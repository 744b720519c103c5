/** Dialogs: [data-dialog-open="id"] opens the dialog of that id; a click on the backdrop closes it. */
function show(dialog) {
  if (dialog && !dialog.open) dialog.showModal();
}
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialogOpen);
    if (dialog) {
      event.preventDefault();
      show(dialog);
    }
  } else if (event.target instanceof HTMLDialogElement) {
    const box = event.target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right &&
      event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});
for (const dialog of document.querySelectorAll("dialog[data-dialog-now]")) show(dialog);
