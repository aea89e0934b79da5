// Sets the chosen theme before the first paint, so that a dark page never flashes light.
// A classic script in the head on purpose: modules run too late.
(function () {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be closed; the system's theme is a fine answer.
  }
})();
