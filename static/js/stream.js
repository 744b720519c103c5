/**
 * Stream: one EventSource for the page; says "ryla:event" per event, "ryla:progress" per tick and
 * "ryla:poll" every 5 s while it fails.
 */
const POLL_MS = 5000;
const RETRY_MS = 15000;
const root = document.documentElement;
const needed = () => root.dataset.eventsUrl && document.querySelector("[data-refresh]");
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

let stream = null;
let polling = 0;
let retry = 0;
let lastId = root.dataset.eventsLastId ?? "";

function startPolling() {
  polling ||= setInterval(() => { if (!document.hidden) tell("ryla:poll"); }, POLL_MS);
}
function stopPolling() {
  clearInterval(polling);
  polling = 0;
}

function connect() {
  if (stream || !needed()) return;
  const url = new URL(root.dataset.eventsUrl, location.href);
  if (lastId) url.searchParams.set("after", lastId);
  stream = new EventSource(url, { withCredentials: true });
  stream.onopen = () => {
    // Without a last id nothing can be replayed: look once at everything.
    if (polling || !lastId) tell("ryla:poll");
    stopPolling();
  };
  stream.onmessage = (message) => {
    lastId = message.lastEventId || lastId;
    tell("ryla:event", JSON.parse(message.data));
  };
  // How far something is: no event, nothing to be replayed.
  stream.addEventListener("progress", (message) => tell("ryla:progress", JSON.parse(message.data)));
  // The server has too much to replay: look at everything and go on from its newest event.
  stream.addEventListener("reset", (message) => {
    lastId = message.lastEventId || lastId;
    tell("ryla:poll");
  });
  stream.onerror = () => {
    startPolling();
    if (stream?.readyState !== EventSource.CLOSED) return;
    disconnect();
    retry = setTimeout(connect, RETRY_MS);
  };
}

function disconnect() {
  clearTimeout(retry);
  stream?.close();
  stream = null;
}

// A hidden tab gives its connection back: browsers allow six per host; the id brings it up to date.
document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
window.addEventListener("pagehide", disconnect);
window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
connect();
