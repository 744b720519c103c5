/** Favourite option: the star on an option is sent in the background; it comes first from the next page on. */
document.addEventListener("click", async (event) => {
  const star = event.target.closest("[data-favourite-option]");
  if (!star) return;
  event.preventDefault();
  const was = star.getAttribute("aria-pressed") === "true";
  const name = star.value.replace(/:(on|off)$/, "");
  const body = new FormData();
  body.set("csrfmiddlewaretoken", star.form.elements.csrfmiddlewaretoken.value);
  body.set("favourite", star.value);
  const set = (isOn) => {
    star.setAttribute("aria-pressed", String(isOn));
    star.value = `${name}:${isOn ? "off" : "on"}`;
  };
  const say = (words) => { document.getElementById("live").textContent = words; };
  set(!was);
  try {
    const answer = await fetch(star.form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    say(was ? `${star.dataset.favouriteOption} is no favourite any more.` : `${star.dataset.favouriteOption} comes first from now on.`);
  } catch {
    set(was);
    say("That did not work. Please try again.");
  }
});
