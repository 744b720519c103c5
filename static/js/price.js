/**
 * Price: shows credits each × count (× factors) of a form[data-price]; the server stays the truth.
 * A fieldset[data-price-factor] counts its ticked boxes, and no fewer than its value says.
 */
function factor(element) {
  if (element.matches("fieldset")) {
    const ticked = element.querySelectorAll("input[type=checkbox]:checked").length;
    return Math.max(Number(element.dataset.priceFactor) || 0, ticked);
  }
  return Math.max(1, Number(element.value) || 1);
}

function total(form) {
  const chosen = form.querySelector("input[data-credits-each]:checked");
  const each = Number((chosen ?? form).dataset.creditsEach);
  const count = Math.max(1, Number(new FormData(form).get("count")) || 1);
  const factors = [...form.querySelectorAll("[data-price-factor]")].map(factor);
  return factors.reduce((product, value) => product * value, each * count);
}

function show(form) {
  const credits = total(form);
  if (!Number.isFinite(credits)) return;
  const outside = form.id ? [...document.querySelectorAll(`[data-price-for="${form.id}"]`)] : [];
  const find = (what) => [form, ...outside].flatMap((root) => [...root.querySelectorAll(what)]);
  for (const output of find("[data-price-total]")) output.textContent = credits.toLocaleString("en");
  for (const note of find("[data-price-short]")) {
    note.hidden = !("balance" in form.dataset) || credits <= Number(form.dataset.balance);
  }
}

for (const form of document.querySelectorAll("form[data-price]")) {
  show(form);
  form.addEventListener("input", () => show(form));
  form.addEventListener("reset", () => setTimeout(() => show(form)));
}
