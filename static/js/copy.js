/** Copy: the button of a [data-copy] block copies the text of its [data-copy-source]. */
const DONE_MS = 2500;

function prepare(root) {
  for (const button of root.querySelectorAll("[data-copy-button][hidden]")) button.hidden = false;
}
prepare(document);
document.addEventListener("ryla:swapped", (event) => prepare(event.target));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-button]");
  if (!button) return;
  const source = button.closest("[data-copy]").querySelector("[data-copy-source]");
  const text = source.value ?? source.textContent;
  const label = button.querySelector("[data-copy-label]");
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    source.select?.();
    said = "Press Ctrl+C";
  }
  label.dataset.was ??= label.textContent;
  label.textContent = said;
  document.getElementById("live").textContent = said;
  setTimeout(() => { label.textContent = label.dataset.was; }, DONE_MS);
});
