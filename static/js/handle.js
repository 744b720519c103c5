/** Handle: says in [data-handle-said] whether what is typed into [data-handle] can be had. */
const PAUSE_MS = 350;

function start(field, said) {
  let timer = 0;
  let running = null;

  async function ask() {
    running?.abort();
    const mine = (running = new AbortController());
    const handle = field.value.trim();
    if (!handle) return say("", "");
    try {
      const url = `${said.dataset.handleSaid}?handle=${encodeURIComponent(handle)}`;
      const answer = await fetch(url, { signal: mine.signal, headers: { "X-Requested-With": "fetch" } });
      // Not known: what is posted is checked anyway.
      if (!answer.ok || answer.redirected) return say("", "");
      const { is_free, text } = await answer.json();
      say(text, is_free ? "good" : "bad");
    } catch {
      if (!mine.signal.aborted) say("", "");
    }
  }
  function say(text, state) {
    said.textContent = text;
    said.dataset.state = state;
  }
  field.addEventListener("input", () => {
    clearTimeout(timer);
    say("", "");
    timer = setTimeout(ask, PAUSE_MS);
  });
}

const field = document.querySelector("input[data-handle]");
const said = document.querySelector("[data-handle-said]");
if (field && said) start(field, said);
