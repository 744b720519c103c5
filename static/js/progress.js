/** Progress: bars follow the ticks of the stream (stream.js) between two drawings of a fragment. */
const find = (name, value) => document.querySelectorAll(`[data-${name}="${CSS.escape(value)}"]`);

/** Only ever forward: ticks may overtake each other. */
function raise(bar, value) {
  if (!bar.hasAttribute("value") || bar.value < value) bar.value = value;
}

document.addEventListener("ryla:progress", ({ detail: { subject, job, percent } }) => {
  const bars = find("progress-item", subject);
  // Taken up since the fragment was drawn, which no event tells.
  if (!bars.length && find("progress-job", job).length) {
    const detail = { kind: "generation.image.progress", subject: job };
    document.dispatchEvent(new CustomEvent("ryla:event", { detail }));
  }
  for (const bar of bars) raise(bar, percent);
  for (const bar of find("progress-job", job)) {
    const parts = [...find("progress-part", job)].map((part) => part.value / 100);
    raise(bar, parts.reduce((sum, part) => sum + part, Number(bar.dataset.progressDone)));
  }
});
