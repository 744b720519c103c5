/** Confirm: a form[data-confirm] (or a submit button with it) asks in #confirm-dialog before it is sent. */
const dialog = document.getElementById("confirm-dialog");
const agreed = new WeakSet();

function ask(words) {
  dialog.querySelector("#confirm-title").textContent = words.confirmTitle || "Are you sure?";
  dialog.querySelector("#confirm-text").textContent = words.confirm;
  const yes = dialog.querySelector("[data-confirm-yes]");
  yes.textContent = words.confirmAction || "Yes";
  yes.className = `btn btn--${words.confirmTone || "danger"}`;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const submitter = event.submitter;
  const words = submitter?.dataset.confirm ? submitter.dataset : form.dataset;
  if (!dialog || !words.confirm) return;
  if (agreed.delete(form)) return;
  event.preventDefault();
  if (await ask(words)) {
    agreed.add(form);
    // A live fragment may have been drawn anew meanwhile, and the button with it.
    form.requestSubmit(submitter?.form === form ? submitter : null);
  }
});
