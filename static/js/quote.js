/**
 * Quote: a form[data-quote] always carries the signed quote of what it says now (input[name=quote]):
 * asked for anew when it changes and before it gets old. The server refuses what does not match.
 * What else follows the form comes along by name, for its [data-quote-part].
 */
const PAUSE_MS = 250;
const FRESH_MS = 5 * 60 * 1000;
const LOOK_MS = 30 * 1000;
const states = new WeakMap();

const born = Date.now();
const formOf = (element) => element?.closest?.("form[data-quote]");
const totalOf = (form) => form.querySelector("[data-price-total]");

function stateOf(form) {
  if (!states.has(form)) states.set(form, { timer: 0, running: null, at: born });
  return states.get(form);
}

async function fetchQuote(form) {
  const body = new FormData(form);
  body.set("recipe", form.dataset.quote);
  const answer = await fetch(form.dataset.quoteUrl, { method: "POST", body, redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function show(form, { quote, credits, words, parts }) {
  const total = totalOf(form);
  // A price that stands in the text cannot follow: the old quote is refused, with the new price.
  if (!total && String(credits) !== form.dataset.quoteCredits) return;
  if (total) total.textContent = credits.toLocaleString("en");
  form.elements.quote.value = quote;
  const place = form.querySelector("[data-quote-expected]");
  if (place && place.innerHTML !== words) place.innerHTML = words;
  for (const [name, html] of Object.entries(parts ?? {})) {
    const part = form.querySelector(`[data-quote-part="${name}"]`);
    if (part && part.innerHTML !== html) part.innerHTML = html;
  }
}

/** Settles when the form's quote is that of what it says, or when there is none to be had. */
function ask(form) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = 0;
  const mine = (state.running = (async () => {
    try {
      const quote = await fetchQuote(form);
      if (state.running !== mine) return state.running;
      if (state.timer) return undefined;  // of what the form no longer says: the next is coming
      show(form, quote);
      state.at = Date.now();
    } catch {
      // Offline, or signed out: sending the form will say so.
    }
    if (state.running === mine) state.running = null;
  })());
  return mine;
}

function changed({ target }) {
  const form = formOf(target);
  if (!form) return;
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => ask(form), PAUSE_MS);
}

function renewOld() {
  if (document.hidden) return;
  for (const form of document.querySelectorAll("form[data-quote]")) {
    if (Date.now() - stateOf(form).at > FRESH_MS) ask(form);
  }
}

// Pressed before the quote of the last change came: wait for it, and go on if the price is the
// one that was pressed for. Captured, before submit-once.js holds the form.
document.addEventListener("submit", async (event) => {
  const form = formOf(event.target);
  const state = form && stateOf(form);
  if (!state || !(state.timer || state.running)) return;
  event.preventDefault();
  event.stopPropagation();
  const pressedFor = totalOf(form)?.textContent;
  await (state.timer ? ask(form) : state.running);
  const total = totalOf(form)?.textContent;
  if (total === pressedFor) form.requestSubmit(event.submitter);
  else document.getElementById("live").textContent = `It costs ${total} credits now. Press again if that is right.`;
}, true);

document.addEventListener("input", changed);
document.addEventListener("change", changed);
document.addEventListener("visibilitychange", renewOld);
window.addEventListener("pageshow", renewOld);
setInterval(renewOld, LOOK_MS);
