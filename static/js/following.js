// Keeps an open page up to date: the server names what changed, the page asks for itself anew.
// On the page of a meeting, acts stay there and the card is the presenter's.

import { startKeys } from "./keys.js";
import { inUse, showAll, unfold, update } from "./pouring.js";

const MS_BETWEEN_LOOKS = 10_000;
const MS_TO_GATHER = { page: 150, list: 1500 };

const $ = (id) => document.getElementById(id);
const place = () => $("live").dataset;
const areas = () => place().areas.split(", ");
const address = () => place().page ?? location.href;

let source = null;
let polling = 0;
let gathering = 0;
let isComposing = false;
let isOwn = false;

const say = (words) => ($("live-said").textContent = words);

async function ask(request = address(), options = { headers: { "HX-Request": "true" } }) {
  const answer = await fetch(request, options);
  return { answer, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
}

// One notice at a time, beside what is being written.
function note(form, words, label, act) {
  document.querySelector("[data-live-notice]")?.remove();
  const notice = $("live-notice").content.firstElementChild.cloneNode(true);
  notice.dataset.liveNotice = "";
  notice.querySelector("p").append(words);
  const button = notice.querySelector("button");
  button.querySelector("[data-label]").textContent = label;
  button.addEventListener("click", () => {
    notice.remove();
    act();
  });
  form.before(notice);
  say(words);
}

function draw(page) {
  const fresh = page.getElementById("live");
  if (!fresh) return;
  const before = { ...place() };
  const [writing] = inUse($("main"));
  if (fresh.dataset.disagreement !== before.disagreement || fresh.dataset.areas !== before.areas) {
    if (!writing) return location.assign(address());
    return note(writing, "The meeting went on to another card.", "Go along", () => location.assign(address()));
  }
  const { held, isChanged } = update(page, areas());
  // What was said of an own act is old once somebody else has acted.
  if (isChanged && !isOwn) $("notices").replaceChildren();
  isOwn = false;
  for (const name of ["url", "newest"]) place()[name] = fresh.dataset[name];
  document.title = page.title;
  if (held.length) note(held[0], "The proposal changed while you were writing.", "Show it", async () => showAll((await ask()).page, areas()));
  if (fresh.dataset.newest && fresh.dataset.newest !== before.newest) say(fresh.dataset.newest);
}

function refresh() {
  clearTimeout(gathering);
  gathering = setTimeout(async () => {
    if (isComposing) return refresh();
    try {
      const { answer, page } = await ask();
      if (answer.ok) draw(page);
    } catch {
      // No connection: the next change, or the next look, comes here again.
    }
  }, MS_TO_GATHER[place().page ? "page" : "list"]);
}

const concerns = ({ disagreement }) => !place().disagreement || String(disagreement) === place().disagreement;

function listen() {
  source?.close();
  clearInterval(polling);
  // A browser keeps few connections to one server, so pages in the background wait.
  if (document.hidden) return;
  source = new EventSource(place().url);
  source.addEventListener("talk", (event) => concerns(JSON.parse(event.data)) && refresh());
  source.addEventListener("meeting", refresh);
  source.addEventListener("again", refresh);
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return;
    clearInterval(polling);
    polling = setInterval(refresh, MS_BETWEEN_LOOKS);
  });
}

// In a meeting a comment or a voice is sent from where one is.
async function send(event) {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.dataset.leaves || !form.closest(".confluence")) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form, submitter));
  try {
    const { answer, page } = await ask(submitter?.getAttribute("formaction") ?? form.action, { method: "POST", body: fields });
    if (!answer.ok) return refuse(form, page);
    delete place().refused;
    form.reset();
    document.activeElement?.blur();
    isOwn = true;
    $("notices").replaceChildren(...(page.getElementById("notices")?.childNodes ?? []));
    refresh();
  } catch {
    note(form, "No connection: nothing was sent.", "Send it again", () => form.requestSubmit(submitter));
  }
}

// What was refused is drawn with what was typed; where its form is gone, on the card's own page.
function refuse(form, page) {
  const part = page.querySelector(".confluence");
  if (!part || page.querySelector(".left-over")) {
    form.dataset.leaves = "";
    return HTMLFormElement.prototype.submit.call(form);
  }
  place().refused = "";
  document.querySelector(".confluence").replaceChildren(...part.childNodes);
  (document.querySelector(".confluence [aria-invalid]") ?? $("main")).focus();
}

function choose(letter) {
  const swatches = [...document.querySelectorAll("#propose .answer-grid .swatch")];
  const found = swatches.find((one) => one.textContent.trim().toLowerCase() === letter);
  found?.closest("label").querySelector("input").click();
  return goTo("#propose .answer-grid input:checked");
}

function goTo(selector) {
  const found = document.querySelector(selector);
  unfold(found);
  found?.focus();
  return Boolean(found);
}

document.addEventListener("visibilitychange", listen);
for (const kind of ["compositionstart", "compositionend"]) document.addEventListener(kind, () => (isComposing = kind === "compositionstart"));
if ("follows" in place()) {
  document.addEventListener("submit", send);
  startKeys({
    letter: choose,
    "+": () => goTo("#propose input:not([type=hidden])"),
    Enter: () => goTo('form[action$="/confirmations"] button'),
  });
}
listen();
