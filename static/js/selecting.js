// Tells where a selection lies in a document shown in blocks: each has data-start, its place in the
// text. The browser counts UTF-16 units and the server whole characters (code points).

const ADDED = "[data-added]";

function textBefore(block, node, offset) {
  const range = document.createRange();
  range.setStart(block, 0);
  range.setEnd(node, offset);
  return wordsOf(range);
}

// Returns the words of a range without what the page added between them.
function wordsOf(range) {
  const copy = range.cloneContents();
  for (const added of copy.querySelectorAll(ADDED)) added.remove();
  return copy.textContent;
}

const lengthOf = (words) => [...words].length;
const startOf = (block) => Number(block.dataset.start);

function wholeOf(block) {
  const range = document.createRange();
  range.selectNodeContents(block);
  return lengthOf(wordsOf(range));
}

export function selectedIn(container) {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const blocks = [...container.querySelectorAll("[data-start]")].filter((block) => range.intersectsNode(block));
  if (!blocks.length) return null;
  const first = blocks[0];
  const last = blocks.at(-1);
  const start = first.contains(range.startContainer)
    ? startOf(first) + lengthOf(textBefore(first, range.startContainer, range.startOffset))
    : startOf(first);
  const stop = last.contains(range.endContainer)
    ? startOf(last) + lengthOf(textBefore(last, range.endContainer, range.endOffset))
    : startOf(last) + wholeOf(last);
  const words = wordsOf(range);
  return words.trim() && stop > start ? { start, stop, words } : null;
}

// Calls back once a selection has come to rest: with the mouse, a finger or the keyboard alike.
export function startSelecting(container, onSelected) {
  let timer = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const found = selectedIn(container);
      if (found) onSelected(found);
    }, 250);
  });
}
