/**
 * Calendar: a post ([data-move]) is dragged to another day ([data-day]), or moved by the arrow keys
 * while it has the focus: a day, or a week up and down. The server decides and says where it is.
 */
const KEYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const FOCUS = "calendar-focus";
const calendar = document.querySelector("[data-calendar]");
const live = document.getElementById("live");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
let dragged = null;

const parts = (day) => day.split("-").map(Number);
function dayAfter(day, count) {
  const [year, month, date] = parts(day);
  return new Date(Date.UTC(year, month - 1, date + count)).toISOString().slice(0, 10);
}

async function move(chit, day) {
  chit.classList.add("chit--moving");
  try {
    const body = new URLSearchParams({ day, csrfmiddlewaretoken: token() });
    const answer = await fetch(chit.dataset.move, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.error?.message);
    live.textContent = found.said;
    return true;
  } catch (error) {
    live.textContent = error.message || "It was not moved. Try again in a moment.";
    return false;
  } finally {
    chit.classList.remove("chit--moving");
  }
}

/** Into its new day, by the hour; a day that is not shown is turned to. */
function place(chit, day) {
  const cell = calendar.querySelector(`[data-day="${day}"]`);
  if (!cell) {
    sessionStorage.setItem(FOCUS, chit.getAttribute("href"));
    const url = new URL(location.href);
    url.searchParams.set("on", day);
    location.assign(url);
    return;
  }
  const hour = (one) => one.querySelector(".num").textContent;
  const later = [...cell.querySelectorAll(".chit")].find((one) => one !== chit && hour(one) > hour(chit));
  cell.insertBefore(chit, later ?? null);
  chit.focus();
}

async function go(chit, day) {
  if (day === chit.closest("[data-day]").dataset.day) return;
  if (await move(chit, day)) place(chit, day);
}

calendar?.addEventListener("keydown", (event) => {
  const chit = event.target.closest("[data-move]");
  const days = KEYS[event.key];
  if (!chit || !days || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!chit.classList.contains("chit--moving")) go(chit, dayAfter(chit.closest("[data-day]").dataset.day, days));
});
calendar?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-move]");
  if (dragged) event.dataTransfer.effectAllowed = "move";
});
calendar?.addEventListener("dragend", () => {
  dragged = null;
  for (const cell of calendar.querySelectorAll(".calendar__day--over")) cell.classList.remove("calendar__day--over");
});
calendar?.addEventListener("dragover", (event) => {
  const cell = event.target.closest("[data-day]");
  if (!dragged || !cell) return;
  event.preventDefault();
  for (const one of calendar.querySelectorAll("[data-day]")) one.classList.toggle("calendar__day--over", one === cell);
});
calendar?.addEventListener("drop", (event) => {
  const cell = event.target.closest("[data-day]");
  if (!dragged || !cell) return;
  event.preventDefault();
  go(dragged, cell.dataset.day);
});

const waited = sessionStorage.getItem(FOCUS);
if (waited) {
  sessionStorage.removeItem(FOCUS);
  calendar?.querySelector(`.chit[href="${CSS.escape(waited)}"]`)?.focus();
}
