// Dragging cards from pile to pile. SortableJS only says where a card was dropped; the card goes
// back to where it was, and the move is made like any other.

import Sortable from "../vendor/sortable-1.15.7.esm.js";

const piles = () => [...document.querySelectorAll(".pile")];

function target(pile) {
  for (const one of piles()) one.classList.toggle("is-target", one === pile);
}

export const isDragging = () => Boolean(document.querySelector(".is-lifted, .is-ghost"));

// drop(card, key of the pile) makes the move.
export function startDragging(drop) {
  for (const list of document.querySelectorAll(".pile > ol")) {
    Sortable.create(list, {
      group: "piles",
      draggable: ".mini",
      filter: "a, input",
      preventOnFilter: false,
      sort: false,
      forceFallback: true,
      fallbackTolerance: 5,
      delay: 250,
      delayOnTouchOnly: true,
      ghostClass: "is-ghost",
      dragClass: "is-lifted",
      bubbleScroll: true,
      onMove: (event) => target(event.to.closest(".pile")),
      onEnd: ({ item, from, to, oldIndex }) => {
        target(null);
        if (from === to) return;
        from.insertBefore(item, from.children[oldIndex] ?? null);
        drop(item, to.parentElement.dataset.pile);
      },
    });
  }
}
