/** Toasts: notes can be dismissed; good news leaves by itself, bad news stays. */
const GOOD_NEWS_MS = 7000;

for (const toast of document.querySelectorAll("[data-toast]")) {
  const close = toast.querySelector("[data-toast-close]");
  close.hidden = false;
  close.addEventListener("click", () => toast.remove());
  if (toast.matches(".toast--error, .toast--warning")) continue;
  let timer = setTimeout(() => toast.remove(), GOOD_NEWS_MS);
  for (const kind of ["pointerenter", "focusin"]) toast.addEventListener(kind, () => clearTimeout(timer));
  for (const kind of ["pointerleave", "focusout"]) {
    toast.addEventListener(kind, () => {
      clearTimeout(timer);
      timer = setTimeout(() => toast.remove(), GOOD_NEWS_MS);
    });
  }
}
