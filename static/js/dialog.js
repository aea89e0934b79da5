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
export function ask(dialog, source, submitter) {
  fill(dialog, source, submitter);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

const isSubmit = (field) => field.type === "submit";
const matters = (button) => Boolean(button.name) || button.hasAttribute("formaction");
const asks = (form) => form.dataset.confirm ?? form.querySelector("[data-confirm]")?.dataset.confirm;

// Of a form that was drawn anew the same one as it stands now: it goes to the same place and asks
// the same question. Of several nobody could say which was meant.
function formNow(form) {
  if (form.isConnected) return form;
  const same = [...document.forms].filter((one) => one.getAttribute("action") === form.getAttribute("action")
    && one.method === form.method && asks(one) === asks(form));
  return same.length === 1 ? same[0] : null;
}

// What to send once the answer is there: the page may have been drawn anew under the question.
// Without the button that was pressed nothing is sent, for the form would take another one for it.
function found(form, submitter) {
  if (!submitter) return { form: formNow(form) };
  const again = submitter.isConnected ? submitter : submitter.id && document.getElementById(submitter.id);
  if (again?.form) return { form: again.form, button: again };
  const now = formNow(form);
  const twin = now && [...now.elements].find((one) => isSubmit(one) && one.name === submitter.name && one.value === submitter.value
    && one.getAttribute("formaction") === submitter.getAttribute("formaction"));
  return { form: twin || !matters(submitter) ? now : null, button: twin };
}

function sayGone() {
  const place = document.getElementById("notices");
  const notice = document.createElement("div");
  const said = document.createElement("p");
  notice.className = "notice";
  notice.dataset.kind = "warn";
  said.textContent = "The page changed while you were asked, and what you confirmed is not on it any more. Nothing was sent.";
  notice.append(said);
  place?.replaceChildren(notice);
  notice.scrollIntoView({ block: "nearest" });
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
  const now = found(form, submitter);
  if (!now.form) return sayGone();
  confirmed.add(now.form);
  now.form.requestSubmit(now.button);
  confirmed.delete(now.form);
}

export function startDialogs() {
  document.addEventListener("submit", holdBack, { capture: true });
}
