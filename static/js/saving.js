// Saves acts one after the other and says how it stands: saving, saved, refused, offline.
// An act keeps its operation id until the server has answered, so that sending it again is
// harmless. What waits is kept for this tab and this coder: ids, choices and own memos, no card.

import { freshId } from "./operation.js";
import { clockTime, isSaid, listRefused, say, startSaying } from "./saying.js";

const SHOW_SAVING_AFTER_MS = 400;
const TRY_AGAIN_AFTER_MS = 4000;

let desk = "";
let waiting = [];
let isSending = false;
let wasRefused = false; // in this run: what was saved beside it must not talk over it
let isCatchingUp = false; // what was sent late is being drawn
let retry = 0;
let nDealt = 0;
let afterwards = () => {};

const key = () => `waiting ${desk}`;

function keep() {
  try {
    if (waiting.length) sessionStorage.setItem(key(), JSON.stringify(waiting.map((one) => one.act)));
    else sessionStorage.removeItem(key());
  } catch {
    // Without storage the acts wait in memory only.
  }
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(key()) ?? "[]");
  } catch {
    return [];
  }
}

function sayWaiting() {
  const n = waiting.length;
  say("queued", `Offline: ${n} ${n === 1 ? "move waits" : "moves wait"} here`);
}

function problemIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const words = page.querySelector("[data-problem]")?.textContent ?? "The server did not take it.";
  const findings = [...page.querySelectorAll("[data-problem] + ul > li")].map((item) => item.textContent.trim());
  return { page, words: [words, ...findings].join(" ") };
}

// An answer counts when it is read to its end: a key that comes in between belongs to what it brings.
async function send(act) {
  const body = new URLSearchParams(act.fields);
  try {
    const response = await fetch(act.url, { method: "POST", body, headers: { "HX-Request": "true", "Concord-Desk": desk } });
    return { response, html: await response.text() };
  } catch {
    return { response: null };
  }
}

// True when the server has dealt with the act, one way or the other.
async function deal(one) {
  const { response, html } = await send(one.act);
  if (!response) return sayWaiting();
  if (response.status === 401) return say("queued", "Signed out: sign in in another tab, then it is sent");
  if (response.headers.get("Concord-Desk") === "other") return say("queued", "Somebody else is signed in: this waits until you are");
  if (response.status >= 500 || response.status === 429) return say("queued", "The server is busy: trying again");
  waiting.shift();
  nDealt += one.n ?? 1;
  keep();
  if (!response.ok) {
    wasRefused = true;
    const { page, words } = problemIn(html);
    if (one.refused) one.refused(page, words, response.headers.get("HX-Push-Url"));
    else listRefused(one.act, words);
    return true;
  }
  if (isOffline()) sayWaiting();
  else if (waiting.length) say("saving", "Saving");
  else if (!wasRefused) say("saved", `Saved ${clockTime()}`);
  if (one.done) await one.done(html, response.headers.get("HX-Push-Url") ?? response.url);
  return true;
}

async function pump() {
  if (isSending || !waiting.length) return;
  isSending = true;
  wasRefused = false;
  clearTimeout(retry);
  const slow = setTimeout(() => waiting.length && say("saving", "Saving"), SHOW_SAVING_AFTER_MS);
  let worked = true;
  let wasLate = false;
  try {
    while (worked && waiting.length) {
      wasLate ||= waiting[0].isLate;
      worked = await deal(waiting[0]);
    }
  } finally {
    clearTimeout(slow);
    isSending = false;
  }
  if (worked) {
    isCatchingUp = wasLate;
    if (wasLate) await afterwards();
    isCatchingUp = false;
    return document.dispatchEvent(new Event("concord:answered"));
  }
  for (const one of waiting) Object.assign(one, { isLate: true, done: null, refused: null });
  retry = setTimeout(pump, TRY_AGAIN_AFTER_MS);
}

// fields: pairs of name and value; label: the card's own id; n: how many acts it is. done(html, address) and
// refused(page, words, address) are called only if the answer comes while the page waits for it.
export function save({ url, fields, label = "", n = 1 }, done, refused) {
  const act = { url, label, fields: [...fields.filter(([name]) => name !== "operation_id"), ["operation_id", freshId()]] };
  const isLate = waiting.some((one) => one.isLate);
  waiting.push({ act, n, isLate, done: isLate ? null : done, refused: isLate ? null : refused });
  keep();
  if (isLate) sayWaiting();
  pump();
}

export function sayLost() {
  if (waiting.length) sayWaiting();
  else say("queued", "No connection: what you do waits here");
}

// There is a connection again. What was saved since has been said already, with its time.
export function hurry() {
  if (waiting.length) pump();
  else if (isSaid("queued")) say("saved", "Connected again");
}

export const dealtWith = () => nDealt;
export const isWaiting = () => waiting.length > 0;
export const isAtIt = () => isWaiting() || isSending || isCatchingUp;
export const isOffline = () => waiting.some((one) => one.isLate);

export function startSaving(name, caughtUp) {
  desk = name;
  afterwards = caughtUp;
  waiting = kept().map((act) => ({ act, isLate: true }));
  window.addEventListener("online", pump);
  window.addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });
  startSaying();
  pump();
}
