// Draws parts of a page anew around what somebody is writing: a form that is in use stays as it is,
// and what has to wait for its writer is held back.

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TEXTS = "textarea, input:not([type=hidden], [type=checkbox], [type=radio])";

// Whether this page, or a part of it, answers a form that was refused.
const isAnswer = () => {
  const { page, refused } = document.getElementById("live").dataset;
  return refused !== undefined || (Boolean(page) && page !== location.pathname);
};

function isTyped(field) {
  if (field.matches("input[type=hidden]")) return false;
  if (field.matches("input[type=checkbox], input[type=radio]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return [...field.options].some((one) => one.selected !== one.defaultSelected) && field.selectedIndex > 0;
  // After a refusal the server itself wrote what was typed into the form.
  return field.value !== field.defaultValue || (isAnswer() && field.matches("textarea") && field.value.trim() !== "");
}

export const isInUse = (form) =>
  form.querySelector(TEXTS)?.form === form && form.contains(document.activeElement) && document.activeElement.matches(TEXTS)
  || [...form.elements].some((field) => "defaultValue" in field || field.matches("select") ? isTyped(field) : false);

export const inUse = (root) => [...root.querySelectorAll("form")].filter(isInUse);

const bare = (node) => node.innerHTML.replace(ID, "").replace(/\s+/g, " ");
const sameForm = (form, root) => [...root.querySelectorAll("form")].find((one) => one.getAttribute("action") === form.getAttribute("action")
  && one.querySelector('[name="reply_to"]')?.value === form.querySelector('[name="reply_to"]')?.value);
const askedOn = (form) => ["revision", "proposal_id", "batch"].map((name) => form.querySelector(`[name="${name}"]`)?.value).join("/");

// What stays of a form in use: [old, fresh] for the form itself, for its section when the form asks
// something else by now, or null when there is no such place any more.
function staying(form, fresh) {
  const match = sameForm(form, fresh);
  if (match && askedOn(form) === askedOn(match)) return { pair: [form, match], isHeld: false };
  const section = form.closest("section[id]");
  const other = section && fresh.querySelector(`#${section.id}`);
  return { pair: other ? [section, other] : null, isHeld: true };
}

// Takes the content of fresh into old; the old part of each pair keeps its place and is not touched.
function pour(old, fresh, pairs) {
  const stays = [...old.children].filter((child) => pairs.some(([kept]) => child.contains(kept)));
  const isOf = (stay, node) => pairs.some(([kept, match]) => stay.contains(kept) && node.contains(match));
  for (const node of [...old.childNodes]) if (!stays.includes(node)) node.remove();
  let last = null;
  for (const node of [...fresh.childNodes]) {
    const stay = stays.find((one) => isOf(one, node));
    if (!stay) {
      if (last) last.after(node);
      else old.prepend(node);
    } else if (!pairs.some(([kept]) => kept === stay)) {
      if (stay.matches("details")) stay.open = true;
      pour(stay, node, pairs);
    }
    last = stay ?? node;
  }
}

const named = (details) => details.querySelector("summary")?.textContent.trim();

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const unfolded = [...old.querySelectorAll("details[open]")].map(named);
  pour(old, fresh, []);
  for (const details of old.querySelectorAll("details")) if (unfolded.includes(named(details))) details.open = true;
  if (!focused) return;
  const words = focused.textContent.trim();
  const again = (focused.id && document.getElementById(focused.id)) || [...old.querySelectorAll(focused.tagName)].find((one) => one.textContent.trim() === words);
  (again ?? document.getElementById("main")).focus({ preventScroll: true });
}

// Puts the parts of the fresh page in place; gives the forms that hold something back, and whether
// anything changed.
export function update(page, areas) {
  const held = [];
  let isChanged = false;
  for (const selector of areas) {
    const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
    if (!old || !fresh || bare(old) === bare(fresh)) continue;
    isChanged = true;
    const forms = inUse(old);
    const found = forms.map((form) => staying(form, fresh));
    held.push(...forms.filter((_, place) => found[place].isHeld));
    if (found.some(({ pair }) => !pair)) continue;
    const outer = found.map(({ pair }) => pair).filter(([kept], _, all) => !all.some(([one]) => one !== kept && one.contains(kept)));
    if (outer.length) pour(old, fresh, outer);
    else replace(old, fresh);
  }
  return { held, isChanged };
}

export function unfold(node) {
  for (let at = node?.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
}

function carry(form, match) {
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "submit") continue;
    const twin = [...match.elements].find((one) => one.name === field.name && (!["radio", "checkbox"].includes(field.type) || one.value === field.value));
    if (!twin) continue;
    if ("checked" in field && ["radio", "checkbox"].includes(field.type)) twin.checked = field.checked;
    else twin.value = field.value;
  }
  unfold(match);
}

// Shows what was held back: what was typed moves into the same form of the fresh page, or is shown.
export function showAll(page, areas) {
  const typed = areas.flatMap((selector) => inUse(document.querySelector(selector) ?? document.createElement("p")));
  for (const selector of areas) {
    const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
    if (old && fresh) pour(old, fresh, []);
  }
  for (const form of typed) {
    const match = sameForm(form, document);
    if (match) carry(form, match);
    else keep(form);
  }
}

function keep(form) {
  for (const field of form.querySelectorAll("textarea")) {
    if (!field.value.trim()) continue;
    const kept = document.createElement("textarea");
    Object.assign(kept, { className: "textarea", readOnly: true, value: field.value, rows: 3 });
    kept.setAttribute("aria-label", "What you wrote");
    document.querySelector(".confluence, main").prepend(kept);
  }
}
