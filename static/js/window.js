/**
 * Window: a [data-window] list of pages goes on by itself. When its end comes near, the page beyond
 * it is fetched from data-window; pages far off are emptied and keep their height. The address
 * follows the page in sight, so that reload and Back come to the same place. Whatever fails, the
 * links between the pages are there again.
 */
const SCREENS_KEPT = 3;
const SCREENS_AHEAD = 1.5;
const SETTLED_MS = 200;
const BOX = ".shot__select input";
const list = document.querySelector("[data-window]");
const links = document.querySelector(".pagination");
const pages = new Map();
const near = new Set();
const loading = new Set();
const tell = (name, page) => page.dispatchEvent(new CustomEvent(name, { bubbles: true }));
const idsOf = (page) => [...page.querySelectorAll(BOX)].map((box) => box.value);

/** Ids sort by time, newest first; the newest page may hold tiles without any. */
function remember(page, search) {
  const ids = idsOf(page);
  pages.set(page, { search, newest: ids[0] ?? "", oldest: ids.at(-1) ?? "" });
  kept.observe(page);
}

function searchOf(url) {
  const query = new URL(url, location.href).searchParams;
  query.delete("select");
  return query.size ? `?${query}` : "";
}

function withoutCursor(search) {
  const query = new URLSearchParams(search);
  for (const name of ["before", "after"]) query.delete(name);
  return query.size ? `?${query}` : "";
}

async function fetchPage(search) {
  const answer = await fetch(list.dataset.window + search, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-window-page]");
  return document.adoptNode(page);
}

function dropWhere(page, test) {
  for (const box of page.querySelectorAll(BOX)) if (test(box.value)) box.closest(".shot").remove();
}

/** One at a time for each side; a failure brings the links back. */
async function once(key, work) {
  if (loading.has(key)) return;
  loading.add(key);
  list.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch {
    giveUp();
  } finally {
    loading.delete(key);
    if (!loading.size) list.removeAttribute("aria-busy");
  }
}

function giveUp() {
  end.disconnect();
  if (!links) return;
  links.hidden = false;
  const older = list.lastElementChild.dataset.older;
  const link = links.querySelector("[rel=next]");
  if (older && link) link.href = older;
  else link?.remove();
}

const append = () =>
  once("older", async () => {
    const last = list.lastElementChild;
    if (!last.dataset.older) return void end.disconnect();
    const search = searchOf(last.dataset.older);
    const page = await fetchPage(search);
    last.dataset.older = "";
    list.append(page);
    remember(page, search);
    tell("ryla:filled", page);
    again(end, sentinel);
    comeBack();
  });

/** What is above pushes down what is in sight: scrolled back by as much. */
const prepend = () =>
  once("newer", async () => {
    const first = list.firstElementChild;
    if (!first.dataset.newer) return;
    const search = searchOf(first.dataset.newer);
    const page = await fetchPage(search);
    first.dataset.newer = "";
    // Near the start a page begins with the newest, and overlaps.
    dropWhere(page, (id) => id <= pages.get(first).newest);
    if (!page.children.length) return;
    const before = first.getBoundingClientRect().top;
    list.prepend(page);
    remember(page, page.dataset.newer ? search : withoutCursor(search));
    window.scrollBy({ top: first.getBoundingClientRect().top - before, behavior: "instant" });
    tell("ryla:filled", page);
  });

function empty(page) {
  if (page.contains(document.activeElement) || !page.children.length) return;
  tell("ryla:emptying", page);
  page.style.blockSize = `${page.offsetHeight}px`;
  page.replaceChildren();
}

const fill = (page) =>
  once(page, async () => {
    const { search, newest, oldest } = pages.get(page);
    const fresh = await fetchPage(search);
    dropWhere(fresh, (id) => id > newest || id < oldest);
    page.replaceChildren(...fresh.children);
    page.style.blockSize = "";
    tell("ryla:filled", page);
  });

function again(observer, element) {
  observer.unobserve(element);
  observer.observe(element);
}

const margin = (screens) => ({ rootMargin: `${100 * screens}% 0px` });
const kept = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) near.add(target);
    else near.delete(target);
    if (!isIntersecting) empty(target);
    else if (!target.children.length) fill(target);
  }
}, margin(SCREENS_KEPT));
const end = new IntersectionObserver(([entry]) => entry.isIntersecting && append(), margin(SCREENS_AHEAD));
const sentinel = document.createElement("div");

// --- The place ---------------------------------------------------------------------------------

let lastY = 0;
let settled = 0;
let wanted = history.state?.windowOffset ?? null;

/** How far the top of the page in sight lies above the screen's goes with its address. */
function note() {
  const inSight = (page) => page.getBoundingClientRect().bottom > innerHeight / 3;
  const page = [...list.children].filter((one) => near.has(one)).find(inSight);
  if (!page) return;
  const { search } = pages.get(page);
  const windowOffset = -Math.round(page.getBoundingClientRect().top);
  history.replaceState({ ...history.state, windowOffset }, "", location.pathname + search);
  const all = document.querySelector("[data-select-all]");
  if (all) all.href = `${search || "?"}${search ? "&" : ""}select=all`;
}

/** Twice: what is below may have to come first. */
function comeBack() {
  if (wanted === null) return;
  const top = list.firstElementChild.getBoundingClientRect().top + scrollY + wanted;
  window.scrollTo({ top, behavior: "instant" });
  if (Math.abs(scrollY - Math.max(0, top)) < 2) wanted = null;
  lastY = scrollY;
}

function onScroll() {
  const up = scrollY < lastY;
  lastY = scrollY;
  if (up && list.firstElementChild.getBoundingClientRect().top > -SCREENS_AHEAD * innerHeight) prepend();
  clearTimeout(settled);
  settled = setTimeout(note, SETTLED_MS);
}

if (list) {
  history.scrollRestoration = "manual";
  if (links) links.hidden = true;
  list.after(sentinel);
  remember(list.firstElementChild, searchOf(location.href));
  comeBack();
  end.observe(sentinel);
  for (const name of ["wheel", "touchstart", "keydown"]) {
    addEventListener(name, () => { wanted = null; }, { passive: true, once: true });
  }
  addEventListener("scroll", onScroll, { passive: true });
  addEventListener("pagehide", note);
}
