/**
 * Brush: in [data-brush] one paints over what is to be changed, with mouse, finger or pen. The form
 * [data-brush-form] then carries it as the file `mask`: a PNG of the picture's size, white where it
 * is painted; the rectangle of the number fields [data-brush-part] is part of it. Two fingers move
 * and zoom. After a refusal (data-brush-restore) what was painted is there again.
 */
const STRIPES = ["#cc1138", "#fff6f4"];  // two colours: one of them shows on any picture
const ZOOM_MAX = 5;
const TALLEST = 0.78;  // of the window: the tools stay in sight
const KEPT = `ryla-brush:${location.pathname}`;

const root = document.querySelector("[data-brush]");
const find = (name) => root.querySelector(`[data-brush-${name}]`);

/** What one paints with, in the picture's own pixels. */
function stripes(context) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 4 * Math.max(2, Math.round(context.canvas.width / 160));
  const ink = tile.getContext("2d");
  const half = tile.width / 2;
  ink.fillStyle = STRIPES[0];
  ink.fillRect(0, 0, tile.width, tile.width);
  ink.strokeStyle = STRIPES[1];
  ink.lineWidth = half * Math.SQRT1_2 * 0.6;
  for (const from of [-half, half, 3 * half]) {
    ink.beginPath();
    ink.moveTo(from - tile.width, tile.width + half);
    ink.lineTo(from + tile.width, -tile.width + half);
    ink.stroke();
  }
  return context.createPattern(tile, "repeat");
}

