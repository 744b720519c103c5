/** Balance: a fragment drawn anew that knows it ([data-balance]) brings the header up to date. */
document.addEventListener("ryla:swapped", ({ target }) => {
  const balance = Number(target.dataset.balance ?? NaN);
  if (Number.isNaN(balance)) return;
  for (const place of document.querySelectorAll("[data-balance-shown]")) {
    place.textContent = balance.toLocaleString("en");
  }
});
