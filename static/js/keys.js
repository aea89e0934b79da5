// Single keys: letters belong to the categories, commands never use one. They act only outside
// fields and open menus, and can be switched off in the keyboard map. A page with data-keys says
// which key does what for this coder; scripts know every act by its usual key.

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

// The name of the key that was pressed; of those held with Shift only one has a name of its own.
function nameOf({ key, shiftKey }) {
  if (key === " ") return "Space";
  if (key === "Backspace" && shiftKey) return "Shift+Backspace";
  return key.length === 1 ? key.toLowerCase() : key;
}

// acts: functions by usual key, "letter" for a to z. A function that returns false leaves the key alone.
function onKey(event, acts, usual) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isField(event.target) || isOwnKey(event) || !areOn()) return;
  const pressed = nameOf(event);
  const isLetter = /^[a-z]$/.test(pressed);
  const name = isLetter || !usual ? pressed : usual[pressed];
  const act = isLetter ? acts.letter : acts[name];
  if (!act) return;
  const isTwice = event.repeat || (name === last.name && event.timeStamp - last.at < SAME_KEY_WITHIN_MS);
  last = { name, at: event.timeStamp };
  if (isTwice && !name.startsWith("Arrow")) return event.preventDefault();
  if (act(name, event) !== false) event.preventDefault();
}

export function startKeys(acts) {
  const own = document.querySelector("[data-keys]")?.dataset.keys;
  const usual = own ? JSON.parse(own) : null;
  document.addEventListener("keydown", (event) => onKey(event, acts, usual));
  const box = document.getElementById("single-keys");
  if (!box) return;
  box.checked = areOn();
  box.addEventListener("change", () => store(box.checked));
}

export function showMap() {
  document.getElementById("keys")?.togglePopover();
}
