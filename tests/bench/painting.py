"""From a key to the next card on the screen, in a real browser, in a study of many cards."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect, sync_playwright

from tests.bench.figures import Figure, against_limit, p50, p95
from tests.bench.prepared import Bench
from tests.browser.chromium import find_chromium
from tests.browser.conftest import QUIET

CARDS = 40
WARM = 5

# The card is on the screen when a frame has been drawn after the one in which it was put there.
WATCH = """() => {
  globalThis.painted = [];
  let pressed = 0;
  let shown = document.getElementById("placement").dataset.cardKey;
  addEventListener("keydown", () => (pressed = performance.now()), { capture: true });
  new MutationObserver(() => {
    const now = document.getElementById("placement")?.dataset.cardKey;
    if (!now || now === shown) return;
    shown = now;
    const from = pressed;
    requestAnimationFrame(() => setTimeout(() => painted.push(performance.now() - from)));
  }).observe(document.getElementById("main"), { childList: true, subtree: true });
}"""


def bench_painting(bench: Bench) -> Iterator[Figure]:
    """Judge one card after the other by keys; the second facet of each leads to the next card."""
    server = bench.served()
    try:
        with sync_playwright() as playwright:
            path = find_chromium(playwright)
            with playwright.chromium.launch(executable_path=path, args=QUIET) as browser:
                url = f"http://127.0.0.1:{server.port}"
                context = browser.new_context(base_url=url)
                name, value = bench.cookies["ben"].split("=", 1)
                context.add_cookies([{"name": name, "value": value, "url": url}])
                samples = _painted(context.new_page(), f"{bench.round_path}/sort")[WARM:]
    finally:
        server.stop()
    name = f"key to next card painted, {len(bench.world.card_ids):,} cards"
    yield Figure(f"{name}, p50", round(p50(samples), 1), "ms")
    yield against_limit(f"{name}, p95", p95(samples), "ms", 100)


def _painted(page: Page, path: str) -> list[float]:
    page.goto(path)
    page.evaluate(WATCH)
    for _ in range(CARDS):
        page.keyboard.press("s")
        expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part")
        page.keyboard.press("m")
        page.wait_for_load_state("networkidle")  # a coder reads meanwhile; the next page is fetched
        page.keyboard.press("Enter")
        expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Smell")
    samples: list[float] = page.evaluate("painted")
    return samples
