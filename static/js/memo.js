// What is typed beside a card outlives every redraw: it is carried over where the same card is
// drawn again, and else saved with the card it was written for.

const $ = (id) => document.getElementById(id);
const form = () => $("placement");
const sure = (is) => [...document.querySelectorAll(".confidence input")].find((radio) => radio[is])?.value ?? "";
const written = () => JSON.stringify([$("memo").value, sure("checked")]);
const drawn = () => JSON.stringify([$("memo").defaultValue, sure("defaultChecked")]);

export const isUnsaid = () => Boolean($("memo")) && written() !== (form().dataset.said ?? drawn());

// A memo is being written: nothing may take the page away under the pen.
export const isWriting = () => document.activeElement?.id === "memo" && isUnsaid();

export function noteSaid(sent) {
  if (sent === form()) sent.dataset.said = written();
}

// The judgement as it stands, with what is written now.
export function keepFields() {
  const fields = [...new FormData(form())].filter(([name]) => name !== "category_ids");
  return [...fields, ["value", "keep"]];
}

function isSame(one, other) {
  return ["card_id", "facet_id"].every(
    (name) => one.elements.namedItem(name)?.value === other?.elements.namedItem(name)?.value,
  );
}

// Call before another page is drawn, and the function it gives once that page stands. That one
// tells what is left to be saved, { form, fields } or null, and whether a category is being found.
export function holdText() {
  const old = form();
  const unsaid = old && isUnsaid() ? { form: old, fields: keepFields() } : null;
  const [memo, confidence, find] = [$("memo")?.value, sure("checked"), $("find")?.value];
  const isFinding = document.activeElement?.id === "find";
  return () => {
    if (isFinding && $("find")) {
      $("find").value = find;
      $("find").focus();
      $("find").dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (!unsaid || !$("memo") || !isSame(old, form())) return { unsaid, isFinding };
    $("memo").value = memo;
    for (const radio of document.querySelectorAll(".confidence input")) radio.checked = radio.value === confidence;
    return { unsaid: null, isFinding };
  };
}
