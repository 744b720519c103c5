/**
 * History: [data-history="undo"] opens with the first change of its form, which autosave keeps;
 * Ctrl+Z and Shift+Ctrl+Z (or Ctrl+Y) press undo and redo. While one types, the keys are the
 * browser's own.
 */
const TYPING = 'input:not([type="radio"], [type="checkbox"], [type="color"]), textarea, select';

function open(event) {
  const undo = event.target.closest("form")?.querySelector('[data-history="undo"]');
  if (undo) undo.disabled = false;
}

function wanted(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return "";
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : "";
}

function press(event) {
  const which = wanted(event);
  if (!which || event.repeat || event.defaultPrevented || event.target.closest?.(TYPING)) return;
  const button = document.querySelector(`[data-history="${which}"]`);
  if (!button || button.disabled || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  button.click();
}

document.addEventListener("input", open);
document.addEventListener("change", open);
document.addEventListener("keydown", press);