function start() {
  const view = find("view");
  const stage = find("stage");
  const canvas = find("canvas");
  const ring = find("ring");
  const size = find("size");
  const form = find("form");
  const context = canvas.getContext("2d");
  const fingers = new Map();
  let strokes = [];
  let undone = [];
  let current = null;
  let pinch = null;
  let zoom = 1;
  let sending = false;
  let isInHand = false;  // painted with, and nothing else was pressed since

  const paint = stripes(context);

  // --- What is painted ---------------------------------------------------------------------------

  /** The rectangle of the number fields in pixels, once all four say something. */
  function part() {
    const fields = ["left", "top", "width", "height"].map((name) => form.elements[name]);
    if (fields.some((field) => field.value === "" || !field.validity.valid)) return null;
    const [left, top, width, height] = fields.map((field) => Number(field.value) / 100);
    return [left * canvas.width, top * canvas.height, width * canvas.width, height * canvas.height];
  }

  function draw(stroke, from = 0) {
    if (stroke.clear) {
      context.clearRect(0, 0, canvas.width, canvas.height);
      return;
    }
    context.globalCompositeOperation = stroke.erase ? "destination-out" : "source-over";
    context.strokeStyle = paint;
    context.fillStyle = paint;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.lineWidth = stroke.size;
    context.beginPath();
    if (from === 0) {
      context.arc(...stroke.points[0], stroke.size / 2, 0, 2 * Math.PI);
      context.fill();
      context.beginPath();
    }
    context.moveTo(...stroke.points[Math.max(0, from - 1)]);
    for (const point of stroke.points.slice(from)) context.lineTo(...point);
    context.stroke();
  }

  function drawPart() {
    const box = part();
    if (!box) return;
    context.globalCompositeOperation = "source-over";
    context.fillStyle = paint;
    context.fillRect(...box);
  }

  function isEmpty() {
    const since = strokes.slice(strokes.findLastIndex((stroke) => stroke.clear) + 1);
    return !part() && since.every((stroke) => stroke.erase);
  }

  function repaint() {
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (const stroke of strokes) draw(stroke);
    drawPart();
    say();
  }

  function say() {
    for (const button of root.querySelectorAll("[data-brush-do]")) {
      const does = button.dataset.brushDo;
      const isIdle =
        (does === "undo" && !strokes.length) || (does === "redo" && !undone.length) ||
        (does === "clear" && (!strokes.length || Boolean(strokes.at(-1).clear))) ||
        (does === "smaller" && zoom <= 1) || (does === "larger" && zoom >= ZOOM_MAX);
      // Not disabled: a button that is would lose the focus of whoever just pressed it.
      button.setAttribute("aria-disabled", String(isIdle));
    }
    const words = isEmpty() ? "Nothing is marked yet." : "What is striped is changed.";
    if (find("said").textContent !== words) find("said").textContent = words;
  }

  function add(stroke) {
    strokes.push(stroke);
    undone = [];
    say();
  }

  function undo() {
    if (!strokes.length) return;
    undone.push(strokes.pop());
    repaint();
  }

  function redo() {
    if (!undone.length) return;
    strokes.push(undone.pop());
    repaint();
  }

  // --- Zoom --------------------------------------------------------------------------------------

  function fit() {
    const widest = window.innerHeight * TALLEST * (canvas.width / canvas.height);
    stage.style.width = `${Math.min(view.clientWidth, widest) * zoom}px`;
  }

  /** The point of the picture under (x, y) of the window stays there. */
  function zoomTo(wanted, x, y) {
    const before = stage.getBoundingClientRect();
    const across = (x - before.left) / before.width;
    const down = (y - before.top) / before.height;
    zoom = Math.min(ZOOM_MAX, Math.max(1, wanted));
    fit();
    const after = stage.getBoundingClientRect();
    view.scrollLeft += after.left + across * after.width - x;
    view.scrollTop += after.top + down * after.height - y;
    say();
  }

  function zoomBy(factor) {
    const box = view.getBoundingClientRect();
    zoomTo(zoom * factor, box.left + box.width / 2, box.top + box.height / 2);
  }

  function spread() {
    const [one, two] = [...fingers.values()];
    const apart = Math.hypot(one.x - two.x, one.y - two.y);
    return { apart: Math.max(1, apart), x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
  }

  function movePinch() {
    const now = spread();
    zoomTo(zoom * (now.apart / pinch.apart), now.x, now.y);
    const top = view.scrollTop;
    view.scrollLeft += pinch.x - now.x;
    view.scrollTop += pinch.y - now.y;
    // The picture is at its end: the page moves on.
    window.scrollBy({ top: pinch.y - now.y - (view.scrollTop - top), behavior: "instant" });
    pinch = now;
  }

  // --- Mouse, fingers, pen -----------------------------------------------------------------------

  const scale = () => canvas.width / canvas.getBoundingClientRect().width;
  const brush = () => Math.max(1, (Number(size.value) / 100) * canvas.width);

  function pointOf(event) {
    const box = canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * canvas.width;
    return [Math.round(x), Math.round(((event.clientY - box.top) / box.height) * canvas.height)];
  }

  function showRing(event) {
    ring.hidden = event.pointerType === "touch";
    if (ring.hidden) return;
    const box = stage.getBoundingClientRect();
    const across = brush() / scale();
    ring.style.width = ring.style.height = `${across}px`;
    ring.style.left = `${event.clientX - box.left}px`;
    ring.style.top = `${event.clientY - box.top}px`;
  }

  function down(event) {
    if (event.pointerType === "touch") {
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (fingers.size === 2) {
        current = null;  // it was no stroke but the first of two fingers
        repaint();
        pinch = spread();
      }
      if (fingers.size > 1) return;
    }
    if (event.button !== 0 || current) return;
    event.preventDefault();
    // Who typed words and then paints undoes strokes, not words.
    if (document.activeElement?.matches("textarea, input")) document.activeElement.blur();
    canvas.setPointerCapture(event.pointerId);
    const erase = root.querySelector("[name=brush-mode]:checked").value === "erase";
    current = { pointer: event.pointerId, erase, size: brush(), points: [pointOf(event)] };
    draw(current);
  }

  function move(event) {
    showRing(event);
    if (fingers.has(event.pointerId)) {
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (pinch && fingers.size === 2) movePinch();
    }
    if (current?.pointer !== event.pointerId) return;
    const from = current.points.length;
    const all = event.getCoalescedEvents?.() ?? [];
    current.points.push(...(all.length ? all : [event]).map(pointOf));
    draw(current, from);
  }

  function up(event) {
    fingers.delete(event.pointerId);
    if (fingers.size < 2) pinch = null;
    if (current?.pointer !== event.pointerId) return;
    const { erase, size: width, points } = current;
    current = null;
    add({ erase, size: width, points });
    repaint();
  }

  // --- The file ----------------------------------------------------------------------------------

  function png() {
    const mask = document.createElement("canvas");
    mask.width = canvas.width;
    mask.height = canvas.height;
    const ink = mask.getContext("2d");
    ink.drawImage(canvas, 0, 0);
    for (const [how, colour] of [["source-in", "#fff"], ["destination-over", "#000"]]) {
      ink.globalCompositeOperation = how;
      ink.fillStyle = colour;
      ink.fillRect(0, 0, mask.width, mask.height);
    }
    const bytes = atob(mask.toDataURL("image/png").split(",")[1]);
    return new Blob([Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))], { type: "image/png" });
  }

  function keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(strokes));
    } catch {
      // Storage is closed or full: after a refusal one paints again.
    }
  }

  function restore() {
    try {
      if ("brushRestore" in root.dataset) strokes = JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
      sessionStorage.removeItem(KEPT);
    } catch {
      strokes = [];
    }
  }

  // --- Keys --------------------------------------------------------------------------------------

  function key(event) {
    if (event.target.closest?.("textarea, input:not([type=range], [type=radio])")) return;
    if (!isInHand && !root.matches(":hover") && !root.contains(document.activeElement)) return;
    const isCommand = event.ctrlKey || event.metaKey;
    const name = event.key.toLowerCase();
    if (isCommand && name === "z") event.shiftKey ? redo() : undo();
    else if (isCommand && name === "y") redo();
    else if (!isCommand && (name === "[" || name === "]")) {
      size.value = String(Number(size.value) + (name === "[" ? -2 : 2));
      ring.hidden = true;
    } else return;
    event.preventDefault();
  }

  const actions = {
    undo,
    redo,
    clear: () => { add({ clear: true }); repaint(); },
    smaller: () => zoomBy(1 / 1.5),
    larger: () => zoomBy(1.5),
  };

  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", () => { ring.hidden = true; });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-brush-do]:not([aria-disabled=true])");
    actions[button?.dataset.brushDo]?.();
  });
  form.addEventListener("input", ({ target }) => {
    if (target.matches("[data-brush-part]")) repaint();
  });
  form.addEventListener("submit", () => { sending = true; keep(); });
  form.addEventListener("formdata", ({ formData }) => {
    if (sending && !isEmpty()) formData.set("mask", png(), "mask.png");
    sending = false;
  });
  document.addEventListener("keydown", key);
  document.addEventListener("pointerdown", ({ target }) => { isInHand = root.contains(target) && !form.contains(target); });
  window.addEventListener("resize", fit);

  restore();
  canvas.hidden = false;
  find("tools").hidden = false;
  find("numbers").open = "brushNumbersOpen" in find("numbers").dataset;
  fit();
  repaint();
}

if (root) start();
