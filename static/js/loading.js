// A pile comes with its first cards; the next ones are fetched as it is scrolled, walked through or
// picked as a whole. They go to their place in the coder's order, for a move may have come between.

import { parse } from "./swapping.js";
import { insert } from "./walking.js";

const under = new Map();
const observer = new IntersectionObserver(
  (seen) => seen.filter((one) => one.isIntersecting).forEach((one) => more(one.target)),
  { scrollMargin: "600px 0px" },
);

const linkOf = (pile) => pile?.querySelector("[data-more]");
export const minisOf = (pile) => [...pile.querySelectorAll(".mini")];

// What the page knows of a card is newer than an answer that was on its way when it moved.
const isOutdated = (mini, pile) => [...document.querySelectorAll(`.mini[data-card="${mini.dataset.card}"]`)]
  .some((one) => pile.contains(one) || Number(one.dataset.turn) > Number(mini.dataset.turn));

async function fetchMore(link, n) {
  const pile = link.closest("[data-pile]");
  const { desk } = document.getElementById("sort").dataset;
  const response = await fetch(`${link.dataset.more}&n=${n}`, { headers: { "HX-Request": "true", "Concord-Desk": desk } }).catch(() => null);
  if (!response?.ok) return false;
  const part = parse(await response.text()).querySelector("[data-next]");
  if (!part || !link.isConnected) return false;
  for (const mini of part.querySelectorAll(".mini")) if (!isOutdated(mini, pile)) insert(mini, pile);
  pile.dataset.loaded = "";
  if (!part.dataset.next) link.closest("li").remove();
  else {
    link.dataset.more = part.dataset.next;
    observer.unobserve(link);
    observer.observe(link); // it may still be in view
  }
  return true;
}

// Gives true when cards have come.
export function more(link, n = 30) {
  if (!under.has(link)) under.set(link, fetchMore(link, n).finally(() => under.delete(link)));
  return under.get(link);
}

export const moreOf = async (pile) => Boolean(linkOf(pile)) && more(linkOf(pile));

// Loads a pile up to so many cards; gives those that are there then.
export async function loadUpTo(pile, most) {
  for (let link = linkOf(pile); link && minisOf(pile).length < most; link = linkOf(pile)) {
    if (!(await more(link, most - minisOf(pile).length || 1))) break;
  }
  return minisOf(pile).slice(0, most);
}

// A pile that is being worked off shows its next cards before the last one is gone.
export function refill() {
  for (const link of document.querySelectorAll(".pile:not(.is-folded) [data-more]")) {
    if (minisOf(link.closest(".pile")).length < 5) more(link);
  }
}

// How far which pile had been loaded, for a page that is drawn anew: "12.90,p3.60".
export const loaded = () => [...document.querySelectorAll("[data-loaded]")]
  .map((pile) => `${pile.dataset.pile}.${minisOf(pile).length}`).join();

export function watch() {
  observer.disconnect();
  for (const link of document.querySelectorAll("[data-more]")) observer.observe(link);
}
