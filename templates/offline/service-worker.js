/**
 * Answers with one page where there is no network. Keeps that page and its static files, and
 * nothing of anybody's account; js/offline.js takes the worker and what it keeps away when nobody
 * is signed in any more.
 */
const KEPT = {{ kept|safe }};

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(KEPT.name)
      .then((cache) => cache.addAll([KEPT.page, ...KEPT.files].map((url) => new Request(url, { credentials: "omit" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("ryla-offline-") && name !== KEPT.name).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/** Files that are saved and not shown go past the worker, however long they take. */
const isDownload = (path) => /\/(download|origin)\/|\.json$|^\/(api|admin|events)\//.test(path);
// By their paths: a style sheet names its fonts without the stamp behind the question mark.
const paths = KEPT.files.map((file) => new URL(file, location).pathname);
const kept = async (url) => (await (await caches.open(KEPT.name)).match(url, { ignoreSearch: true })) ?? Response.error();

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || isDownload(url.pathname)) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(KEPT.page)));
  else if (paths.includes(url.pathname)) event.respondWith(fetch(request).catch(() => kept(request)));
});
