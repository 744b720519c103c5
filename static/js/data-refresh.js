/**
 * Live fragments: swaps [data-refresh] elements for fresh ones when an event (stream.js) names
 * them, and every [data-refresh-every] seconds for what no event tells: others' places in a queue.
 */
const FOCUSABLE = "a,button,input,select,textarea,summary";
const TYPING = "textarea,select,input:not([type=checkbox],[type=radio],[type=submit])";
const drawn = new WeakMap();
const pending = new Map();
const asked = new Map();

const byUrl = (url) => document.querySelector(`[data-refresh="${CSS.escape(url)}"]`);

function isNamed({ dataset }, { kind, subject, data }) {
  const ids = [subject, ...Object.values(data ?? {})].map(String);
  if (dataset.refreshSubject && !ids.includes(dataset.refreshSubject)) return false;
  return (dataset.refreshOn ?? "").split(/\s+/).some((prefix) => prefix && kind.startsWith(prefix));
}

/** Nobody loses what they are typing or a dialog they are reading. */
const isOccupied = (element) =>
  element.querySelector("dialog[open]") || element.querySelector(":focus")?.matches(TYPING);

function restoreFocus(old, fresh, focus) {
  if (!focus) return;
  const place = [...old.querySelectorAll(FOCUSABLE)].indexOf(focus);
  const target =
    (focus.id && document.getElementById(focus.id)) || fresh.querySelectorAll(FOCUSABLE)[place] || fresh;
  if (target === fresh) fresh.tabIndex = -1;
  target.focus({ preventScroll: true });
}

function swap(old, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  if (!fresh || fresh.outerHTML === (drawn.get(old) ?? old.outerHTML)) return;
  drawn.set(fresh, fresh.outerHTML);
  for (const { id } of old.querySelectorAll("details[open][id]")) {
    fresh.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  }
  const focus = old.querySelector(":focus");
  old.replaceWith(fresh);
  restoreFocus(old, fresh, focus);
  const words = fresh.dataset.announce;
  if (words && words !== old.dataset.announce) document.getElementById("live").textContent = words;
  fresh.dispatchEvent(new CustomEvent("ryla:swapped", { bubbles: true }));
}

async function refresh(url) {
  if (pending.has(url)) return void pending.set(url, true);
  pending.set(url, false);
  asked.set(url, Date.now());
  try {
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
    const element = byUrl(url);
    if (answer.redirected) location.reload();
    else if (answer.status === 404 || answer.status === 410) element?.remove();
    else if (answer.status === 200 && element) {
      const html = await answer.text();
      if (isOccupied(element)) element.addEventListener("focusout", () => refresh(url), { once: true });
      else swap(element, html);
    }
  } catch {
    // Offline: the next event or poll will do.
  }
  const again = pending.get(url);
  pending.delete(url);
  if (again && byUrl(url)) refresh(url);
}

function refreshWhere(test) {
  for (const element of document.querySelectorAll("[data-refresh]")) {
    if (test(element)) refresh(element.dataset.refresh);
  }
}
document.addEventListener("ryla:event", ({ detail }) => refreshWhere((element) => isNamed(element, detail)));
document.addEventListener("ryla:poll", () => refreshWhere(() => true));

const born = Date.now();
setInterval(() => {
  if (document.hidden) return;
  refreshWhere(({ dataset: { refresh: url, refreshEvery: seconds } }) =>
    seconds && Date.now() - (asked.get(url) ?? born) >= seconds * 1000);
}, 1000);
