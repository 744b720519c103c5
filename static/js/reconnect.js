/**
 * Reconnect: the offline page asks for the page that was meant as soon as the site answers. A device
 * says it is online before anything can be reached, and knows nothing of a site that is away.
 */
const EVERY_MS = 3000;

async function tryAgain() {
  if (document.hidden) return;
  try {
    if (!(await fetch("/healthz", { cache: "no-store" })).ok) return;
    // At its own address it would only find itself again.
    if (location.pathname === "/offline/") location.replace("/");
    else location.reload();
  } catch {
    // Not yet.
  }
}
addEventListener("online", tryAgain);
document.addEventListener("visibilitychange", tryAgain);
setInterval(tryAgain, EVERY_MS);
