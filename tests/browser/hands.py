"""Somebody who works a page with a keyboard and nothing else."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Download, FilePayload, Locator, Page, expect

FARTHEST = 160  # presses of Tab before somebody gives up
IS_HERE = "(element) => element === document.activeElement"
# A ring, or a line around a field; the ring may be drawn by the words beside a hidden radio.
IS_SHOWN = """(element) => {
  const box = element.getBoundingClientRect();
  const isBeside = box.right <= 0 || box.left >= innerWidth;
  const isInView = box.bottom > 0 && box.top < innerHeight && !isBeside;
  const ringed = [element, ...(element.labels ?? []), element.nextElementSibling].filter(Boolean);
  return isInView && ringed.some((one) => getComputedStyle(one).outlineStyle !== "none");
}"""

Role = str


def labelled(words: str) -> re.Pattern[str]:
    """The label of a field, whether or not it says that the field is required."""
    return re.compile(rf"^{re.escape(words)}\s*(required)?$")


class Hands:
    """Tab, Shift+Tab, Enter, Space, arrows and typing on one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def go_to(self, target: Locator, *, by: str = "Tab") -> None:
        """Tab until the target has the focus; fails if it has none in a whole round."""
        expect(target).to_have_count(1)
        self.page.wait_for_load_state()  # a page hears no key before its scripts have run
        for _ in range(FARTHEST):
            if target.evaluate(IS_HERE):
                self._see(target)
                return
            self.press(by)
        pytest.fail(f"{target} is not reached by {by} on {self.page.url}")

    def _see(self, target: Locator) -> None:
        """Look for the focus; a page that is just being drawn anew gets a moment."""
        for _ in range(10):
            if target.evaluate(IS_SHOWN):
                return
            self.page.wait_for_timeout(100)
        pytest.fail(f"the focus on {target} cannot be seen")

    def named(self, role: Role, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role(role, name=name, exact=isinstance(name, str))  # type: ignore[arg-type]

    def follow(self, name: str | re.Pattern[str], *, within: str = "main") -> None:
        """Go to a link and press Enter."""
        found = self.page.locator(within).get_by_role(
            "link", name=name, exact=isinstance(name, str)
        )
        self.go_to(found)
        self.press("Enter")

    def use(self, name: str | re.Pattern[str]) -> None:
        """Go to a button and press Enter."""
        self.go_to(self.named("button", name))
        self.press("Enter")

    def unfold(self, words: str, *, within: str = "main") -> None:
        """Go to the head of something folded and press Space."""
        self.go_to(self.page.locator(f"{within} summary", has_text=words))
        self.press("Space")

    def write(self, label: str, text: str, *, role: Role = "textbox") -> None:
        """Go to a field, put the text in place of what stands there, and stay in it."""
        self.go_to(self.page.get_by_role(role, name=labelled(label)))  # type: ignore[arg-type]
        self.press("Control+a")
        self.page.keyboard.type(text)

    def secret(self, text: str) -> None:
        self.go_to(self.page.locator("input[type=password]"))
        self.page.keyboard.type(text)

    def choose(self, label: str, words: str) -> None:
        """Go to a list and press the arrow until it says the words."""
        field = self.page.get_by_role("combobox", name=labelled(label))
        self.go_to(field)
        for _ in range(20):
            if field.evaluate("(list) => list.selectedOptions[0].label.trim()").startswith(words):
                return
            self.press("ArrowDown")
        pytest.fail(f"{label} has no choice {words}")

    def tick(self, label: str | re.Pattern[str]) -> None:
        """Go to a checkbox and tick it, if it is not."""
        box = self.named("checkbox", label)
        if not box.is_checked():
            self.go_to(box)
            self.press("Space")
        expect(box).to_be_checked()

    def pick(self, label: str) -> None:
        """Go into a group of radios and press the arrow until this one is chosen."""
        radio = self.page.get_by_role("radio", name=re.compile(label))
        group = self.page.locator(f"input[type=radio][name={radio.get_attribute('name')}]")
        for _ in range(FARTHEST):
            if group.evaluate_all("(all) => all.includes(document.activeElement)"):
                break
            self.press("Tab")
        if not radio.is_checked():
            self.press("Space")
        for _ in range(group.count()):
            if radio.is_checked():
                return
            self.press("ArrowDown")
        pytest.fail(f"{label} cannot be chosen by arrows")

    def confirm(self, words: str) -> None:
        """Read the question, waver between its two buttons, say yes."""
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        yes = dialog.get_by_role("button", name=words, exact=True)
        self.go_to(yes)
        self.go_to(dialog.get_by_role("button", name="Not now"), by="Shift+Tab")
        self.go_to(yes)
        self.press("Enter")

    def attach(self, name: str, text: str) -> None:
        """Go to the file field and give it a file, as the chooser of the system does."""
        field = self.page.locator("input[type=file]")
        self.go_to(field)
        file = FilePayload(name=name, mimeType="text/csv", buffer=text.encode("utf-8"))
        field.set_input_files([file])

    def download(self, name: str, folder: Path) -> Path:
        """Go to a link, press Enter, and keep the file that comes."""
        self.go_to(self.named("link", name))
        with self.page.expect_download() as waiting:
            self.press("Enter")
        file: Download = waiting.value
        kept = folder / file.suggested_filename
        file.save_as(kept)
        return kept
