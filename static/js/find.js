// Finding a category or pile among many by typing a little of it. The list narrows and the best
// comes first: a word that begins so, then initials, then anything inside the name, then the brief
// definition. Enter takes the first, and a line that is read aloud says how many are left.

const places = new WeakMap(); // the codebook's own order

const choiceIn = (row) => row.querySelector("[data-name]");
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// Lower is better; Infinity leaves the row out.
function rank(row, typed) {
  const name = fold(choiceIn(row)?.dataset.name ?? "");
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (name.startsWith(typed)) return 0;
  if (words.some((word) => word.startsWith(typed))) return 1;
  if (words.map((word) => word[0]).join("").startsWith(typed)) return 2;
  if (name.includes(typed)) return 3;
  return fold(row.querySelector(".choice-brief")?.textContent ?? "").includes(typed) ? 4 : Infinity;
}

function ordered(list, typed) {
  const rows = [...list.children];
  rows.forEach((row, place) => places.has(row) || places.set(row, place));
  const ranks = new Map(rows.map((row) => [row, typed ? rank(row, typed) : 0]));
  return { ranks, rows: rows.sort((a, b) => ranks.get(a) - ranks.get(b) || places.get(a) - places.get(b)) };
}

// Narrows lists to what fits; gives the best choice of all. say: where the number left is told.
export function narrow(field, lists, say = document.getElementById("found")) {
  const typed = fold(field.value.trim());
  let best = null;
  let [nLeft, nAll] = [0, 0];
  for (const list of lists) {
    const { ranks, rows } = ordered(list, typed);
    for (const row of rows) {
      row.hidden = ranks.get(row) === Infinity;
      delete row.dataset.first;
      nAll += 1;
      nLeft += row.hidden ? 0 : 1;
    }
    if (rows.some((row, place) => row !== list.children[place])) list.append(...rows);
    const better = rows.find((row) => ranks.get(row) < (best ? best.rank : Infinity));
    if (better) best = { row: better, rank: ranks.get(better) };
  }
  if (typed && best) best.row.dataset.first = "";
  const told = typed ? `${nLeft} of ${nAll}` : "";
  if (say && say.textContent !== told) say.textContent = told;
  return best && choiceIn(best.row);
}
