// The columns of the board: a menu to pick a pile as a whole, to fold it and to move it; dragging a
// head moves it, too. It shows at once; the server keeps it for this coder and round.

import Sortable from "../vendor/sortable-1.15.7.esm.js";
import { loadUpTo, watch } from "./loading.js";
import { pickAll } from "./picking.js";
import { save } from "./saving.js";
import { nameOf, tell } from "./telling.js";

const $ = (id) => document.getElementById(id);
const columns = () => [...document.querySelectorAll(".board > .pile")];
const columnOf = (key) => $(`pile-${key}`);
const isMovable = (column) => column && !column.matches(".pile-unsorted");

function send(change, pile = "", before = "") {
  const { facet } = $("sort").dataset;
  const fields = { facet_id: facet, view: "board", change, pile, before };
  save({ url: $("column-menu").dataset.action, fields: Object.entries(fields), label: "Columns" });
}

function tellFolded() {
  const n = columns().filter((one) => one.matches(".is-folded")).length;
  const place = $("folded");
  if (!place) return;
  place.hidden = n === 0;
  place.querySelector("span").textContent = `${n} ${n === 1 ? "column" : "columns"} folded`;
}

function fold(column, isFolded) {
  column.classList.toggle("is-folded", isFolded);
  column.querySelector(isFolded ? ".unfold" : "[data-menu]").focus();
  tellFolded();
  tell(`${nameOf(column.dataset.pile)} is ${isFolded ? "folded" : "open"}`);
  send(isFolded ? "fold" : "open", column.dataset.pile);
}

function openAll() {
  for (const column of columns()) column.classList.remove("is-folded");
  tellFolded();
  tell("All columns are open");
  send("open_all");
}

function placed(column) {
  const key = column.dataset.pile;
  const next = column.nextElementSibling?.dataset.pile ?? "";
  const index = (one) => document.querySelector(`.pile-index [data-of="${one}"]`)?.parentElement;
  document.querySelector(".pile-index ol").insertBefore(index(key), next ? index(next) : null);
  tell(`${nameOf(key)} is column ${columns().indexOf(column) + 1} of ${columns().length}`);
  send("before", key, next);
}

function move(column, by) {
  const other = by === "earlier" ? column.previousElementSibling : column.nextElementSibling;
  if (!isMovable(other)) return;
  other[by === "earlier" ? "before" : "after"](column);
  placed(column);
  column.scrollIntoView({ block: "nearest", inline: "nearest" });
  column.querySelector(".is-folded > header .unfold, [data-menu]").focus();
}

async function pickWhole(column) {
  const { most } = $("sort").dataset;
  const minis = await loadUpTo(column, Number(most));
  pickAll(minis);
  const all = Number(column.querySelector("[data-count]").textContent.replace(/\D/g, ""));
  tell(`${minis.length} cards picked${all > minis.length ? ` of ${all}; at most ${most} move at once` : ""}`);
}

function openMenu(link) {
  const column = link.closest(".pile");
  const menu = $("column-menu");
  menu.dataset.pile = column.dataset.pile;
  menu.querySelector("[data-pick-all] span").textContent = `Pick all of ${nameOf(column.dataset.pile)}`;
  for (const button of menu.querySelectorAll("[data-do$=er]")) button.hidden = !isMovable(column);
  menu.showPopover();
  const { left, bottom } = link.getBoundingClientRect();
  menu.style.inset = `${bottom + 4}px auto auto ${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.querySelector("button").focus();
}

function onClick(event) {
  const link = event.target.closest("[data-menu]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    return openMenu(link);
  }
  const button = event.target.closest("#column-menu button");
  if (!button) return;
  const column = columnOf($("column-menu").dataset.pile);
  $("column-menu").hidePopover();
  column.querySelector("[data-menu]").focus();
  if (button.dataset.do === "fold") fold(column, true);
  else if (button.dataset.do) move(column, button.dataset.do);
  else pickWhole(column);
}

function onSubmit(event) {
  const { change } = event.target.dataset;
  if (!change) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (change === "open_all") openAll();
  else fold(columnOf(event.submitter.value), false);
}

export function startColumns() {
  document.addEventListener("click", onClick);
  window.addEventListener("submit", onSubmit, { capture: true });
}

// After each drawing of the board.
export function arrangeByHand() {
  watch();
  const board = document.querySelector(".board");
  if (!board || !$("column-menu")) return;
  Sortable.create(board, {
    handle: ".pile > header",
    draggable: ".pile:not(.pile-unsorted)",
    filter: "a, button",
    preventOnFilter: false,
    forceFallback: true,
    fallbackTolerance: 5,
    delay: 250,
    delayOnTouchOnly: true,
    direction: "horizontal",
    onEnd: ({ item, oldIndex, newIndex }) => oldIndex !== newIndex && placed(item),
  });
}
