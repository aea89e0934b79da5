// Asks before a text is left behind: a page with a long text that was changed and not sent is not
// left without a question. Sorting keeps its memos itself.

let sent = null;

const isChanged = (form) =>
  [...form.elements].some((field) => field.matches("textarea") && field.value !== field.defaultValue);

export function startAskingAboutTexts() {
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sent = event.target;
  });
  window.addEventListener("beforeunload", (event) => {
    const left = [...document.forms].filter((form) => form !== sent && !form.dataset.act && isChanged(form));
    if (left.length) event.preventDefault();
  });
}
