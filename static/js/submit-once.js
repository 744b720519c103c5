/** Submit once: a posted form shows that it is busy and cannot be sent twice; opt out: data-no-busy. */
const SAFETY_MS = 15000;
const busy = new Set();

function release(form) {
  busy.delete(form);
  form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll("[data-held]")) {
    button.disabled = false;
    button.removeAttribute("data-held");
    button.removeAttribute("aria-busy");
  }
}

function hold(form, submitter) {
  busy.add(form);
  form.setAttribute("aria-busy", "true");
  // The browser reads the form after this event: disable only then, or the button's value is lost.
  setTimeout(() => {
    if (!busy.has(form)) return;
    for (const button of form.querySelectorAll("button:not([disabled]):not([type=button])")) {
      button.disabled = true;
      button.dataset.held = "";
    }
    submitter?.setAttribute("aria-busy", "true");
  });
  setTimeout(() => release(form), SAFETY_MS);
}

window.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[data-no-busy], [data-toggle]")) return;
  if (busy.has(form)) event.preventDefault();
  else if (!event.defaultPrevented) hold(form, event.submitter);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of [...busy]) release(form);
});
