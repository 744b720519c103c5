/** Theme: applies the choice at once and stores it in the background; the form works without this. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]")) return;
  const choice = event.submitter?.value ?? "";
  event.preventDefault();
  const root = document.documentElement;
  if (choice) root.dataset.theme = choice;
  else delete root.dataset.theme;
  const meta = document.querySelector('meta[name="color-scheme"]');
  if (meta) meta.content = choice || "light dark";
  for (const button of document.querySelectorAll("[data-theme-form] button")) {
    button.setAttribute("aria-pressed", String(button.value === choice));
  }
  const body = new FormData(form);
  body.set("theme", choice);
  fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
});
