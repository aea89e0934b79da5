// Copy buttons: <button data-copy="id of an input or element">, a role=status right after it.
// The word "Copied" is shown for a moment and spoken; without the clipboard the text is selected,
// ready for the keys.

const SHOWN_FOR_MS = 2000;

function select(source) {
  if ("select" in source) source.select();
  else getSelection().selectAllChildren(source);
}

async function write(source) {
  const text = "value" in source ? source.value : source.textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard on plain http, or not allowed.
    select(source);
    return false;
  }
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  const label = button.querySelector("[data-label]") ?? button;
  const word = (button.dataset.word ??= label.textContent);
  label.textContent = (await write(source)) ? "Copied" : "Selected: copy it now";
  // What changes inside a button isn't spoken, so the status after it says the same.
  const said = button.nextElementSibling;
  if (said?.role === "status") said.textContent = label.textContent;
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = setTimeout(() => {
    label.textContent = word;
  }, SHOWN_FOR_MS);
}

export function startCopying() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-copy]");
    if (button) copy(button);
  });
}
