// Preferences: each choice is shown at once on this very page; a key is pressed into its field.

const NAMED = ["Enter", " ", "Backspace", "Delete", "Insert", "Home", "End", "PageUp", "PageDown"];
const USUAL = ["normal", "system", "off"];

function show({ target }) {
  const form = target.closest("[data-look]");
  if (!form || !["text", "spacing", "contrast", "theme", "motion"].includes(target.name)) return;
  const { dataset } = document.documentElement;
  if (USUAL.includes(target.value)) delete dataset[target.name];
  else dataset[target.name] = target.value;
}

// Tab and Escape go on working, and so does what is typed with a further key held down.
function capture(event) {
  const { target, key } = event;
  if (!target.matches?.("[data-key-field]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!NAMED.includes(key) && !key.startsWith("Arrow") && [...key].length !== 1) return;
  event.preventDefault();
  const name = key === " " ? "Space" : key;
  target.value = event.shiftKey && name === "Backspace" ? "Shift+Backspace" : name;
  target.select();
  document.getElementById("captured").textContent = `${target.labels[0].textContent.trim()}: ${target.value}`;
}

export function startPreferences() {
  document.addEventListener("change", show);
  document.addEventListener("keydown", capture);
}

startPreferences();
