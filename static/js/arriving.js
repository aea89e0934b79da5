// How one card follows another in Focus: what is sent, what comes back, and what waits meanwhile.

import { keysAhead } from "./ahead.js";
import { showDefinition } from "./definitions.js";
import { fetchAhead, takeAhead } from "./fetching.js";
import { holdText, isUnsaid, isWriting, keepFields, noteSaid } from "./memo.js";
import { isOffline, isWaiting, save } from "./saving.js";
import { listRefused, say } from "./saying.js";
import { swap, visit } from "./swapping.js";
import { timeCard } from "./timing.js";

let swappedAt = -Infinity;
let isOnTheWay = false;
let heldBack = "";
let expected = ""; // the address of a card that is shown before the server has said so

const $ = (id) => document.getElementById(id);
export const isBusy = () => isOnTheWay || (isWaiting() && !isOffline());
export const msSinceSwap = () => performance.now() - swappedAt;
export const { inTurn, catchUp, forget, drop } = keysAhead(isBusy, () => Boolean(expected));

export function settle() {
  document.documentElement.classList.add("has-scripts");
  timeCard();
  const chosen = document.querySelector(".choice[aria-pressed=true], .choice:has(:checked), .choice[data-chosen=true]");
  showDefinition((chosen ?? document.querySelector(".choice[data-tone]"))?.dataset.value);
}

function focusOn(kept) {
  const target = kept && $(kept);
  (target || document.querySelector("[role=alert].notice, #card-title"))?.focus({ preventScroll: Boolean(target) });
  if (!target) window.scrollTo({ top: 0 });
}

// Draws the page that came, unless a memo is being written: then it comes when the pen is put down.
function show(page, address, keepFocus) {
  heldBack = isWriting() ? address || location.href : "";
  if (heldBack) {
    forget();
    return true;
  }
  const focused = keepFocus ? document.activeElement?.id : "";
  const settleText = holdText();
  if (!swap(page, address)) return false;
  swappedAt = performance.now();
  settle();
  const { unsaid, isFinding } = settleText();
  if (!isFinding) focusOn(focused);
  if (unsaid) judge(unsaid.form, unsaid.fields);
  catchUp();
  return true;
}

// Another kind of page is loaded; until it stands, no key may reach the card that was judged.
function leave(address) {
  isOnTheWay = true;
  forget();
  const load = () => location.assign(address);
  if (!isUnsaid()) return load();
  judge($("placement"), keepFields(), load, (words) => {
    isOnTheWay = false;
    say("refused", words);
  });
}

export function arrive(page, address, keepFocus = false) {
  if (!show(page, address, keepFocus)) return leave(address);
  fetchAhead();
}

// A judgement is on its way: the card that most likely follows is shown at once. Keys wait all the
// same until the server has answered.
export function showAhead() {
  const ahead = takeAhead();
  if (!ahead) return;
  expected = ahead.address;
  show(ahead.page, ahead.address, false);
}

const isShown = (page) => ["card_id", "facet_id"].every(
  (name) => page.querySelector(`#placement [name=${name}]`)?.value === $("placement")?.elements.namedItem(name)?.value,
);

// The answer to a judgement. If it brings the card that is shown already, only what the judgement
// changed around it is drawn anew; if not, the keys that were pressed were meant for another card.
export function follow(page, address, keepFocus) {
  const wasShown = expected;
  expected = "";
  if (wasShown !== address || !isShown(page)) {
    if (wasShown) drop();
    return arrive(page, address, keepFocus);
  }
  for (const part of ["#thread", ".facet-steps", "#foot-ways"]) {
    const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
    if (old && fresh) old.replaceWith(fresh);
  }
  $("sort").dataset.ahead = page.getElementById("sort").dataset.ahead;
  fetchAhead();
  catchUp();
}

export async function go(address, push = true, beforeDrawing = () => {}) {
  isOnTheWay = true;
  expected = "";
  const draw = (page, at) => {
    beforeDrawing();
    isOnTheWay = false;
    const stands = show(page, at, false);
    if (stands) fetchAhead();
    return stands;
  };
  const hasArrived = await visit(address, { push, draw });
  isOnTheWay = hasArrived === false;
  if (hasArrived === null) say("refused", "No connection: this card stays until there is one");
  if (!hasArrived) forget();
}

// What is written goes with the card before the page does.
export function goKeeping(address, way = go) {
  if (!isUnsaid()) return way(address);
  judge($("placement"), keepFields(), () => way(address), refuse);
}

// The pen was put down: the page that was held back may come.
export function release() {
  if (heldBack) goKeeping(heldBack);
}

export function refuse(words, page, address) {
  drop();
  expected = "";
  if (address) arrive(page, address);
  if (!address || heldBack) say("refused", words);
}

// Sends a judgement. The form counts its turns along, since what comes next may be sent before the
// answer; after a refusal the turn and the text are open again.
export function judge(form, fields, done = catchUp, refused = null) {
  const label = form.dataset.cardKey;
  const turn = form.elements.namedItem("seen_turn");
  turn.value = Number(turn.value) + 1;
  noteSaid(form);
  save({ url: form.action, fields, label }, done, (page, words, address) => {
    turn.value = Number(turn.value) - 1;
    delete form.dataset.said;
    if (refused) return refused(words, page, address);
    listRefused({ label, fields }, words);
    catchUp();
  });
}
