"""Sorting as coders do it for hours: keys, mouse, no scripts, no connection."""

import re

import pytest
from fastapi import FastAPI
from playwright.sync_api import expect

from app.db import Database
from tests.browser.accessibility import barriers_on
from tests.browser.coders import OpenAsBen, deaf_page, placements, saved, void_round
from tests.browser.conftest import PageProblems
from tests.browser.visitors import sign_in_page
from tests.coding.world import World, cards_of


def test_ten_cards_are_sorted_by_keys_alone(
    ben: OpenAsBen, world: World, database: Database
) -> None:
    page = ben("/sort")
    for number in range(1, 11):
        expect(page.locator("h1")).to_contain_text(f"Card {number} of 12")
        page.keyboard.press("s")
        expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part")
        expect(page.locator("#card-title")).to_be_focused()
        page.keyboard.press("m")
        page.keyboard.press("u")
        page.keyboard.press("Enter")
    expect(page.locator("#thread")).to_contain_text("10 sorted")
    saved(page)
    rows = placements(database)
    first, several = world.category_ids[world.single_id], world.category_ids[world.several_id]
    assert [row.category_ids for row in rows] == [[first[1]], [several[0], several[2]]] * 10
    assert [row.card_id for row in rows[::2]] == cards_of(database, world, "ben")[:10]


def test_keys_park_undo_say_how_sure_and_write_a_memo(ben: OpenAsBen, database: Database) -> None:
    page = ben("/sort")
    page.keyboard.press(",")
    page.keyboard.type("s is only a letter here")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    page.keyboard.press("0")
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    saved(page)
    row = placements(database)[0]
    assert (row.value, row.confidence, row.memo) == ("none_applies", 3, "s is only a letter here")
    page.keyboard.press("Backspace")
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Smell")
    expect(page.locator("#memo")).to_have_value("")
    page.keyboard.press(".")
    expect(page.locator("h1")).to_contain_text("Card 2 of 12")
    expect(page.locator("#thread")).to_contain_text("1 parked")


@pytest.mark.parametrize("view", ["/sort", "/board"])
def test_an_act_is_undone_and_redone_by_keys(
    ben: OpenAsBen, world: World, database: Database, view: str
) -> None:
    page = ben(view)
    page.keyboard.press("ArrowDown")
    for key, n in (("s", 1), ("Backspace", 2), ("Shift+Backspace", 3)):
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.keyboard.press(key)
        assert len(placements(database)) == n
    stale = world.category_ids[world.single_id][1]
    assert [row.category_ids for row in placements(database)] == [[stale], [], [stale]]
    if view == "/board":
        expect(page.locator(f'.pile[data-pile="{stale}"] .mini')).to_have_count(1)
    else:
        expect(page.locator("#placement [data-letter=s]")).to_have_attribute("aria-pressed", "true")


def test_a_memo_is_kept_when_going_on_without_judging(ben: OpenAsBen) -> None:
    page = ben("/sort")
    page.locator("#memo").fill("Look at this again")
    page.get_by_role("link", name="Next card").click()
    expect(page.locator("h1")).to_contain_text("Card 2 of 12")
    expect(page.locator("#memo")).to_have_value("")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("h1")).to_contain_text("Card 1 of 12")
    expect(page.locator("#memo")).to_have_value("Look at this again")


def test_single_keys_can_be_switched_off(ben: OpenAsBen, database: Database) -> None:
    page = ben("/sort")
    page.get_by_role("button", name="Keyboard map").click()
    page.get_by_label("Single keys act").uncheck()
    page.keyboard.press("Escape")
    page.locator("#card-title").focus()
    page.keyboard.press("s")
    page.keyboard.press("Backspace")
    page.reload()
    page.keyboard.press("s")
    page.wait_for_timeout(200)
    assert placements(database) == []


