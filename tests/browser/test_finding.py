"""Sixty categories: found by two letters; and keys that a coder has changed."""

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from app.accounts.keyboard import ACTS
from app.accounts.models import Account
from app.db import Database
from tests.browser.coders import OpenAsBen, placements, saved
from tests.browser.conftest import PageProblems
from tests.coding.world import World, make_world

FIRST = ["Dead link", "Missing date", "Mixed units", "Unclear name"]
NAMES = (*FIRST, *(f"Topic {one}{two}" for one in "abcdefgh" for two in "klmnoqr"))


@pytest.fixture
def world(app: FastAPI) -> World:
    return make_world(app.state.database, n_cards=12, categories=NAMES)


def left(page: Page) -> list[str]:
    rows = page.locator("#placement .choices").first.locator("li:visible .choice-name")
    return rows.all_inner_texts()


def test_two_letters_find_one_of_sixty_and_enter_takes_it(
    ben: OpenAsBen, world: World, database: Database
) -> None:
    page = ben("/sort")
    assert len(world.category_ids[world.single_id]) == 60
    page.keyboard.press("/")
    page.keyboard.type("mi")
    assert left(page) == ["Missing date", "Mixed units"]
    expect(page.get_by_role("status").and_(page.locator("#found"))).to_have_text("2 of 60")
    page.keyboard.type("x")
    expect(page.locator("#found")).to_have_text("1 of 60")
    page.keyboard.press("Enter")
    saved(page)
    assert placements(database)[0].category_ids == [world.category_ids[world.single_id][2]]


def test_beginnings_of_words_come_before_initials_before_insides(ben: OpenAsBen) -> None:
    page = ben("/sort")
    page.keyboard.press("/")
    page.keyboard.type("da")
    assert left(page)[0] == "Missing date"  # a word that begins so, before any that holds it
    page.keyboard.press("Control+a")
    page.keyboard.type("un")
    assert left(page) == ["Unclear name", "Mixed units"]
    page.keyboard.press("Control+a")
    page.keyboard.type("dl")
    assert left(page) == ["Dead link", "Topic dl"] or left(page) == ["Topic dl", "Dead link"]
    page.keyboard.press("Escape")
    assert left(page)[:4] == FIRST
    expect(page.locator("#found")).to_have_text("")


def test_the_board_s_mover_finds_in_the_same_way(
    ben: OpenAsBen, world: World, database: Database
) -> None:
    page = ben("/board")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("/")
    page.keyboard.type("un")
    expect(page.locator("#found")).to_have_text("2 of 64")
    page.keyboard.press("Enter")
    saved(page)
    assert placements(database)[0].category_ids == [world.category_ids[world.single_id][3]]


def test_own_keys_act_are_shown_and_the_usual_ones_do_not_act_any_more(
    ben: OpenAsBen, world: World, database: Database
) -> None:
    with database.transaction() as session:
        account = session.get_one(Account, world.account_ids["ben"])
        account.preferences = {"keys": {"park": ";", "cannot_judge": "Delete", "next": "PageDown"}}
        session.add(account)
    page = ben("/sort")
    page.keyboard.press("PageDown")
    expect(page.locator("h1")).to_contain_text("Card 2 of 12")
    page.keyboard.press("ArrowRight")
    page.keyboard.press(".")
    page.keyboard.press("8")
    page.keyboard.press(";")
    expect(page.locator("h1")).to_contain_text("Card 3 of 12")
    expect(page.locator("#thread")).to_contain_text("1 parked")
    with page.expect_response("**/placements"):
        page.keyboard.press("Delete")
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    assert [row.value for row in placements(database)] == ["cannot_judge"]
    expect(page.locator("#foot-acts")).to_contain_text(";")
    page.keyboard.press("?")
    expect(page.locator("#keys .key-map")).to_contain_text("Delete")
    expect(page.locator("#keys .key-map dt", has_text="Page ↓")).to_have_count(1)


def test_a_key_is_pressed_into_its_field_and_a_clash_is_told(
    ben: OpenAsBen, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 422")
    page = ben("/sort")
    page.goto("/preferences")
    park = page.locator("#f-park")
    park.focus()
    page.keyboard.press("Backspace")
    expect(park).to_have_value("Backspace")
    page.keyboard.press("Tab")
    expect(park).not_to_be_focused()
    page.get_by_role("button", name="Save keys").click()
    expect(page.get_by_role("alert")).to_contain_text("Backspace is also set for")
    expect(park).to_have_value("Backspace")
    undo = page.locator("#f-undo")
    undo.focus()
    page.keyboard.press(".")
    page.get_by_role("button", name="Save keys").click()
    expect(page.get_by_role("status").first).to_contain_text("Your keys are saved")
    page.get_by_role("button", name="Reset all keys").click()
    expect(undo).to_have_value(next(act.key for act in ACTS if act.name == "undo"))
