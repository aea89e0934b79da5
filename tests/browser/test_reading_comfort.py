"""Preferences in the browser: shown live, kept with the account, and no wider than a phone."""

import re
from itertools import product

from fastapi import FastAPI
from playwright.sync_api import Page, expect

from tests.browser.accessibility import COLOURS, barriers_on
from tests.browser.coders import OpenAsBen
from tests.browser.conftest import OpenPage
from tests.browser.visitors import sign_in_page
from tests.coding.world import World

PAST = """sessionStorage.setItem("at-work", JSON.stringify(
  { since: Date.now() - 26 * 60_000, last: Date.now() }))"""
ROOT = "html"


def choose(page: Page, **choices: str) -> None:
    page.goto("/preferences")
    for name, value in choices.items():
        page.locator(f'form[data-look] input[name="{name}"][value="{value}"]').check()
    page.get_by_role("button", name="Save preferences").click()
    expect(page.get_by_role("status").first).to_contain_text("saved")


def test_large_wide_and_high_contrast_pages_have_no_barriers_and_fit_a_phone(
    ben: OpenAsBen, world: World
) -> None:
    page = ben("/sort", viewport={"width": 390, "height": 844})
    choose(page, text="larger", spacing="wide", contrast="high")
    study = f"/studies/{world.study_id}"
    paths = ("/", "/preferences", study, f"{study}/codebook")
    round_paths = [f"{study}/rounds/{world.round_id}{path}" for path in ("", "/sort", "/board")]
    for path, scheme in product((*paths, *round_paths), ("light", "dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(path)
        expect(page.locator(ROOT)).to_have_attribute("data-contrast", "high")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        if path.endswith(("/sort", "/board", "/preferences")):
            rules = COLOURS if scheme == "dark" else ()
            assert barriers_on(page, rules=rules) == [], (path, scheme)


def test_a_choice_shows_at_once_and_counts_once_saved(ben: OpenAsBen) -> None:
    page = ben("/sort")
    page.goto("/preferences")
    before = page.locator(".excerpt").evaluate("(text) => getComputedStyle(text).fontSize")
    page.locator('form[data-look] input[name="text"][value="larger"]').check()
    after = page.locator(".excerpt").evaluate("(text) => getComputedStyle(text).fontSize")
    assert float(after[:-2]) > 1.2 * float(before[:-2])
    page.reload()
    assert page.locator(ROOT).get_attribute("data-text") is None


def test_the_theme_of_the_menu_goes_with_the_account_to_another_browser(
    app: FastAPI, ben: OpenAsBen, open_page: OpenPage, server_url: str
) -> None:
    page = ben("/sort")
    page.get_by_role("button", name="your account").click()
    with page.expect_response("**/preferences/theme") as answer:
        page.locator("[data-theme-choice]").get_by_text("Dark", exact=True).click()
    assert answer.value.status == 204
    other = open_page(java_script_enabled=False)
    sign_in_page(app, other, "ben@example.org", server_url)
    other.goto("/")
    expect(other.locator(ROOT)).to_have_attribute("data-theme", "dark")


def test_a_signed_out_page_keeps_the_theme_of_its_browser(page: Page) -> None:
    page.goto("/sign-in")
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.reload()
    expect(page.locator(ROOT)).to_have_attribute("data-theme", "dark")


def test_a_break_is_proposed_in_a_quiet_line_that_can_be_turned_off(ben: OpenAsBen) -> None:
    page = ben("/sort")
    choose(page, rest="25")
    page = ben("/sort")
    expect(page.locator("#break")).to_be_hidden()
    page.evaluate(PAST)
    page.reload()
    line = page.locator("#break")
    expect(line).to_contain_text(re.compile(r"at work for 26 minutes"))
    expect(page.locator("#card-title")).to_be_visible()
    assert barriers_on(page) == []
    line.get_by_role("button", name="Put away").click()
    expect(line).to_be_hidden()
    page.evaluate(PAST)
    page.reload()
    line.get_by_role("button", name="Remind me no more").click()
    expect(line).to_have_count(0)
    page.reload()
    expect(line).to_have_count(0)
