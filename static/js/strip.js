/** Strip: a row of cards to swipe starts at the chosen card and keeps the one with the focus in sight. */
function centre(card) {
  const row = card?.closest(".picker__row");
  if (!row || row.scrollWidth <= row.clientWidth) return;
  const offset = card.getBoundingClientRect().left - row.getBoundingClientRect().left;
  row.scrollLeft += offset - (row.clientWidth - card.offsetWidth) / 2;
}
for (const input of document.querySelectorAll(".option__input:checked")) centre(input.closest(".option"));
document.addEventListener("focusin", (event) => {
  if (event.target.matches(".option__input:focus-visible")) centre(event.target.closest(".option"));
});
