/**
 * Palette: Ctrl/⌘ K or a [data-palette-open] link opens the palette, which asks the server as one
 * types and is a combobox after the ARIA pattern: the focus stays in the field, arrows choose.
 */
const WAIT_MS = 120;
const dialog = document.querySelector("[data-palette]");
const input = dialog?.querySelector("[data-palette-input]");
const results = dialog?.querySelector("[data-palette-results]");
const said = dialog?.querySelector("[data-palette-said]");
let timer;
let asked;

const options = () => [...results.querySelectorAll("[role=option]")];
const chosen = () => results.querySelector("[aria-selected=true]");

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
}

function show(html) {
  const found = new DOMParser().parseFromString(html, "text/html").body.childNodes;
  results.replaceChildren(...found);
  const count = options().length;
  input.setAttribute("aria-expanded", String(count > 0));
  input.setAttribute("aria-controls", count > 0 ? "palette-list" : "palette-results");
  // What is typed leads somewhere at once; before that nothing is meant yet.
  choose(input.value.trim() ? options()[0] : null);
  if (input.value.trim()) said.textContent = count === 0 ? "Nothing found" : count === 1 ? "1 result" : `${count} results`;
}

async function ask() {
  asked?.abort();
  const mine = (asked = new AbortController());
  const url = `${dialog.dataset.url}?${new URLSearchParams({ q: input.value })}`;
  try {
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" }, signal: mine.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (mine === asked) show(html);
  } catch (error) {
    if (error.name === "AbortError") return;
    said.textContent = "The search does not answer. Press Enter to try the search page.";
    results.replaceChildren(Object.assign(document.createElement("p"), { className: "palette__none", textContent: said.textContent }));
    input.setAttribute("aria-expanded", "false");
    choose(null);
  }
}

function open() {
  if (!dialog.open) dialog.showModal();
  input.focus();
  input.select();
  ask();
}

function move(step) {
  const all = options();
  if (all.length === 0) return;
  const place = all.indexOf(chosen());
  const next = place < 0 ? (step > 0 ? 0 : all.length - 1) : (place + step + all.length) % all.length;
  choose(all[next]);
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    // A question that waits for its answer is not to be covered.
    if (document.querySelector("dialog[open]:not([data-palette])")) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette-open]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  dialog.querySelector("[data-palette-close]").addEventListener("click", () => dialog.close());
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && chosen()) chosen().click();
    else return;
    event.preventDefault();
  });
  // Also where the pages are the same and only the place changes (#password).
  results.addEventListener("click", (event) => {
    if (event.target.closest("a") && !event.ctrlKey && !event.metaKey) dialog.close();
  });
}
