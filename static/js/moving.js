// A move on the board: which piles a card lies in afterwards, shown at once and sent as the same
// form that works without scripts.

import { save } from "./saving.js";
import { listRefused } from "./saying.js";
import { parse } from "./swapping.js";
import { nameOf, tellMove } from "./telling.js";
import { insert } from "./walking.js";

// Numbers are categories of the codebook, p and a number a pile of one's own.
const isCategory = (key) => /^p?\d+$/.test(key);
const fieldOf = (key) => (!isCategory(key) ? "value" : key.startsWith("p") ? "piles" : "category_ids");
const pileNamed = (key) => document.querySelector(`.pile[data-pile="${key}"]`);
const keysOf = (mini) => mini.dataset.keys.split(" ");

function recount(key, change) {
  const places = `[data-pile="${key}"] > header [data-count], [data-of="${key}"] [data-count]`;
  for (const place of document.querySelectorAll(places)) {
    const count = Number(place.textContent.replace(/\D/g, "")) + change;
    place.textContent = count.toLocaleString("en").replaceAll(",", "\u202f");
  }
}

// A facet that takes several categories loses the pile the card came from, and keeps the others.
export function keysAfter(mini, target, isMultiple) {
  if (!isMultiple || !isCategory(target)) return [target];
  const from = mini.closest("[data-pile]")?.dataset.pile;
  const kept = keysOf(mini).filter((key) => isCategory(key) && key !== from);
  return [...new Set([...kept, target])];
}

function tellAlso(mini, keys) {
  const pile = mini.closest("[data-pile]")?.dataset.pile;
  const names = keys.filter((key) => key !== pile).map(nameOf);
  mini.querySelector(".also")?.remove();
  if (!names.length) return;
  const line = document.createElement("p");
  line.className = "also";
  line.textContent = `also in ${names.join(", ")}`;
  mini.append(line);
}

export function show(mini, keys) {
  const { card } = mini.dataset;
  const lying = [...document.querySelectorAll(`.mini[data-card="${card}"]`)];
  const pattern = mini.cloneNode(true);
  for (const key of keysOf(mini)) if (!keys.includes(key)) recount(key, -1);
  for (const key of keys) if (!keysOf(mini).includes(key)) recount(key, 1);
  const spare = lying.filter((one) => !keys.includes(one.closest("[data-pile]")?.dataset.pile));
  const taken = lying.filter((one) => !spare.includes(one)).map((one) => one.closest("[data-pile]").dataset.pile);
  for (const key of keys.filter((one) => !taken.includes(one))) {
    const pile = pileNamed(key);
    if (pile) insert(spare.shift() ?? pattern.cloneNode(true), pile);
  }
  for (const one of spare) one.remove();
  for (const one of document.querySelectorAll(`.mini[data-card="${card}"]`)) {
    one.classList.remove("is-selected");
    one.dataset.keys = keys.join(" ");
    one.dataset.turn = Number(one.dataset.turn) + 1;
    const box = one.querySelector("input[type=checkbox]");
    if (box) box.checked = false;
    tellAlso(one, keys);
  }
}

export function settle(html) {
  const page = parse(html);
  const thread = page.getElementById("thread");
  if (thread) document.getElementById("thread")?.replaceWith(thread);
}

// lay(mini, keys, desk, refresh): desk has base and facet; refresh draws the board anew.
export function lay(mini, keys, { base, facet }, refresh) {
  if (keys.join(" ") === mini.dataset.keys) return;
  const { card, turn, key: label } = mini.dataset;
  const chosen = keys.map((key) => [fieldOf(key), key]);
  show(mini, keys);
  tellMove(label, keys);
  const fields = [["card_id", card], ["facet_id", facet], ["seen_turn", turn], ["view", "board"], ...chosen];
  save({ url: `${base}/placements`, fields, label }, settle, (_page, words) => {
    listRefused({ label }, words);
    refresh();
  });
}
