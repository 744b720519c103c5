/**
 * Keys: [data-key="ArrowLeft"] is pressed by that key; [data-keys] names them and is shown where
 * there is a script to obey them. Not while one types or a dialog or menu is open.
 * [data-keys-switch] turns them off, for this browser, as single letters get in some people's way.
 * [data-key-from="/path/"]: whoever came from there is brought back to it instead.
 */
const OFF = "ryla-keys-off";
const TYPING = "input, textarea, select, [contenteditable], [role=slider]";
const line = document.querySelector("[data-keys]");
const button = line?.querySelector("[data-keys-switch]");

function stored() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;  // storage is closed: the keys work, the choice lasts as long as the page
  }
}

let off = stored();

function show() {
  line.hidden = false;
  button.setAttribute("aria-pressed", String(!off));
  line.querySelector("[data-keys-names]").hidden = off;
}

function turn() {
  off = !off;
  try {
    localStorage.setItem(OFF, off ? "1" : "0");
  } catch {
    // as above
  }
  show();
}

function cameFrom(path) {
  if (!path || !document.referrer) return "";
  const url = new URL(document.referrer);
  return url.origin === location.origin && url.pathname === path ? url.href : "";
}

function press(event) {
  if (off || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.repeat || event.target.closest?.(TYPING)) return;
  if (document.querySelector("dialog[open], details[data-menu][open]")) return;
  // Zoomed in, the arrows move the page.
  if (event.key.startsWith("Arrow") && document.documentElement.scrollWidth > innerWidth) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return;
  event.preventDefault();
  const back = cameFrom(target.dataset.keyFrom);
  if (back) location.assign(back);
  else target.click();
}

if (line) {
  show();
  button.addEventListener("click", turn);
  // Captured: a menu that this very key closes must still count as open.
  document.addEventListener("keydown", press, true);
}
