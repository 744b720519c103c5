/** Strip: a row of cards to swipe starts at the chosen card and keeps the one with the focus in sight. */
function placeOf(card) {
  const row = card?.closest(".picker__row");
  if (!row || row.scrollWidth <= row.clientWidth) return null;
  const offset = card.getBoundingClientRect().left - row.getBoundingClientRect().left;
  return { row, left: row.scrollLeft + offset - (row.clientWidth - card.offsetWidth) / 2 };
}
function go(place) {
  if (place) place.row.scrollLeft = place.left;
}

// All are measured before the first moves: each move would have the whole page laid out again.
[...document.querySelectorAll(".option__input:checked")].map((input) => placeOf(input.closest(".option"))).forEach(go);
document.addEventListener("focusin", (event) => {
  if (event.target.matches(".option__input:focus-visible")) go(placeOf(event.target.closest(".option")));
});
