/**
 * Compare: in [data-compare] the radios of [data-compare-modes] show the pictures side by side or
 * one over the other; there the range [data-compare-at] says where the one ends and the other begins.
 */
const root = document.querySelector("[data-compare]");

function start() {
  const find = (name) => root.querySelector(`[data-compare-${name}]`);
  const [modes, side, over, at] = ["modes", "side", "over", "at"].map(find);

  function choose() {
    side.hidden = modes.querySelector(":checked").value === "over";
    over.hidden = !side.hidden;
  }

  function move() {
    over.style.setProperty("--at", `${at.value}%`);
  }

  const [below] = over.getElementsByTagName("img");
  over.style.setProperty("--shape", String(below.getAttribute("width") / below.getAttribute("height")));
  modes.hidden = false;
  modes.addEventListener("change", choose);
  at.addEventListener("input", move);
  choose();  // a browser may remember what was chosen
  move();
}

if (root) start();
