// How long the card at hand was in view. The clock stands still while the page is hidden, and after
// a minute without a key, a click or a movement.

const IDLE_MS = 60_000;
const TICK_MS = 1000;

const $ = (id) => document.getElementById(id);

let shown = "";
let spent = 0;
let runsSince = null;
let touched = performance.now();

const until = () => Math.min(performance.now(), touched + IDLE_MS);
const milliseconds = () => spent + (runsSince === null ? 0 : Math.max(0, until() - runsSince));

function run() {
  if (runsSince === null && !document.hidden) runsSince = performance.now();
}

function rest() {
  spent = milliseconds();
  runsSince = null;
}

function draw() {
  if (!$("clock")) return;
  const seconds = Math.floor(milliseconds() / 1000);
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  $("clock").textContent = runsSince === null ? `${time} paused` : time;
}

function touch() {
  if (performance.now() - touched > IDLE_MS) rest();
  touched = performance.now();
  run();
}

function tick() {
  if (runsSince !== null && performance.now() - touched > IDLE_MS) rest();
  draw();
}

// Call when a card has been drawn: the same card and facet go on, another begins.
export function timeCard() {
  const fields = $("placement")?.elements;
  const now = `${fields?.namedItem("card_id")?.value}-${fields?.namedItem("facet_id")?.value}`;
  if (now !== shown) {
    shown = now;
    spent = 0;
    runsSince = null;
    touched = performance.now();
  }
  run();
  draw();
}

// Writes the time into the form that is about to be sent.
export function noteTime(form) {
  const field = form.elements.namedItem("seconds");
  if (field) field.value = (milliseconds() / 1000).toFixed(1);
}

export function startTiming() {
  for (const type of ["keydown", "pointerdown", "pointermove", "wheel", "scroll"]) {
    document.addEventListener(type, touch, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : touch()));
  setInterval(tick, TICK_MS);
}
