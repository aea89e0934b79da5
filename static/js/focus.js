// Focus: every act is saved in the background, and the next card takes the place of this one.

import { keysAhead } from "./ahead.js";
import { showDefinition, startDefinitions } from "./definitions.js";
import { narrow, showMap, startKeys } from "./keys.js";
import { isOffline, isWaiting, save, startSaving } from "./saving.js";
import { say } from "./saying.js";
import { parse, swap, visit } from "./swapping.js";

const DEAF_AFTER_SWAP_MS = 250;

let swappedAt = -Infinity;
let isOnTheWay = false;

const isBusy = () => isOnTheWay || (isWaiting() && !isOffline());
const { inTurn, catchUp, forget } = keysAhead(isBusy);

const $ = (id) => document.getElementById(id);
const form = () => $("placement");
const click = (selector) => {
  const found = document.querySelector(selector);
  found?.click();
  return Boolean(found);
};

const isDirty = () =>
  $("memo")?.value !== $("memo")?.defaultValue ||
  [...document.querySelectorAll(".confidence input")].some((radio) => radio.checked !== radio.defaultChecked);

function settle() {
  document.documentElement.classList.add("has-scripts");
  const chosen = document.querySelector(".choice[aria-pressed=true], .choice:has(:checked), .choice[data-chosen=true]");
  showDefinition((chosen ?? document.querySelector(".choice[data-tone]"))?.dataset.value);
}

function arrive(page, address, { keepFocus = false } = {}) {
  const focused = document.activeElement?.id;
  if (!swap(page, address)) return location.assign(address);
  swappedAt = performance.now();
  settle();
  const target = keepFocus && focused && $(focused);
  (target || document.querySelector("[role=alert].notice, #card-title"))?.focus({ preventScroll: Boolean(target) });
  if (!keepFocus) window.scrollTo({ top: 0 });
  catchUp();
}

async function go(address, push = true) {
  isOnTheWay = true;
  const hasArrived = await visit(address, { push });
  isOnTheWay = hasArrived === false;
  if (hasArrived === null) say("refused", "No connection: this card stays until there is one");
  if (!hasArrived) return forget();
  settle();
  $("card-title")?.focus();
  catchUp();
}

// Until the answer is there the choice is shown on the card; offline it stays like that.
function mark(sent, button) {
  for (const other of sent.querySelectorAll(".choice[aria-pressed]")) other.ariaPressed = String(other === button);
  const turn = sent.elements.namedItem("seen_turn");
  if (turn) turn.value = Number(turn.value) + 1;
}

function send(sent, button) {
  const fields = [...new FormData(sent, button)];
  const stays = Boolean(button?.matches("[data-stay]"));
  save(
    { url: sent.action, fields, label: sent.dataset.cardKey },
    (html, address) => arrive(parse(html), address, { keepFocus: stays }),
    (page, words, address) => {
      forget();
      return address ? arrive(page, address) : say("refused", words);
    },
  );
  if (sent.dataset.act === "place") mark(sent, button?.matches(".choice") ? button : null);
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
  const isEcho = event.detail > 1 || performance.now() - swappedAt < DEAF_AFTER_SWAP_MS;
  if (event.detail && isEcho && event.target.closest(".choice")) return event.preventDefault();
  const link = event.target.closest("a[data-swap]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || isOffline()) return;
  event.preventDefault();
  if (isBusy()) return;
  if (!isDirty()) return go(link.href);
  const fields = [...new FormData(form()).entries()].filter(([name]) => name !== "category_ids");
  save({ url: form().action, fields: [...fields, ["value", "keep"]], label: form().dataset.cardKey }, () => go(link.href));
}

function goOn() {
  const box = document.querySelector("[data-go-on]");
  if (box) form().requestSubmit(box);
  else click("[data-way=ArrowRight]");
}

function onFind(event) {
  if (event.target.id !== "find") return;
  const first = narrow(event.target, $("placement").querySelector(".choices"));
  showDefinition(first?.dataset.value);
  if (event.type !== "keydown" || !["Enter", "Escape"].includes(event.key)) return;
  event.preventDefault();
  if (event.key === "Enter" && event.target.value.trim()) first?.click();
  event.target.value = "";
  narrow(event.target, $("placement").querySelector(".choices"));
  $("card-title")?.focus();
}

const choose = inTurn((name) => click(`#placement [data-letter="${CSS.escape(name)}"]`));
const sure = inTurn((name) => click(`.confidence input[value="${name}"]`));
const way = inTurn((name) => click(`[data-way="${name}"]`));
const write = (name) => $(name === "," ? "memo" : "find")?.focus();

startKeys({
  letter: choose, 0: choose, 9: choose, 8: choose, 1: sure, 2: sure, 3: sure,
  "/": inTurn(write, { leadsToText: true }), ",": inTurn(write, { leadsToText: true }),
  ".": inTurn(() => click("[data-act=park] button")),
  "#": inTurn(() => click(".segment a:not([aria-current])")),
  "?": showMap,
  Enter: inTurn(goOn), Backspace: inTurn(() => click("[data-act=undo] button")),
  ArrowLeft: way, ArrowRight: way, "<": way, ">": way,
});
startSaving($("sort").dataset.desk, () => {
  forget();
  go(location.href, false);
});
window.addEventListener("submit", onSubmit, { capture: true });
document.addEventListener("click", onClick);
for (const type of ["input", "keydown"]) document.addEventListener(type, onFind);
startDefinitions();
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.id === "memo") $("card-title")?.focus();
});
window.addEventListener("popstate", () => go(location.href, false));
settle();
// The address without a card means "where I go on"; going back leads to this card.
history.replaceState(null, "", document.querySelector(".segment [aria-current]").href);
