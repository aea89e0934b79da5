// Focus: every act is saved in the background, and the next card takes the place of this one.

import {
  arrive, drop, follow, go, goKeeping, inTurn, isBusy, judge, msSinceSwap, refuse, release, settle, showAhead,
} from "./arriving.js";
import { showDefinition, startDefinitions } from "./definitions.js";
import { fetchAhead, takeAhead } from "./fetching.js";
import { narrow } from "./find.js";
import { startFolds } from "./folds.js";
import { showMap, startKeys } from "./keys.js";
import { isUnsaid, isWriting } from "./memo.js";
import { offerPile, openNewPile, takeOffer } from "./new-pile.js";
import { startOwnTabs } from "./own-tabs.js";
import { startResting } from "./resting.js";
import { isOffline, save, startSaving } from "./saving.js";
import { parse } from "./swapping.js";
import { noteTime, startTiming } from "./timing.js";

const DEAF_AFTER_SWAP_MS = 250;

const $ = (id) => document.getElementById(id);
const form = () => $("placement");
const click = (selector) => {
  const found = document.querySelector(selector);
  found?.click();
  return Boolean(found);
};

// Until the answer is there the choice is shown on the card; offline it stays like that.
function mark(sent, button) {
  for (const other of sent.querySelectorAll(".choice[aria-pressed]")) other.ariaPressed = String(other === button);
}

const makesPile = (button, fields) =>
  button?.value === "new_pile" && fields.some(([name, value]) => name === "new_pile" && value.trim());

function send(sent, button) {
  noteTime(sent);
  const fields = [...new FormData(sent, button)];
  const isStaying = Boolean(button?.matches("[data-stay]"));
  if (sent.dataset.act === "place") {
    judge(sent, fields, (html, address) => follow(parse(html), address, isStaying), refuse);
    mark(sent, button?.matches(".choice") ? button : null);
    if (makesPile(button, fields)) takeAhead(); // the card that was fetched knows nothing of the pile
    else if (!isStaying) showAhead();
  } else {
    const act = { url: sent.action, fields, label: sent.dataset.cardKey };
    save(act, (html, address) => arrive(parse(html), address), (page, words, address) => refuse(words, page, address));
  }
}

function onSubmit(event) {
  const sent = event.target;
  if (!sent.dataset.act) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (isBusy()) return;
  send(sent, event.submitter);
}

function onClick(event) {
  // The second click of a double-click lands on the next card, which nobody has read yet.
  const isEcho = event.detail > 1 || msSinceSwap() < DEAF_AFTER_SWAP_MS;
  if (event.detail && isEcho && event.target.closest(".choice")) return event.preventDefault();
  const link = event.target.closest("a[href]:not([target], [download], [href^='#'])");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || isOffline()) return;
  if (!link.matches("[data-swap]") && !isUnsaid()) return;
  event.preventDefault();
  if (link.matches("[data-swap]") && isBusy()) return;
  goKeeping(link.href, link.matches("[data-swap]") ? go : (address) => location.assign(address));
}

function goOn() {
  const box = document.querySelector("[data-go-on]");
  if (box) form().requestSubmit(box);
  else click("[data-way=ArrowRight]");
}

function onFind(event) {
  if (event.target.id !== "find") return;
  if (event.type === "keydown" && !["Enter", "Escape"].includes(event.key)) return;
  const lists = $("placement").querySelectorAll(".choices:not(.choices-other)");
  const first = narrow(event.target, lists);
  offerPile(event.target, $("placement"));
  showDefinition(first?.dataset.value);
  if (event.type !== "keydown") return;
  event.preventDefault();
  if (event.key === "Enter" && event.target.value.trim()) {
    inTurn(first && !event.shiftKey ? () => first.click() : takeOffer)();
  }
  event.target.value = "";
  narrow(event.target, lists);
  offerPile(event.target, $("placement"));
  $("card-title")?.focus();
}

const choose = inTurn((name) => click(`#placement [data-letter="${CSS.escape(name)}"]`));
const sure = inTurn((name) => click(`.confidence input[value="${name}"]`));
const way = inTurn((name) => click(`[data-way="${name}"]`));
const write = (name) => $(name === "," ? "memo" : "find")?.focus();

startKeys({
  letter: choose, 0: choose, 9: choose, 8: choose, 1: sure, 2: sure, 3: sure,
  "/": inTurn(write, { leadsToText: true }), ",": inTurn(write, { leadsToText: true }),
  "+": inTurn(openNewPile, { leadsToText: true }),
  ".": inTurn(() => click("[data-act=park] button")),
  "#": inTurn(() => click(".segment a:not([aria-current])")),
  "!": inTurn(() => click("[data-act=suggest] button")),
  "=": inTurn(() => click("#like-it-fold > summary")),
  "?": showMap,
  Enter: inTurn(goOn), Backspace: inTurn(() => click("[data-act=undo] button")),
  "Shift+Backspace": inTurn(() => click("[data-act=redo] button")),
  ArrowLeft: way, ArrowRight: way, "<": way, ">": way,
});
// Nobody asked for what comes now: a hand that types meanwhile has not read it.
const drawAnew = async () => {
  drop();
  await go(location.href, false, drop);
};
startSaving($("sort").dataset.desk, drawAnew);
window.addEventListener("submit", onSubmit, { capture: true });
document.addEventListener("click", onClick);
for (const type of ["input", "keydown"]) document.addEventListener(type, onFind);
startDefinitions();
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.target.id !== "memo") return;
  $("card-title")?.focus();
  release();
});
window.addEventListener("popstate", () => goKeeping(location.href, (address) => go(address, false)));
window.addEventListener("beforeunload", (event) => isUnsaid() && event.preventDefault());
settle();
fetchAhead();
// The address without a card means "where I go on"; going back leads to this card.
history.replaceState(null, "", document.querySelector(".segment [aria-current]").href);
startOwnTabs({ isBusy, isTyping: () => isUnsaid() || isWriting(), refresh: drawAnew, show: () => goKeeping(location.href, drawAnew) });
startFolds();
startResting();
startTiming();
