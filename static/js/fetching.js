// The card that most likely comes next, fetched while this one is being read. It is shown when a key
// goes down; the server's answer then says whether it was the right one.

import { parse } from "./swapping.js";

const sort = () => document.getElementById("sort");

let ready = null;

export async function fetchAhead() {
  ready = null;
  const address = sort()?.dataset.ahead;
  if (!address) return;
  const headers = { "HX-Request": "true", "Concord-Desk": sort().dataset.desk };
  const response = await fetch(address, { headers }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const html = await response.text().catch(() => "");
  if (html && sort()?.dataset.ahead === address) ready = { address, page: parse(html) };
}

// Only what follows the card that stands here now: keys that waited may judge it before the card
// that follows it has been asked for.
export function takeAhead() {
  const taken = ready?.address === sort()?.dataset.ahead ? ready : null;
  ready = null;
  return taken;
}
