// Board: a card that is dragged, or picked and laid down by a key, fills the same form that
// works without scripts. The move shows at once; "Saved" follows the server's answer.

import { arrangeByHand, startColumns } from "./columns.js";
import { isDragging, startDragging } from "./dragging.js";
import { showMap, startKeys } from "./keys.js";
import { loaded, more, moreOf, refill } from "./loading.js";
import { keysAfter, lay } from "./moving.js";
import { layInNew, openNewPile } from "./new-pile.js";
import { startOwnTabs } from "./own-tabs.js";
import { closeMover, isTyping, onFind, openMover, pick, picked, pickAgain, pickRange, tellPicked, unpick } from "./picking.js";
import { startResting } from "./resting.js";
import { save, startSaving } from "./saving.js";
import { listRefused } from "./saying.js";
import { parse, swap, visit } from "./swapping.js";
import { layMany, mayMove } from "./together.js";
import { afterLeaving, here, placesOf, restore, stand, step } from "./walking.js";

const desk = document.getElementById("sort").dataset;
const isMultiple = "multiple" in desk;
const isStopped = "stopped" in desk;
const all = (selector) => [...document.querySelectorAll(selector)];

// Draws the board anew as far as it had been loaded; a page that came as an answer is the plain board.
async function refresh(page, ids = []) {
  const spots = placesOf();
  const asked = new URL(location.href);
  const isPlain = !loaded() && !asked.searchParams.has("pile") && !asked.searchParams.has("search");
  if (loaded()) asked.searchParams.set("loaded", loaded());
  if (page instanceof Document && isPlain ? swap(page, "") : await visit(asked.href, { push: false })) {
    drag();
    restore(spots);
    pickAgain(ids);
  }
}

// A card that lies in several piles can be picked in each of them; it moves once.
const eachOnce = (minis) => [...new Map(minis.map((mini) => [mini.dataset.card, mini])).values()];

async function layAll(lying, target) {
  const minis = eachOnce(lying);
  if (isStopped || !minis.length) return;
  if (!(await mayMove(minis.length, [target].flat(), desk))) return;
  const next = afterLeaving(minis);
  closeMover();
  if (minis.length > 1) layMany(minis, target, desk, refresh);
  else lay(minis[0], Array.isArray(target) ? target : keysAfter(minis[0], target, isMultiple), desk, refresh);
  tellPicked();
  stand(next);
  refill();
}

function drag() {
  arrangeByHand();
  if (!isStopped) startDragging((item, pile) => layAll(item.classList.contains("is-selected") ? picked() : [item], pile));
}

function sendOther(form, fields, label) {
  save({ url: form.action, fields, label }, (html) => refresh(parse(html)), (_page, words) => {
    listRefused({ label }, words);
    refresh();
  });
}

function parkPicked(form) {
  for (const mini of eachOnce(picked())) {
    const fields = [...new FormData(form)].filter(([name]) => !["card_id", "is_parked"].includes(name));
    const isParked = "parked" in mini.dataset;
    sendOther(form, [...fields, ["card_id", mini.dataset.card], ["is_parked", !isParked]], mini.dataset.key);
  }
}

function onSubmit(event) {
  const form = event.target;
  const { act } = form.dataset;
  if (!act) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (act === "park") return parkPicked(form);
  if (act === "undo" || act === "redo") return sendOther(form, [...new FormData(form)], act === "undo" ? "Undo" : "Redo");
  const card = form.elements.namedItem("card_id").value;
  const chosen = all(".mini.is-selected");
  const minis = chosen.length ? chosen : all(`.mini[data-card="${card}"]`).slice(0, 1);
  const ticked = [...form.querySelectorAll(":is([name=category_ids], [name=piles]):checked")].map((box) => box.value);
  const value = event.submitter?.value;
  const isNew = value === "new_pile";
  if (isNew && form.querySelector("#new-pile-name").value.trim()) layInNew(form, event.submitter, eachOnce(minis), desk, refresh);
  else if (value && !isNew) layAll(minis, [value]);
  else if (ticked.length) layAll(minis, ticked);
}

function onClick(event) {
  const link = event.target.closest("a, [data-open-mover]");
  const mini = event.target.closest(".mini");
  if (event.target.closest("[data-unpick]")) return unpick();
  if (mini && !link && event.shiftKey) pickRange(mini);
  if (mini && !link) stand(mini);
  if (!link || event.ctrlKey || event.metaKey) return;
  if (link.matches("[data-open-mover]")) return openMover();
  if (!link.matches("[data-move], [data-close], [data-more]")) return;
  event.preventDefault();
  if (link.matches("[data-more]")) return more(link);
  if (link.matches("[data-close]")) return closeMover();
  stand(mini);
  openMover();
}

async function walk(name) {
  const at = here();
  step(name);
  if (name === "ArrowDown" && at && here() === at && (await moreOf(at.closest("[data-pile]")))) step(name);
}

const space = (_name, { shiftKey }) => here() && (shiftKey ? pickRange(here()) : pick(here(), !here().classList.contains("is-selected")));
const toPile = (name) => {
  const key = document.querySelector(`:is([data-pile], .mover [data-value])[data-letter="${name}"]`)?.dataset;
  return key ? void layAll(picked(), key.pile ?? key.value) : false;
};
const tab = (by) => {
  const tabs = all(".board-facets a");
  return tabs[tabs.findIndex((one) => one.ariaCurrent === "page") + by]?.click();
};

startKeys({
  letter: toPile, 0: toPile, 9: toPile, 8: toPile,
  ArrowUp: walk, ArrowDown: walk, ArrowLeft: walk, ArrowRight: walk, Space: space,
  "/": openMover, ".": () => document.getElementById("parking")?.requestSubmit(),
  "<": () => tab(-1), ">": () => tab(1), "?": showMap,
  "#": () => document.querySelector(".segment a:not([aria-current])").click(),
  "+": () => openMover() ?? openNewPile(), Enter: () => here()?.querySelector("a.card-id").click(),
  "Shift+Backspace": () => document.querySelector("[data-act=redo]")?.requestSubmit(),
  Backspace: () => document.querySelector("[data-act=undo]")?.requestSubmit(),
});
startSaving(desk.desk, () => refresh());
window.addEventListener("submit", onSubmit, { capture: true });
document.addEventListener("click", onClick);
document.addEventListener("mousedown", (event) => event.shiftKey && event.target.closest(".mini") && event.preventDefault());
startColumns();
document.addEventListener("change", (event) => {
  const mini = event.target.closest(".mini");
  if (mini) pick(mini, event.target.checked);
});
for (const type of ["input", "keydown"]) document.addEventListener(type, onFind);
drag();
startOwnTabs({ isBusy: isDragging, isTyping, refresh, show: refresh });
startResting();
