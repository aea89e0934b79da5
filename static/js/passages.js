// Making a card of a passage: words selected in the document go into a small form, counted in
// whole characters of the text. Keys of cards stand in the page and are no part of the text.
import { startSelecting } from "./selecting.js";

const $ = (id) => document.getElementById(id);
const LONGEST_QUOTE = 400;

function shorten(words) {
  const letters = [...words];
  if (letters.length <= LONGEST_QUOTE) return words;
  const half = LONGEST_QUOTE / 2;
  return `${letters.slice(0, half).join("")} … ${letters.slice(-half).join("")}`;
}

function show(form, found) {
  form.elements.start.value = found.start;
  form.elements.stop.value = found.stop;
  $("passage-quote").textContent = shorten(found.words.trim());
  if (!form.hidden) return;
  form.hidden = false;
  $("passage-said").textContent = "A form below the text makes the selected words a card.";
}

function drop(form) {
  form.hidden = true;
  document.getSelection().removeAllRanges();
}

function start() {
  const text = $("source-text");
  const form = $("passage-form");
  if (!text || !form) return;
  startSelecting(text, (found) => show(form, found));
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-drop]")) drop(form);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") drop(form);
  });
}

start();
