// Hears from the server that something changed, by a stream or, where none comes through, by asking
// now and then. A lost connection is told at once; after a sleep the page asks before it trusts.

const MS_BETWEEN_CHECKS = 5_000;
const MS_BETWEEN_QUESTIONS = 10_000;
const MS_TO_SPEAK = 4_000; // a stream says at once how things stand; a proxy may hold that back
const MS_OF_SILENCE = 25_000; // more than two signs of life

let ways; // { address(more), headers, hear(what), end(why), lose(), find() }
let source = null;
let patience = MS_TO_SPEAK;
let heardAt = 0;
let askedAt = 0;
let nAsked = 0;
let checkedAt = 0;
let isLost = false;
let ended = "";

const isOver = () => ended === "closed" || ended === "left";

function alive() {
  heardAt = performance.now();
  if (!isLost) return;
  isLost = false;
  ways.find();
}

function lose() {
  if (!isLost) ways.lose();
  isLost = true;
}

function hear(what) {
  alive();
  ended = "";
  ways.hear(what);
}

function end(why) {
  alive();
  source?.close();
  if (ended === why) return;
  ended = why;
  ways.end(why);
}

function whyRefused(answer) {
  if (answer.status === 401) return "signed-out";
  if (answer.headers.get("Concord-Desk") === "other") return "other";
  return answer.status === 403 || answer.status === 404 ? "left" : "";
}

// The same as the stream tells first. What was asked before the connection went says nothing of it.
async function ask() {
  askedAt = performance.now();
  nAsked += 1;
  const number = nAsked;
  try {
    const answer = await fetch(ways.address("&once=true"), { headers: ways.headers });
    const text = await answer.text();
    if (number !== nAsked) return;
    if (answer.status >= 502) return lose(); // a proxy that finds no server
    const refused = whyRefused(answer);
    if (refused) return end(refused);
    const [, name, data] = /^event: (\w+)\n(?:id: .*\n)?data: (.*)$/m.exec(text) ?? [];
    if (name === "own") hear(JSON.parse(data));
    if (name === "end") end(JSON.parse(data).why);
  } catch {
    lose();
  }
}

function listen() {
  source?.close();
  // A browser keeps few connections to one server, so tabs in the background wait.
  if (document.hidden || isOver()) return;
  heardAt = performance.now();
  patience = MS_TO_SPEAK;
  source = new EventSource(ways.address(""));
  source.addEventListener("own", (event) => {
    patience = MS_OF_SILENCE;
    hear(JSON.parse(event.data));
  });
  source.addEventListener("alive", alive);
  source.addEventListener("end", (event) => end(JSON.parse(event.data).why));
  source.addEventListener("error", () => isLost || ask());
}

function again() {
  listen();
  if (!document.hidden && !isOver()) ask();
}

function check() {
  const hasSlept = Date.now() - checkedAt > 3 * MS_BETWEEN_CHECKS;
  checkedAt = Date.now();
  if (document.hidden || isOver()) return;
  if (hasSlept) return again();
  const isSilent = source.readyState !== EventSource.OPEN || performance.now() - heardAt > patience;
  if ((isSilent || ended) && performance.now() - askedAt > MS_BETWEEN_QUESTIONS) ask();
}

export function startListening(how) {
  ways = how;
  checkedAt = Date.now();
  document.addEventListener("visibilitychange", again);
  window.addEventListener("pageshow", (event) => event.persisted && again());
  window.addEventListener("online", again);
  // Not believed unasked: a server on this very machine needs no network.
  window.addEventListener("offline", ask);
  setInterval(check, MS_BETWEEN_CHECKS);
  listen();
}
