// Keeps a coder's own tabs in step. The server tells how many acts of this coder there are; a page
// that knows of fewer draws itself anew, unless something is being typed. What others do is never
// told.

import { startListening } from "./listening.js";
import { dealtWith, hurry, isAtIt, sayLost } from "./saving.js";
import { say } from "./saying.js";

const WORDS = {
  ahead: "You went on in another tab. What you write here stays until you look.",
  closed: "This round was closed. What you write here stays until you look.",
  left: "You do not sort in this round any more. What was saved is kept.",
  other: "Somebody else is signed in here now. What waits here is sent when you are back.",
  "signed-out": "You are signed out. Sign in in another tab; what waits here is sent then.",
};

const $ = (id) => document.getElementById(id);
const sort = () => $("sort").dataset;
const acts = (state) => Number.parseInt(state, 10);
const drawn = () => $("thread")?.dataset.state ?? known;

let page; // { isBusy(), isTyping(), refresh(), show() }
let known = "";
let heard = "";
let header = null;
let nDealt = 0; // own acts that were answered when the page was last looked at
let isRenewing = false;

function tell(why) {
  const notice = $("beside");
  notice.querySelector("p").textContent = WORDS[why];
  notice.querySelector("button").hidden = !["ahead", "closed"].includes(why);
  notice.hidden = false;
}

async function renew(why) {
  if (page.isTyping()) return tell(why);
  if (isRenewing) return;
  isRenewing = true;
  await page.refresh();
  isRenewing = false;
  const before = known;
  take();
  if (why === "ahead") say("saved", "Up to date with your other tab");
  if (known !== before) compare(); // the other tab may have gone on meanwhile
}

// What own answers brought. A part of the page knows of each act of its own; when there were more,
// the others were done elsewhere and are not drawn.
function take() {
  const nOwn = dealtWith() - nDealt;
  const hasMissed = $("sort") === header && acts(drawn()) > acts(known) + nOwn;
  nDealt += nOwn;
  header = $("sort");
  known = drawn();
  return hasMissed;
}

function compare() {
  if (isAtIt() || page.isBusy()) return;
  const hasMissed = take();
  const isBehind = acts(heard) > acts(known) || (acts(heard) === acts(known) && heard !== known);
  if (hasMissed || isBehind) renew("ahead");
  else $("beside").hidden = true;
}

export function startOwnTabs(ways) {
  if (!$("thread")?.dataset.state) return;
  page = ways;
  header = $("sort");
  known = drawn();
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-show-newer]")) return;
    $("beside").hidden = true;
    page.show();
  });
  document.addEventListener("concord:answered", compare);
  startListening({
    address: (more) => `${sort().base}/sort/live?desk=${sort().desk}&after=${known}${more}`,
    headers: { "Concord-Desk": sort().desk },
    hear: ({ state }) => {
      heard = state;
      compare();
    },
    end: (why) => (why === "closed" ? renew(why) : tell(why)),
    lose: sayLost,
    find: hurry,
  });
}
