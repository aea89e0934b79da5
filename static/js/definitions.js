// The definition beside the card follows what is pointed at, tabbed to or found by its name.

export function showDefinition(id) {
  for (const one of document.querySelectorAll(".definition")) {
    one.open = one.dataset.of === id;
    one.hidden = !one.open;
  }
}

export function startDefinitions() {
  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, (event) => {
      const choice = event.target.closest?.(".choice[data-tone]");
      if (choice) showDefinition(choice.dataset.value);
    });
  }
}
