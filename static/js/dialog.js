// Asks before a form that can't be taken back is sent: <form data-confirm="Close round 4?">
// or a submit button with data-confirm; data-confirm-text adds what follows from it,
// data-confirm-action names the button. Without scripts the form is sent as it is.

const confirmed = new WeakSet();

function fill(dialog, source, submitter) {
  dialog.querySelector("[data-title]").textContent = source.dataset.confirm;
  const text = dialog.querySelector("[data-text]");
  text.textContent = source.dataset.confirmText ?? "";
  text.hidden = !source.dataset.confirmText;
  const act = source.dataset.confirmAction ?? submitter?.textContent.trim();
  dialog.querySelector('[value="yes"]').textContent = act || "Continue";
}

// The dialog keeps the focus inside and gives it back itself; only the answer is ours.
function ask(dialog, source, submitter) {
  fill(dialog, source, submitter);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

// The button may have been drawn anew while the question stood; without it nothing is sent, for
// the form would then take another button for the one that was pressed.
function still(submitter) {
  if (!submitter || submitter.isConnected) return submitter;
  return submitter.id ? document.getElementById(submitter.id) : null;
}

async function holdBack(event) {
  const form = event.target;
  const dialog = document.getElementById("confirm");
  if (!dialog || form === dialog.querySelector("form")) return;
  const source = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!source.dataset.confirm || confirmed.delete(form)) return;
  const submitter = event.submitter;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (dialog.open || !(await ask(dialog, source, submitter))) return;
  const button = still(submitter);
  if (submitter?.name && !button) return;
  confirmed.add(form);
  form.requestSubmit(button ?? undefined);
  confirmed.delete(form);
}

export function startDialogs() {
  document.addEventListener("submit", holdBack, { capture: true });
}
