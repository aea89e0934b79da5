// Marking evidence: what is selected in the card's text goes into the form as a stretch of it,
// counted in characters of the text as it is shown. The server finds it in the stored text.

const $ = (id) => document.getElementById(id);

let last = null;

// Offsets are UTF-16 units in the browser and whole characters on the server.
const countedUpTo = (text, units) => [...text.slice(0, units)].length;

// Returns where the selection lies in the card, or null if it lies elsewhere or is empty.
function selected(card) {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0).cloneRange();
  if (!range.intersectsNode(card)) return null;
  if (!card.contains(range.startContainer)) range.setStart(card, 0);
  if (!card.contains(range.endContainer)) range.setEnd(card, card.childNodes.length);
  const before = document.createRange();
  before.setStart(card, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  const words = range.toString();
  if (!words.trim()) return null;
  const from = start + words.length - words.trimStart().length;
  const to = start + words.trimEnd().length;
  const text = card.textContent;
  return { value: `${countedUpTo(text, from)}-${countedUpTo(text, to)}`, words: words.trim(), range };
}

function say(words) {
  $("marking").textContent = words;
}

// Marks stand in the text at once where the browser can draw them without changing the page.
function draw(card) {
  if (!canHighlight()) return;
  const text = [...card.textContent];
  const ranges = [...document.querySelectorAll('#marked input[name="evidence"]')]
    .map((input) => input.value.split("-").map((n) => text.slice(0, Number(n)).join("").length))
    .map(([from, to]) => rangeOf(card, from, to));
  CSS.highlights.set("evidence", new Highlight(...ranges.filter(Boolean)));
}

const canHighlight = () => typeof Highlight !== "undefined" && CSS.highlights;

function rangeOf(card, from, to) {
  const range = document.createRange();
  const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
  let at = 0;
  let isBegun = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const end = at + node.length;
    if (!isBegun && from < end) {
      range.setStart(node, from - at);
      isBegun = true;
    }
    if (isBegun && to <= end) {
      range.setEnd(node, to - at);
      return range;
    }
    at = end;
  }
  return null;
}

function mark(card) {
  const found = selected(card) ?? last;
  if (!found) return say("Select words of the card first.");
  const list = $("marked");
  if ([...list.querySelectorAll("input")].some((input) => input.value === found.value)) return say("Marked already.");
  const row = $("marked-one").content.cloneNode(true);
  row.querySelector("input").value = found.value;
  row.querySelector("q").textContent = found.words;
  list.append(row);
  document.getSelection().removeAllRanges();
  last = null;
  draw(card);
  say("Marked.");
}

function onClick(event, card) {
  if (event.target.closest("[data-mark]")) return mark(card);
  const taken = event.target.closest("[data-unmark]");
  if (!taken) return;
  taken.closest("li").remove();
  document.querySelector("[data-mark]").focus();
  draw(card);
  say("The mark is taken away.");
}

export function startMarking() {
  const card = $("card-text");
  if (!card || !$("marked")) return;
  // On touch the press on the button takes the selection away: the last one in the card counts.
  document.addEventListener("selectionchange", () => {
    last = selected(card) ?? last;
  });
  document.addEventListener("click", (event) => onClick(event, card));
  draw(card);
}
