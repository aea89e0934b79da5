// Puts the next page into this one without loading it anew: the content, the acts, the title.
// The save state stays where it is, so that it is spoken once.

const PARTS = ["main", "foot-acts", "foot-ways", "notices"];

export function parse(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

// Returns false when the page is of another kind and has to be loaded.
export function swap(page, address) {
  const before = document.getElementById("sort");
  const after = page.getElementById("sort");
  if (!before || !after || before.dataset.view !== after.dataset.view) return false;
  const refused = [...document.querySelectorAll("#refused li")];
  for (const id of PARTS) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (old && fresh) old.replaceChildren(...fresh.childNodes);
  }
  document.title = page.title;
  if (refused.length) {
    const place = document.getElementById("refused");
    place.querySelector("ul").append(...refused);
    place.hidden = false;
  }
  if (address && address !== location.href) history.pushState(null, "", address);
  return true;
}

// draw(page, address) puts the page in place and says whether it could. Gives true when it stands
// here, false when it is of another kind and is being loaded, null when there is no connection and
// everything stays. The server is told whose desk this is: it shows nobody another's.
export async function visit(address, { push = true, draw = swap } = {}) {
  let response;
  let page;
  try {
    response = await fetch(address, { headers: { "HX-Request": "true", "Concord-Desk": document.getElementById("sort").dataset.desk } });
    page = parse(await response.text());
  } catch {
    return null;
  }
  const stands = response.ok && draw(page, push ? response.url : "");
  if (!stands) location.assign(address);
  return stands;
}