def test_a_category_is_found_by_its_name(ben: OpenAsBen, world: World, database: Database) -> None:
    page = ben("/sort")
    page.keyboard.press("/")
    page.keyboard.type("uncl")
    expect(page.locator("#placement .choices").first.locator("li:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    saved(page)
    assert placements(database)[0].category_ids == [world.category_ids[world.single_id][2]]


def test_a_double_click_judges_one_facet_once(ben: OpenAsBen, database: Database) -> None:
    page = ben("/sort")
    page.locator("#placement .choice").first.dblclick()
    saved(page)
    page.wait_for_timeout(300)
    assert len(placements(database)) == 1
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part")


def test_back_shows_the_card_before_and_judging_it_again_is_a_second_turn(
    ben: OpenAsBen, database: Database
) -> None:
    page = ben("/sort")
    page.keyboard.press("s")
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    page.go_back()
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Smell")
    expect(page.locator("#placement [data-letter=s]")).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/placements"):
        page.keyboard.press("m")
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    assert [row.turn for row in placements(database)] == [1, 2]


def test_a_second_tab_is_told_and_can_choose(
    ben: OpenAsBen, database: Database, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 409")
    first = ben("/sort")
    second = deaf_page(first)
    second.goto(first.url)
    first.keyboard.press("s")
    saved(first)
    second.keyboard.press("u")
    expect(second.get_by_role("alert").first).to_contain_text("in another tab")
    with second.expect_response("**/placements"):
        second.get_by_role("button", name="Use what I chose here").click()
    expect(second.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    assert len(placements(database)) == 2


def test_moves_made_offline_wait_visibly_and_are_sent_later(
    ben: OpenAsBen, world: World, database: Database, page_problems: PageProblems
) -> None:
    page_problems.allow("ERR_INTERNET_DISCONNECTED")
    page = ben("/board")
    page.context.set_offline(True)
    page.keyboard.press("ArrowDown")
    for letter in "smu":
        page.keyboard.press(letter)
    expect(page.locator("#save-state")).to_have_text("Offline: 3 moves wait here")
    waiting = page.evaluate("Object.values(sessionStorage).join()")
    assert waiting.count("operation_id") == 3
    assert "Excerpt" not in waiting
    assert placements(database) == []
    page.context.set_offline(False)
    saved(page)
    expect(page.locator(".pile-unsorted .mini")).to_have_count(9)
    ids = world.category_ids[world.single_id]
    assert [row.category_ids for row in placements(database)] == [[ids[1]], [ids[0]], [ids[2]]]
    assert page.evaluate("sessionStorage.length") == 0


def test_what_was_refused_after_an_outage_is_listed(
    ben: OpenAsBen, world: World, database: Database, page_problems: PageProblems
) -> None:
    page_problems.allow("ERR_INTERNET_DISCONNECTED|status of 409")
    page = ben("/board")
    page.context.set_offline(True)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("s")
    expect(page.locator("#save-state")).to_contain_text("1 move waits")
    void_round(database, world)
    page.context.set_offline(False)
    expect(page.locator("#refused")).to_contain_text("What you sent is not counted")
    assert placements(database) == []


def test_what_waits_is_sent_for_nobody_else(
    app: FastAPI,
    ben: OpenAsBen,
    world: World,
    database: Database,
    server_url: str,
    page_problems: PageProblems,
) -> None:
    page_problems.allow("ERR_INTERNET_DISCONNECTED|status of 409")
    page = ben("/sort")
    page.context.set_offline(True)
    page.keyboard.press("s")
    expect(page.locator("#save-state")).to_contain_text("1 move waits")
    sign_in_page(app, page, "cleo@example.org", server_url)
    page.context.set_offline(False)
    expect(page.locator("#save-state")).to_contain_text("Somebody else is signed in")
    assert placements(database) == []
    sign_in_page(app, page, "ben@example.org", server_url)
    saved(page)
    assert [row.coder_id for row in placements(database)] == [world.member_ids["ben"]]


def test_without_scripts_a_card_is_sorted_in_both_views(
    ben: OpenAsBen, world: World, database: Database
) -> None:
    page = ben("/sort", java_script_enabled=False)
    page.get_by_role("button", name="Stale").click()
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    page.get_by_label("Unclear").check()
    page.locator("[data-go-on]").click()
    expect(page.locator("h1")).to_contain_text("Card 2 of 12")
    page.get_by_role("link", name="Board", exact=True).click()
    page.locator(".pile-unsorted .mini").first.get_by_role("link", name="Move").click()
    page.locator("#mover").get_by_role("button", name="Missing").click()
    expect(page.locator(".pile-unsorted .mini")).to_have_count(10)
    ids = world.category_ids[world.single_id]
    assert placements(database)[-1].category_ids == [ids[0]]


def test_a_card_is_dragged_to_a_pile_and_lies_there_after_reloading(
    ben: OpenAsBen, world: World, database: Database
) -> None:
    page = ben("/board", viewport={"width": 1440, "height": 900})
    card = page.locator(".pile-unsorted .mini").nth(1)
    card_id = card.get_attribute("data-card")
    target = page.locator(f'.pile[data-pile="{world.category_ids[world.single_id][1]}"]')
    source, goal = card.locator("blockquote").bounding_box(), target.bounding_box()
    assert source
    assert goal
    page.mouse.move(source["x"] + 40, source["y"] + 10)
    page.mouse.down()
    page.mouse.move(source["x"] + 70, source["y"] + 30, steps=4)
    page.mouse.move(goal["x"] + 90, goal["y"] + 140, steps=12)
    expect(target).to_have_class(re.compile("is-target"))
    page.mouse.up()
    saved(page)
    expect(target.locator(f'.mini[data-card="{card_id}"]')).to_have_count(1)
    page.reload()
    expect(target.locator(f'.mini[data-card="{card_id}"]')).to_have_count(1)
    expect(target.locator("> header [data-count]")).to_have_text("1")
    assert len(placements(database)) == 1


def test_several_picked_cards_move_together(ben: OpenAsBen, database: Database) -> None:
    page = ben("/board")
    for key in ("ArrowDown", "Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.locator("#picked b")).to_have_text("2 cards picked")
    page.keyboard.press("/")
    page.keyboard.type("stale")
    page.keyboard.press("Enter")
    expect(page.locator(".pile", has_text="Stale").locator(".mini")).to_have_count(2)
    expect(page.locator("#thread")).to_contain_text("0 sorted")
    page.wait_for_load_state("networkidle")
    assert len(placements(database)) == 2
    expect(page.locator("#told")).to_have_text("2 cards to Stale, 2 cards")
    page.keyboard.press("Backspace")
    expect(page.locator(".pile", has_text="Stale").locator(".mini")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/sort", "/board", "/board?pile=not_judged", "/hand-in"])
def test_no_barriers_and_no_sideways_scrolling(
    ben: OpenAsBen, path: str, width: int, scheme: str
) -> None:
    page = ben(path, color_scheme=scheme, viewport={"width": width, "height": 844})
    assert barriers_on(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_barriers_with_the_mover_open_and_in_a_conflict(
    ben: OpenAsBen, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 409")
    board = ben("/board?facet=2")
    board.keyboard.press("ArrowDown")
    board.keyboard.press("/")
    assert barriers_on(board) == []
    first = ben("/sort")
    second = deaf_page(first)
    second.goto(first.url)
    first.keyboard.press("s")
    saved(first)
    second.keyboard.press("u")
    expect(second.get_by_role("alert").first).to_be_visible()
    assert barriers_on(second) == []
