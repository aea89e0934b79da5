// What is said about saving: one state at the foot of the page, and the list of what was refused.

const ICONS = { saved: "check", saving: "refresh-cw", queued: "cloud-off", refused: "triangle-alert" };

export function say(state, words) {
  const place = document.getElementById("save-state");
  const icons = document.getElementById("save-icons");
  if (!place || !icons) return;
  const shown = document.createElement("span");
  shown.className = "save-state";
  shown.dataset.state = state;
  const wanted = [...icons.content.children].find((icon) => icon.querySelector("use")?.getAttribute("href").endsWith(`#${ICONS[state]}`));
  if (wanted) shown.append(wanted.cloneNode(true));
  const text = document.createElement("span");
  text.textContent = words;
  shown.append(text);
  place.replaceChildren(shown);
}

export const isSaid = (state) => Boolean(document.querySelector(`#save-state [data-state=${state}]`));

export function clockTime(moment = new Date()) {
  return moment.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
}

export function listRefused(act, words) {
  const place = document.getElementById("refused");
  if (!place) return;
  const line = document.createElement("li");
  const memo = act.fields?.find(([name]) => name === "memo")?.[1];
  line.textContent = `${act.label || "Undo"}: ${words}${memo ? ` You wrote: “${memo}”` : ""}`;
  place.querySelector("ul").append(line);
  place.hidden = false;
  say("refused", "Not saved, see above");
}

// The moment the server gives, in the reader's own time.
export function localTimes() {
  for (const time of document.querySelectorAll("#save-state time")) {
    time.textContent = clockTime(new Date(time.dateTime));
  }
}

export function startSaying() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-dismiss]")) return;
    const place = document.getElementById("refused");
    place.querySelector("ul").replaceChildren();
    place.hidden = true;
  });
  localTimes();
}
