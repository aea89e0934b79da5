// Light, dark or as the system: radios inside [data-theme-choice], kept in this browser and, for
// whoever is signed in, with the account.

import { freshId } from "./operation.js";

const KEY = "theme";
const CHOICES = ["light", "dark"];

function chosen() {
  try {
    const theme = localStorage.getItem(KEY);
    return CHOICES.includes(theme) ? theme : "system";
  } catch {
    return document.documentElement.dataset.theme ?? "system";
  }
}

// Without a connection the choice holds in this browser until the next page.
function tellServer(form, theme) {
  const body = new URLSearchParams({ theme, operation_id: freshId() });
  fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => {});
}

function keep(theme) {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the choice lasts until the next page.
  }
}

function apply(theme) {
  if (CHOICES.includes(theme)) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function mark(theme) {
  for (const radio of document.querySelectorAll("[data-theme-choice] input")) {
    radio.checked = radio.value === theme;
  }
}

export function startTheme() {
  mark(chosen());
  document.addEventListener("change", (event) => {
    if (!event.target.closest("[data-theme-choice]")) return;
    keep(event.target.value);
    apply(event.target.value);
    const form = event.target.closest("[data-theme-form]");
    if (form) tellServer(form, event.target.value);
  });
  // Another tab chose, or this page comes back from the back-forward cache.
  const follow = () => {
    apply(chosen());
    mark(chosen());
  };
  window.addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) follow();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) follow();
  });
}
