/** Toggle: a form[data-toggle] is posted in the background and its aria-pressed button flips. */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-toggle]")) return;
  event.preventDefault();
  const button = form.querySelector("[aria-pressed]");
  const was = button.getAttribute("aria-pressed");
  const set = (value) => button.setAttribute("aria-pressed", value);
  set(String(was !== "true"));
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "fetch" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
  } catch {
    set(was);
    document.getElementById("live").textContent = "That did not work. Please try again.";
  }
});
