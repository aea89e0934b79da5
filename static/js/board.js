// Board: a card that is dragged, or picked and laid down by a key, fills the same form that
// works without scripts. The move shows at once; "Saved" follows the server's answer.

import { isDragging, startDragging } from "./dragging.js";
import { showMap, startKeys } from "./keys.js";
import { keysAfter, lay } from "./moving.js";
import { layInNew, openNewPile } from "./new-pile.js";
import { closeMover, isTyping, onFind, openMover, pick, picked, tellPicked } from "./picking.js";
import { startOwnTabs } from "./own-tabs.js";
import { startResting } from "./resting.js";
import { save, startSaving } from "./saving.js";
import { listRefused } from "./saying.js";
import { parse, swap, visit } from "./swapping.js";
import { afterLeaving, here, placesOf, restore, stand, step } from "./walking.js";

const desk = document.getElementById("sort").dataset;
const isMultiple = "multiple" in desk;
const isStopped = "stopped" in desk;
const FEW = 5;
const all = (selector) => [...document.querySelectorAll(selector)];

async function refresh(page) {
  const spots = placesOf();
  if (page instanceof Document ? swap(page, "") : await visit(location.href, { push: false })) {
    drag();
    restore(spots);
    tellPicked();
  }
}

// A card that lies in several piles can be picked in each of them; it moves once.
const eachOnce = (minis) => [...new Map(minis.map((mini) => [mini.dataset.card, mini])).values()];

function layAll(lying, target) {
  const minis = eachOnce(lying);
  if (isStopped || !minis.length) return;
  const next = afterLeaving(minis);
  closeMover();
  for (const mini of minis) {
    lay(mini, Array.isArray(target) ? target : keysAfter(mini, target, isMultiple), desk, refresh);
  }
  tellPicked();
  stand(next);
  refill();
}

// A pile that is being worked off shows its next cards before the last one is gone.
function refill() {
  for (const pile of all(".pile:has([data-more])")) {
    if (pile.querySelectorAll(".mini").length < FEW) more(pile.querySelector("[data-more]"));
  }
}

function drag() {
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

async function more(link) {
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  const response = await fetch(link.href).catch(() => null);
  link.ariaBusy = null;
  if (!response?.ok) return;
  const page = parse(await response.text());
  const row = link.closest("li");
  if (!row) return location.assign(link.href);
  const known = new Set([...row.parentElement.querySelectorAll(".mini")].map((mini) => mini.dataset.card));
  row.before(...[...page.querySelectorAll(".reading .mini")].filter((mini) => !known.has(mini.dataset.card)));
  const next = page.querySelector("[data-more]");
  if (next) link.href = next.href;
  else row.remove();
}

function onClick(event) {
  const link = event.target.closest("a, [data-open-mover]");
  const mini = event.target.closest(".mini");
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

const pileOf = (name) => document.querySelector(`.pile[data-letter="${name}"]`)?.dataset.pile;
const toPile = (name) => (pileOf(name) ? layAll(picked(), pileOf(name)) : false);
const tab = (by) => {
  const tabs = all(".board-facets a");
  return tabs[tabs.findIndex((one) => one.ariaCurrent === "page") + by]?.click();
};

startKeys({
  letter: toPile, 0: toPile, 9: toPile, 8: toPile,
  ArrowUp: step, ArrowDown: step, ArrowLeft: step, ArrowRight: step,
  Space: () => here() && pick(here(), !here().classList.contains("is-selected")),
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
document.addEventListener("change", (event) => {
  const mini = event.target.closest(".mini");
  if (mini) pick(mini, event.target.checked);
});
for (const type of ["input", "keydown"]) document.addEventListener(type, onFind);
drag();
startOwnTabs({ isBusy: isDragging, isTyping, refresh, show: refresh });
startResting();
