"""Sorting into own piles: by keys alone, on the board, on a phone, without scripts."""

import os
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from app.coding.models import Round
from app.coding.rules import Sort
from app.resolution.closing import close_round
from tests.browser.accessibility import barriers_on
from tests.browser.coders import OpenAsBen, saved
from tests.browser.conftest import PageProblems
from tests.coding.world import World, make_world

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def world(app: FastAPI) -> World:
    return make_world(app.state.database, n_cards=12, sort=Sort.HYBRID)


def shot(page: Page, name: str) -> None:
    folder = os.environ.get("CONCORD_SHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_name_that_no_pile_has_is_offered_and_made_by_keys_alone(ben: OpenAsBen) -> None:
    page = ben("/sort")
    page.keyboard.press("/")
    page.keyboard.type("Dead ends")
    expect(page.locator("#pile-offer")).to_have_text("New pile Dead ends")
    shot(page, "focus-offer")
    page.keyboard.press("Enter")
    expect(page.locator(".facet-steps li").first).to_contain_text("Dead ends")
    saved(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_contain_text("Card 2 of 12")
    page.keyboard.press("d")  # the pile has a key of its own by now
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_contain_text("Card 3 of 12")
    page.keyboard.press("+")
    page.keyboard.type("Silence")
    page.keyboard.press("Tab")
    page.keyboard.type("Nobody ever answers.")
    shot(page, "focus-new")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".facet-steps li").first).to_contain_text("Silence")
    page.keyboard.press("Backspace")
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Smell")
    expect(page.locator("#placement")).not_to_contain_text("Silence")
    expect(page.locator("#placement")).to_contain_text("Dead ends")


def test_enter_in_the_name_makes_the_pile_and_a_taken_one_is_told(
    ben: OpenAsBen, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 422")
    page = ben("/sort")
    for memo in ("first", "second"):
        page.locator("#memo").fill(memo)
        page.locator("#card-title").focus()
        page.keyboard.press("+")
        page.keyboard.type("Dead ends")
        page.keyboard.press("Enter")
        if memo == "first":
            expect(page.locator(".facet-steps li").first).to_contain_text("Dead ends")
            page.keyboard.press("ArrowRight")
            expect(page.locator("h1")).to_contain_text("Card 2 of 12")
    expect(page.locator("[data-problem]")).to_contain_text("You already have a pile called")
    expect(page.locator("#memo")).to_have_value("second")
    expect(page.locator("#new-pile-name")).to_have_value("Dead ends")


def test_cards_picked_on_the_board_go_into_a_new_pile(ben: OpenAsBen) -> None:
    page = ben("/board")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
        page.keyboard.press(" ")
    page.keyboard.press("/")
    page.keyboard.type("Together")
    shot(page, "board-offer")
    page.keyboard.press("Enter")
    expect(page.locator("[data-pile=p1] .mini")).to_have_count(3)
    saved(page)
    page.keyboard.press("t")
    expect(page.locator("[data-pile=p1] .mini")).to_have_count(4)
    expect(page.locator("[data-pile=p1] [data-count]")).to_have_text("4")
    shot(page, "board")
    page.keyboard.press("Backspace")
    expect(page.locator("[data-pile=p1] .mini")).to_have_count(3)
    assert barriers_on(page) == []
    page.get_by_role("link", name="Change Together").click()
    expect(page.locator("h1")).to_contain_text("Together")
    assert barriers_on(page) == []


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}], ids=["wide", "phone"])
def test_without_scripts_piles_are_made_split_merged_and_nested(
    ben: OpenAsBen, options: dict[str, object]
) -> None:
    page = ben("/sort", java_script_enabled=False, **options)
    page.locator("#new-pile summary").click()
    page.get_by_label("Name of the new pile").fill("Dead ends")
    page.get_by_label("Name of the new pile").press("Enter")
    expect(page.locator(".facet-steps li").first).to_contain_text("Dead ends")
    page.get_by_role("link", name="Your piles").click()
    page.locator(".facet-tabs").get_by_role("link", name="Smell").click()
    page.get_by_label("Name", exact=False).first.fill("Drafts")
    page.get_by_role("button", name="Make the pile").click()
    shot(page, f"piles-{len(options)}")
    page.get_by_role("link", name="Dead ends").click()
    shot(page, f"pile-{len(options)}")
    page.locator(".split-cards input").check()
    page.get_by_label("Name of the new pile").fill("Silence")
    page.get_by_role("button", name="Split").click()
    expect(page.locator("h1")).to_contain_text("Silence")
    page.get_by_label("Under", exact=True).select_option("Drafts")
    page.get_by_role("button", name="Lay it there").click()
    page.get_by_role("combobox", name="Into").select_option("Dead ends")
    page.get_by_role("button", name="Merge").click()
    expect(page.locator("h1")).to_contain_text("Dead ends")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#pile-p3")).to_contain_text("Silence")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_team_reads_the_piles_after_closing_on_a_phone_too(
    ben: OpenAsBen, app: FastAPI, world: World, theme: str
) -> None:
    page = ben("/board", color_scheme=theme, viewport=PHONE)
    shot(page, f"board-phone-{theme}")
    page.goto(page.url.replace("/board", "/sort"))
    page.locator("#new-pile summary").click()  # a phone has no field to find a pile
    page.keyboard.press("Tab")
    page.keyboard.type("A pile with quite a long name that says what it is about")
    page.keyboard.press("Enter")
    saved(page)
    shot(page, f"focus-phone-{theme}")
    with app.state.database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        close_round(session, round_, reason="Time is up.", is_forced=True, by=None)
    page.goto(f"/studies/{world.study_id}/rounds/{world.round_id}/piles/all")
    expect(page.locator("h1")).to_contain_text("What each coder made")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers_on(page) == []
    shot(page, f"aligning-phone-{theme}")
    page.set_viewport_size({"width": 1440, "height": 900})
    shot(page, f"aligning-{theme}")
