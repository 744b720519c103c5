/**
 * Offline: while somebody is signed in, a service worker (html[data-worker]) keeps the page that
 * says there is no network; where nobody is, it goes with all it kept.
 */
const NAMES = "ryla-offline-";

async function leave() {
  const registered = await navigator.serviceWorker.getRegistrations();
  await Promise.all(registered.map((one) => one.unregister()));
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(NAMES)).map((name) => caches.delete(name)));
}

// Only where pages come over a safe connection.
if ("serviceWorker" in navigator) {
  const { worker } = document.documentElement.dataset;
  // Without it everything works as before: a browser that refuses is not to be complained about.
  if (worker) navigator.serviceWorker.register(worker).catch(() => {});
  else leave().catch(() => {});
}
