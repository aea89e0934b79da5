// Help that a coder asks for: a fold fetches what it shows when it is opened, never before. Without
// scripts the link in it leads to the same content on a page of its own.

async function fill(fold) {
  const link = fold.querySelector("a[data-part]");
  if (!link || fold.dataset.state) return;
  fold.dataset.state = "coming";
  const headers = { "HX-Request": "true", "Concord-Desk": document.getElementById("sort").dataset.desk };
  const response = await fetch(link.href, { headers }).catch(() => null);
  const page = response?.ok && new DOMParser().parseFromString(await response.text().catch(() => ""), "text/html");
  const part = page && page.getElementById(link.dataset.part);
  delete fold.dataset.state;
  if (part && fold.isConnected) link.parentElement.replaceWith(part);
}

export function startFolds() {
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches?.("details[data-fetched]") && target.open) fill(target);
  }, { capture: true });
}
