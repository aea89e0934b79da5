// Gives every written act its own id. A form with input[name=operation_id] is sent once: while
// it is on its way a second press is held back, and after an answer the form gets a fresh id.
// A lost connection or a server error keeps the id, so that trying again can't act twice.

const RELEASE_AFTER_MS = 10000;
const underWay = new Map();

// crypto.randomUUID is missing on plain http, where a team may well run its server.
export function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// Not form.elements: a field named "elements" would hide it.
function idField(form) {
  return form.querySelector('input[name="operation_id"]');
}

function renew(form) {
  const field = idField(form);
  if (field) field.value = freshId();
}

function hold(form, submitter) {
  form.setAttribute("aria-busy", "true");
  submitter?.setAttribute("aria-busy", "true");
  // A download answers without leaving the page; the same id makes a repeat harmless.
  const timer = setTimeout(() => release(form), RELEASE_AFTER_MS);
  underWay.set(form, { submitter, timer });
}

function release(form) {
  const held = underWay.get(form);
  if (!held) return;
  clearTimeout(held.timer);
  underWay.delete(form);
  form.removeAttribute("aria-busy");
  held.submitter?.removeAttribute("aria-busy");
}

function onSubmit(event) {
  const form = event.target;
  if (!idField(form)) return;
  if (underWay.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  hold(form, event.submitter);
}

function onAnswer(event) {
  const { ctx } = event.detail;
  const form = ctx.sourceElement?.closest?.("form");
  if (!form) return;
  release(form);
  const status = ctx.response?.status;
  if (status && status < 500) renew(form);
}

// Back to a page that was already sent: what is written there now is a new act.
function onReturn(event) {
  const [visit] = performance.getEntriesByType("navigation");
  if (!event.persisted && visit?.type !== "back_forward") return;
  for (const form of underWay.keys()) release(form);
  for (const form of document.forms) renew(form);
}

export function startOperations() {
  document.addEventListener("submit", onSubmit, { capture: true });
  document.addEventListener("htmx:finally:request", onAnswer);
  window.addEventListener("pageshow", onReturn);
}
