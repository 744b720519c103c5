/** Autosave: posts a form[data-autosave] while it is being filled in and says so in [data-autosave-status]. */
const PAUSE_MS = 700;

function start(form) {
  const url = form.dataset.autosave || form.action;
  const place = form.querySelector("[data-autosave-status]") ?? document.querySelector("[data-autosave-status]");
  let timer = 0;
  let dirty = false;
  let running = null;

  const say = (text, state = "") => {
    if (!place) return;
    place.textContent = text;
    place.dataset.state = state;
  };
  const post = (extra) =>
    fetch(url, { method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, ...extra });

  async function save() {
    clearTimeout(timer);
    running?.abort();
    const mine = (running = new AbortController());
    dirty = false;
    say("Saving…");
    try {
      const answer = await post({ signal: mine.signal });
      if (answer.ok && !answer.redirected) say("Saved");
      else if (answer.redirected || answer.status === 403) say("Not saved: please sign in again", "bad");
      else if (answer.status < 500) say("Not saved yet: an answer needs a look", "bad");
      else throw new Error(String(answer.status));
    } catch {
      if (mine.signal.aborted) return;
      dirty = true;
      say(navigator.onLine ? "Not saved: trying again" : "Offline: kept on this screen", "bad");
      timer = setTimeout(save, 5000);
    }
  }

  const later = () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    running?.abort();
    dirty = false;
  });
  window.addEventListener("online", () => { if (dirty) save(); });
  window.addEventListener("pagehide", () => { if (dirty) post({ keepalive: true }).catch(() => {}); });
}

for (const form of document.querySelectorAll("form[data-autosave]")) start(form);
