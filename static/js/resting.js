// A quiet line after so many minutes of work without a rest. It takes nothing away and asks nothing;
// it can be put away, and reminders can be turned off from it.

import { freshId } from "./operation.js";

const STORED = "at-work";
const REST_MS = 5 * 60_000; // without any input: that was a rest
const LOOK_EVERY_MS = 15_000;

const $ = (id) => document.getElementById(id);

function atWork() {
  try {
    return JSON.parse(sessionStorage.getItem(STORED)) ?? { since: Date.now(), last: Date.now() };
  } catch {
    return { since: Date.now(), last: Date.now() };
  }
}

function note(stretch) {
  try {
    sessionStorage.setItem(STORED, JSON.stringify(stretch));
  } catch {
    // Without storage every page begins a stretch of its own.
  }
}

function begin() {
  note({ since: Date.now(), last: Date.now() });
  $("break").hidden = true;
  $("break-words").textContent = "";
}

function look() {
  const { since, last } = atWork();
  if (Date.now() - last > REST_MS) return;
  const minutes = Math.floor((Date.now() - since) / 60_000);
  if (minutes < Number($("break").dataset.minutes) || !$("break").hidden) return;
  $("break").hidden = false;
  $("break-words").textContent = `You have been at work for ${minutes} minutes. A short rest keeps judgements steady.`;
}

function onInput() {
  const stretch = atWork();
  if (Date.now() - stretch.last > REST_MS) return begin();
  if (Date.now() - stretch.last > 1000) note({ ...stretch, last: Date.now() });
}

// The card stays where it is: nothing is loaded anew.
async function turnOff(form) {
  const body = new URLSearchParams({ operation_id: freshId() });
  const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok) return $("break").remove();
  $("break-words").textContent = "That could not be saved just now. Try again later.";
}

export function startResting() {
  if (!$("break")) return;
  if (Date.now() - atWork().last > REST_MS) begin();
  else note(atWork());
  for (const type of ["keydown", "pointerdown", "wheel"]) {
    document.addEventListener(type, () => $("break") && onInput(), { passive: true });
  }
  document.addEventListener("click", (event) => event.target.closest("[data-put-away]") && begin());
  $("break").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    turnOff(event.target);
  });
  look();
  setInterval(() => $("break") && look(), LOOK_EVERY_MS);
}
