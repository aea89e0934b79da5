// Single keys: letters belong to the categories, commands never use one. They act only outside
// fields and open menus, and can be switched off in the keyboard map.

const STORED = "single-keys";
const SAME_KEY_WITHIN_MS = 250;

let last = { name: "", at: 0 };

function areOn() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

function store(isOn) {
  try {
    localStorage.setItem(STORED, isOn ? "on" : "off");
  } catch {
    // Without storage the switch lasts until the next page.
  }
}

function isField(target) {
  return Boolean(
    target.closest?.("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])"),
  );
}

function isOwnKey(event) {
  const { target, key } = event;
  const opens = target.closest?.("a, button, summary, [popover], dialog");
  if (opens?.matches("[popover], dialog")) return true;
  if (key === "Enter" || key === " ") return Boolean(opens) || target.matches?.("input") && key === " ";
  return target.type === "radio" && key.startsWith("Arrow");
}

// acts: functions by key, "letter" for a to z. A function that returns false leaves the key alone.
function onKey(event, acts) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isField(event.target) || isOwnKey(event) || !areOn()) return;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = /^[a-z]$/.test(name) ? acts.letter : acts[name];
  if (!act) return;
  const isTwice = event.repeat || (name === last.name && event.timeStamp - last.at < SAME_KEY_WITHIN_MS);
  last = { name, at: event.timeStamp };
  if (isTwice && !name.startsWith("Arrow")) return event.preventDefault();
  if (act(name) !== false) event.preventDefault();
}

export function startKeys(acts) {
  document.addEventListener("keydown", (event) => onKey(event, acts));
  const box = document.getElementById("single-keys");
  if (!box) return;
  box.checked = areOn();
  box.addEventListener("change", () => store(box.checked));
}

export function showMap() {
  document.getElementById("keys")?.togglePopover();
}

// Narrows a list of choices to those whose name holds what is typed; gives the first of them.
export function narrow(field, list) {
  const typed = field.value.trim().toLowerCase();
  const rows = [...list.querySelectorAll("li")];
  for (const row of rows) {
    const name = row.querySelector("[data-name]")?.dataset.name.toLowerCase() ?? "";
    row.hidden = typed !== "" && !name.includes(typed);
  }
  const left = rows.filter((row) => !row.hidden).map((row) => row.querySelector("[data-name]"));
  return left.find((choice) => choice.dataset.name.toLowerCase().startsWith(typed)) ?? left[0];
}
