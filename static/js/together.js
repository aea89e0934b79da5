// Many cards moved as one act: one request, one undo; all of them go or none.

import { ask } from "./dialog.js";
import { keysAfter, settle, show } from "./moving.js";
import { save } from "./saving.js";
import { listRefused } from "./saying.js";
import { nameOf, tell, tellMove } from "./telling.js";

const count = (n) => n.toLocaleString("en").replaceAll(",", "\u202f");

function wants(n, keys) {
  const words = { confirm: `Move ${count(n)} cards to ${keys.map(nameOf).join(", ")}?`, confirmText: "It is one act: undo takes all of them back.", confirmAction: `Move ${count(n)} cards` };
  return ask(document.getElementById("confirm"), { dataset: words });
}

// Whether so many may go: the most that move at once is said, many are asked about.
export async function mayMove(n, keys, { most, ask: askBeyond }) {
  if (n > Number(most)) {
    const words = `At most ${most} cards move at once; ${count(n)} are picked. Nothing was moved.`;
    listRefused({ label: "Move" }, words);
    tell(words);
    return false;
  }
  return n <= Number(askBeyond) || wants(n, keys);
}

// target: the key of a pile, or the keys of all piles the cards shall lie in.
export function layMany(minis, target, desk, refresh) {
  const keys = [target].flat();
  const moves = minis.map((mini) => ({ mini, after: Array.isArray(target) ? target : keysAfter(mini, target, "multiple" in desk) }))
    .filter(({ mini, after }) => after.join(" ") !== mini.dataset.keys);
  if (!moves.length) return;
  const pairs = moves.map(({ mini: { dataset }, mini }) => {
    const leaves = Array.isArray(target) ? "" : mini.closest("[data-pile]")?.dataset.pile;
    return ["cards", `${dataset.card}.${dataset.turn}${leaves ? `.${leaves}` : ""}`];
  });
  const ids = moves.map(({ mini }) => mini.dataset.card);
  for (const { mini, after } of moves) show(mini, after);
  tellMove(moves.length, keys);
  const fields = [["facet_id", desk.facet], ["is_confirmed", "true"], ...keys.map((key) => ["to", key]), ...pairs];
  const label = `${moves.length} cards to ${keys.map(nameOf).join(", ")}`;
  save({ url: `${desk.base}/placements/together`, fields, label, n: moves.length }, settle, (_page, words) => {
    listRefused({ label }, words);
    tell(words);
    refresh(null, ids); // still picked, to be looked at and moved again
  });
}
