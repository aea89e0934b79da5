// Sets the chosen theme before the first paint, so that a dark page never flashes light.
// A classic script in the head on purpose: modules run too late.
(function () {
  const root = document.documentElement;
  try {
    // What the account says goes before what this browser remembers.
    if (root.dataset.theme === "system") localStorage.removeItem("theme");
    else if (root.dataset.theme) localStorage.setItem("theme", root.dataset.theme);
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage may be closed; the system's theme is a fine answer.
  }
})();
