/**
 * Album: a button [data-album-choose] asks in a dialog which album the ticked pictures go into, where
 * without scripts a page would. In the form [data-album-choices], there or on that page, the albums
 * follow what is typed; Enter and the arrow down lead to the first of them.
 */
const PAUSE_MS = 200;
const dialog = document.getElementById("album-dialog");
let asked = 0;
let pause = 0;

async function fetchChoices(address, body) {
  const answer = await fetch(address, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const form = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-album-choices]");
  if (!form) throw new Error("Nothing to choose from");
  return document.adoptNode(form);
}

/** The answer for the text typed last, whichever comes last. */
async function find(form) {
  const turn = ++asked;
  try {
    const fresh = await fetchChoices(form.dataset.albumChoices, new FormData(form));
    if (turn !== asked) return;
    form.querySelector("[data-album-found]").replaceWith(fresh.querySelector("[data-album-found]"));
  } catch {
    document.getElementById("live").textContent = "The albums could not be found. Please try again.";
  }
}

function bind(form) {
  const field = form.querySelector("[data-album-find]");
  form.querySelector("[data-album-find-go]").hidden = true;
  const first = () => form.querySelector("[data-album-found] button");
  field.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => find(form), PAUSE_MS);
  });
  field.addEventListener("keydown", async (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    clearTimeout(pause);
    await find(form);
    first()?.focus();
  });
  form.addEventListener("keydown", (event) => {
    if (event.target === field || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const all = [...form.querySelectorAll("[data-album-found] button")];
    const next = all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    (next < 0 ? field : all[Math.min(next, all.length - 1)]).focus();
  });
}

async function choose(button) {
  const { form } = button;
  const place = dialog.querySelector("[data-album-body]");
  const body = new FormData(form, button);
  body.set("next", location.pathname + location.search);
  try {
    const choices = await fetchChoices(button.getAttribute("formaction") ?? form.action, body);
    place.replaceChildren(choices);
    dialog.querySelector(".dialog__title").textContent = choices.dataset.title;
    bind(choices);
    for (const menu of form.querySelectorAll("details[data-menu][open]")) menu.open = false;
    dialog.showModal();
    choices.querySelector("[data-album-find]").focus();
  } catch {
    // The page says what is the matter.
    delete button.dataset.albumChoose;
    button.click();
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-album-choose]");
  if (!button || !dialog) return;
  event.preventDefault();
  choose(button);
});
for (const form of document.querySelectorAll("[data-album-choices]")) bind(form);
