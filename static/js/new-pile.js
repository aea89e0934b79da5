// A pile of one's own: made together with the card that goes into it. What is typed to find a pile
// is offered as the name of a new one, unless there is a pile called so.

import { save } from "./saving.js";
import { listRefused } from "./saying.js";
import { afterLeaving, stand } from "./walking.js";

const $ = (id) => document.getElementById(id);
const plain = (text) => text.trim().replace(/\s+/g, " ").toLowerCase();

export function openNewPile() {
  if (!$("new-pile")) return false;
  $("new-pile").open = true;
  $("new-pile-name").focus();
  return true;
}

export function offerPile(field, form) {
  const offer = $("pile-offer");
  if (!offer) return;
  const names = [...form.querySelectorAll("[data-name]")].map((one) => plain(one.dataset.name));
  offer.hidden = !field.value.trim() || names.includes(plain(field.value));
  offer.querySelector("[data-typed]").textContent = field.value.trim();
}

export function takeOffer() {
  if (!$("pile-offer") || $("pile-offer").hidden) return false;
  $("pile-offer").click();
  return true;
}

// The name goes into the field that the form sends before the form is sent.
document.addEventListener("click", (event) => {
  const offer = event.target.closest?.("#pile-offer");
  if (offer) $("new-pile-name").value = offer.querySelector("[data-typed]").textContent;
}, { capture: true });

// On the board a new pile is another column, so the board is drawn anew when it has been made.
export function layInNew(form, submitter, minis, { base, facet }, refresh) {
  const [label, description] = [$("new-pile-name").value.trim(), $("new-pile-about").value];
  const [{ dataset: first }] = minis;
  const typed = [...new FormData(form, submitter)].filter(([name]) => !["card_id", "seen_turn"].includes(name));
  const one = { url: form.action, fields: [...typed, ["card_id", first.card], ["seen_turn", first.turn]] };
  const ids = minis.map((mini) => ["card_ids", mini.dataset.card]);
  const several = { url: `${base}/piles`, fields: [["facet_id", facet], ["name", label], ["description", description], ["view", "board"], ...ids] };
  stand(afterLeaving(minis)); // the board drawn anew stands on the same card
  save({ ...(ids.length > 1 ? several : one), label }, () => refresh(), (_page, words) => {
    listRefused({ label }, words);
    refresh();
  });
}
