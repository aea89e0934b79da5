// Says a move aloud: what went where, and how many cards lie there now.

let timer = 0;

export function tell(words) {
  const place = document.getElementById("told");
  if (!place) return;
  place.textContent = "";
  clearTimeout(timer);
  timer = setTimeout(() => (place.textContent = words), 60); // the same words twice are two changes
}

const inIndex = (key) => document.querySelector(`.pile-index [data-of="${key}"]`);
export const nameOf = (key) => inIndex(key)?.querySelector("bdi")?.textContent ?? "";
const countOf = (key) => Number(inIndex(key)?.querySelector("[data-count]")?.textContent.replace(/\D/g, "") ?? 0);
const cards = (n) => `${n} ${n === 1 ? "card" : "cards"}`;

export function tellMove(what, keys) {
  const where = keys.map((key) => `${nameOf(key)}, ${cards(countOf(key))}`).join("; ");
  tell(`${typeof what === "number" ? cards(what) : what} to ${where}`);
}
