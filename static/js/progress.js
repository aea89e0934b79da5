// The page of an open round follows how far the coders are, as far as its reader may know. It asks
// for itself anew; what is being typed stays.

import { parse } from "./swapping.js";

const MS_BETWEEN_LOOKS = 15_000;
const PARTS = ["coders", "closing"];

const $ = (id) => document.getElementById(id);
let source = null;
let polling = 0;

const isInUse = (part) => part.contains(document.activeElement) || [...part.querySelectorAll("textarea")].some((one) => one.value !== one.defaultValue);

async function refresh() {
  let page;
  try {
    const answer = await fetch(location.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    page = parse(await answer.text());
  } catch {
    return; // no connection: the next change, or the next look, comes here again
  }
  const parts = PARTS.map($).filter(Boolean);
  if (!page.getElementById("coders")) return parts.some(isInUse) ? undefined : location.reload();
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (fresh && fresh.innerHTML !== part.innerHTML && !isInUse(part)) part.replaceChildren(...fresh.childNodes);
  }
}

function listen() {
  source?.close();
  clearInterval(polling);
  if (document.hidden) return;
  source = new EventSource($("coders").dataset.live);
  source.addEventListener("progress", refresh);
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return;
    clearInterval(polling);
    polling = setInterval(refresh, MS_BETWEEN_LOOKS);
  });
}

document.addEventListener("visibilitychange", listen);
listen();
