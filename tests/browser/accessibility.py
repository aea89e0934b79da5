"""What axe-core finds wrong with a page for people who cannot see, hear or point."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def barriers_on(page: Page) -> list[str]:
    """One line for each rule of WCAG 2.2 AA (and of good practice) that the page breaks."""
    options = {"runOnly": {"type": "tag", "values": LEVELS}}
    results = AXE.run(page, options=options)
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']} at "
        + ", ".join(" ".join(map(str, node["target"])) for node in violation["nodes"])
        for violation in results.response["violations"]
    ]
