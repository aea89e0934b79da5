// Walking over the board by the arrows: one card is "here"; it has the focus.

const cards = (pile) => [...pile.querySelectorAll(".mini")];
const piles = () => [...document.querySelectorAll("[data-pile]:not(.is-folded)")];

export function here() {
  return document.activeElement?.closest?.(".mini") ?? document.querySelector(".mini[data-here]");
}

export function stand(mini) {
  for (const old of document.querySelectorAll(".mini[data-here]")) delete old.dataset.here;
  if (!mini) return;
  mini.dataset.here = "";
  mini.tabIndex = -1;
  mini.focus();
  mini.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function beside(pile, direction) {
  const all = piles();
  let place = all.indexOf(pile) + direction;
  while (all[place] && !cards(all[place]).length) place += direction;
  return all[place];
}

export function step(key) {
  const now = here();
  if (!now) return stand(document.querySelector(".mini"));
  const pile = now.closest("[data-pile]");
  const row = cards(pile).indexOf(now);
  if (key === "ArrowUp" || key === "ArrowDown") {
    return stand(cards(pile)[row + (key === "ArrowUp" ? -1 : 1)] ?? now);
  }
  const next = beside(pile, key === "ArrowLeft" ? -1 : 1);
  stand(next ? (cards(next)[row] ?? cards(next).at(-1)) : now);
}

// The card to stand on once these have left their pile.
export function afterLeaving(minis) {
  const pile = minis[0]?.closest("[data-pile]");
  if (!pile) return null;
  const all = cards(pile);
  const last = Math.max(...minis.map((mini) => all.indexOf(mini)));
  return all.slice(last + 1).find((mini) => !minis.includes(mini)) ?? all.find((mini) => !minis.includes(mini));
}

// Lays a card into a pile at its place in the coder's own order.
export function insert(mini, pile) {
  const list = pile.querySelector(":scope > ol");
  const later = [...list.children].find(
    (other) => other !== mini && (!other.dataset.position || Number(other.dataset.position) > Number(mini.dataset.position)),
  );
  list.insertBefore(mini, later ?? null);
}

export function placesOf() {
  const spots = new Map([["board", document.querySelector(".board")?.scrollLeft ?? 0]]);
  for (const list of document.querySelectorAll(".pile > ol")) spots.set(list.parentElement.id, list.scrollTop);
  spots.set("here", here()?.dataset.card);
  return spots;
}

export function restore(spots) {
  const board = document.querySelector(".board");
  if (board) board.scrollLeft = spots.get("board");
  for (const list of document.querySelectorAll(".pile > ol")) {
    list.scrollTop = spots.get(list.parentElement.id) ?? 0;
  }
  if (spots.get("here")) stand(document.querySelector(`.mini[data-card="${spots.get("here")}"]`));
}
