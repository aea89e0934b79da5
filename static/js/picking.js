// Picking cards on the board, and the mover: the form of the piles a picked card can go to.

import { narrow } from "./find.js";
import { offerPile, takeOffer } from "./new-pile.js";
import { here, stand } from "./walking.js";

const $ = (id) => document.getElementById(id);
const selected = () => [...document.querySelectorAll(".mini.is-selected")];

export function picked() {
  const chosen = selected();
  return chosen.length ? chosen : [here()].filter(Boolean);
}

// Drawing the board anew would undo what is half done.
export const isTyping = () => selected().length > 0 || $("mover")?.hidden === false;

export function tellPicked() {
  const n = selected().length;
  const place = $("picked");
  if (!place) return;
  place.hidden = n === 0;
  place.firstElementChild.textContent = `${n} ${n === 1 ? "card" : "cards"} picked`;
}

let last = null; // a range begins at the card that was picked last

function mark(mini, isPicked) {
  mini.classList.toggle("is-selected", isPicked);
  const box = mini.querySelector("input[type=checkbox]");
  if (box) box.checked = isPicked;
}

export function pick(mini, isPicked) {
  mark(mini, isPicked);
  last = mini;
  tellPicked();
}

export function pickAll(minis, isPicked = true) {
  for (const mini of minis) mark(mini, isPicked);
  tellPicked();
}

export const unpick = () => pickAll(selected(), false);
export const pickAgain = (ids) => pickAll([...document.querySelectorAll(".mini")].filter((mini) => ids.includes(mini.dataset.card)));

export function pickRange(mini) {
  const row = [...mini.parentElement.querySelectorAll(":scope > .mini")];
  const [from, to] = [row.indexOf(last), row.indexOf(mini)].sort((a, b) => a - b);
  pickAll(from < 0 ? [mini] : row.slice(from, to + 1));
  last = mini;
}

export function openMover() {
  const mover = $("mover");
  const minis = picked();
  if (!mover || !minis.length) return;
  mover.querySelector("[data-what]").textContent =
    minis.length === 1 ? minis[0].dataset.key : `${minis.length} cards`;
  const keys = minis[0].dataset.keys.split(" ");
  for (const choice of mover.querySelectorAll(".choice")) {
    const box = choice.querySelector("input");
    const isChosen = keys.includes(choice.dataset.value);
    if (box) box.checked = isChosen;
    else choice.ariaPressed = String(isChosen);
  }
  for (const mini of minis) pick(mini, true);
  mover.hidden = false;
  // On touch a field that has the focus would cover the piles with a keyboard.
  $(matchMedia("(pointer: coarse)").matches ? "mover-name" : "find").focus();
}

export function closeMover() {
  const mover = $("mover");
  if (!mover || mover.hidden) return;
  mover.hidden = true;
  $("find").value = "";
  narrow($("find"), mover.querySelectorAll(".choices"));
  offerPile($("find"), mover);
}

export function onFind(event) {
  if (event.target.id !== "find") return;
  if (event.type === "keydown" && !["Enter", "Escape"].includes(event.key)) return;
  const first = narrow(event.target, $("mover").querySelectorAll(".choices"));
  offerPile(event.target, $("mover"));
  if (event.type !== "keydown") return;
  event.preventDefault();
  if (event.key === "Enter") {
    const found = event.shiftKey ? null : first;
    return event.target.value.trim() && (found ? found.click() : takeOffer());
  }
  closeMover();
  stand(here());
}
