"""What axe-core finds wrong with a page for people who cannot see, hear or point."""

import json
from collections.abc import Collection
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCRIPT = Axe().axe_script
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The rules whose answer changes with the colours alone.
COLOURS = ("color-contrast",)


def barriers_on(page: Page, *, rules: Collection[str] = ()) -> list[str]:
    """One line for each rule of WCAG 2.2 AA (and of good practice) that the page breaks.

    With `rules`, those alone are asked: a second look at a page that only changed its colours.
    """
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": LEVELS}
    options = json.dumps({"runOnly": only, "resultTypes": ["violations"]})
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(SCRIPT)
    violations: list[dict[str, Any]] = page.evaluate(
        f"axe.run({options}).then((results) => results.violations)"
    )
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']} at "
        + ", ".join(" ".join(map(str, node["target"])) for node in violation["nodes"])
        for violation in violations
    ]
