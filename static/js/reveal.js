/** Reveal: the eye in a [data-reveal] field shows and hides the password. */
for (const button of document.querySelectorAll("[data-reveal-button]")) button.hidden = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal-button]");
  if (!button) return;
  const input = button.closest("[data-reveal]").querySelector("input");
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
});
document.addEventListener("submit", (event) => {
  // A revealed password must not end up in the browser's list of typed texts.
  for (const input of event.target.querySelectorAll("[data-reveal] input")) input.type = "password";
});
