"""Memos while cards come and go: what is typed is kept, and is never read as a judgement."""

import re

from playwright.sync_api import Page, expect

from app.coding.models import Round
from app.db import Database
from tests.browser.coders import SLOW_LINE, OpenAsBen, placements, saved, void_round
from tests.browser.conftest import PageProblems
from tests.coding.factories import judge
from tests.coding.world import World, cards_of

STEP = ".facet-steps [aria-current]"


def on_a_slow_line(page: Page) -> Page:
    page.add_init_script(SLOW_LINE)
    page.reload()
    return page


def test_a_memo_begun_before_the_answer_stays_under_the_pen(
    ben: OpenAsBen, database: Database
) -> None:
    page = on_a_slow_line(ben("/sort"))
    page.keyboard.press("s")
    page.locator("#memo").click()
    page.keyboard.type("must")
    saved(page)
    page.keyboard.type(" be text")
    expect(page.locator("#memo")).to_have_value("must be text")
    page.keyboard.press("Escape")
    expect(page.locator(STEP)).to_contain_text("Part")
    rows = placements(database)
    assert [row.memo for row in rows] == ["", "must be text"]
    assert rows[0].category_ids == rows[1].category_ids


def test_a_memo_written_offline_stays_when_the_line_is_back(
    ben: OpenAsBen, world: World, database: Database, page_problems: PageProblems
) -> None:
    page_problems.allow("ERR_INTERNET_DISCONNECTED")
    page = ben("/sort")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.keyboard.press("u")
    expect(page.locator("#save-state")).to_contain_text("1 move waits")
    page.keyboard.press(",")
    page.keyboard.type("so much")
    page.context.set_offline(False)
    saved(page)
    page.wait_for_timeout(300)
    page.keyboard.type(" is sure")
    expect(page.locator("#memo")).to_have_value("so much is sure")
    page.keyboard.press("Escape")
    saved(page)
    page.wait_for_timeout(500)
    rows = placements(database)
    assert [row.memo for row in rows] == ["", "so much is sure"]
    # The next facet was shown when the key went down, so that is what the memo is about.
    assert [row.facet_id for row in rows] == [world.single_id, world.several_id]


def test_a_key_after_the_last_card_judges_nothing(
    ben: OpenAsBen, world: World, database: Database
) -> None:
    page = ben("/sort")
    for _ in range(11):
        number = page.locator("h1").inner_text()
        page.keyboard.press("s")
        expect(page.locator(STEP)).to_contain_text("Part")
        page.wait_for_timeout(260)
        page.keyboard.press("0")
        expect(page.locator("h1")).not_to_have_text(number)
    page.keyboard.press("s")
    expect(page.locator(STEP)).to_contain_text("Part")
    page.route("**/hand-in*", lambda route: (page.wait_for_timeout(500), route.continue_()))
    page.keyboard.press("0")
    page.wait_for_timeout(150)
    page.keyboard.press("8")
    expect(page.locator("h1")).to_contain_text("are judged")
    assert len(placements(database)) == 24
    assert {row.turn for row in placements(database)} == {1}


def test_parking_and_the_other_view_take_the_memo_along(ben: OpenAsBen, database: Database) -> None:
    page = ben("/sort")
    page.locator("#memo").fill("Ask the team")
    page.locator("#card-title").focus()
    page.keyboard.press(".")
    expect(page.locator("h1")).to_contain_text("Card 2 of 12")
    saved(page)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#memo")).to_have_value("Ask the team")
    page.locator("#memo").fill("Ask the team again")
    page.get_by_role("link", name="Board", exact=True).click()
    page.wait_for_url(re.compile("/board"))
    page.go_back()
    expect(page.locator("#memo")).to_have_value("Ask the team again")
    assert [row.memo for row in placements(database)] == ["Ask the team", "Ask the team again"]


def test_undoing_leaves_what_is_being_written(ben: OpenAsBen, database: Database) -> None:
    page = ben("/sort")
    page.keyboard.press("s")
    expect(page.locator(STEP)).to_contain_text("Part")
    page.locator("#memo").fill("About the part")
    page.locator("#card-title").focus()
    page.keyboard.press("Backspace")
    expect(page.locator(STEP)).to_contain_text("Smell")
    saved(page)
    page.wait_for_timeout(300)
    assert placements(database)[-1].memo == "About the part"


def test_a_memo_that_could_not_be_saved_is_shown_with_the_reason(
    ben: OpenAsBen, world: World, database: Database, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 409|ERR_INTERNET_DISCONNECTED")
    page = ben("/sort")
    page.context.set_offline(True)
    page.locator("#memo").fill("Worth keeping")
    page.locator("#card-title").focus()
    page.keyboard.press("s")
    expect(page.locator("#save-state")).to_contain_text("1 move waits")
    void_round(database, world)
    page.context.set_offline(False)
    expect(page.locator("#refused")).to_contain_text("You wrote: “Worth keeping”")


def test_a_choice_after_a_memo_that_waits_is_in_step(
    ben: OpenAsBen, database: Database, page_problems: PageProblems
) -> None:
    page_problems.allow("ERR_INTERNET_DISCONNECTED")
    page = ben("/sort")
    page.locator("#memo").fill("First thoughts")
    page.context.set_offline(True)
    page.get_by_role("link", name="Next card").click()
    expect(page.locator("#save-state")).to_contain_text("1 move waits")
    page.locator("#card-title").focus()
    page.keyboard.press("m")
    expect(page.locator("#save-state")).to_contain_text("2 moves wait")
    page.context.set_offline(False)
    saved(page)
    assert [row.turn for row in placements(database)] == [1, 2]


def test_saved_is_said_when_nothing_waits_any_more(ben: OpenAsBen, database: Database) -> None:
    page = on_a_slow_line(ben("/board"))
    for key in ("ArrowDown", "Space", "ArrowDown", "Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
    page.keyboard.press("s")
    saved(page)
    assert len(placements(database)) == 3


def test_a_card_picked_in_two_piles_moves_once(
    ben: OpenAsBen, world: World, database: Database
) -> None:
    categories = world.category_ids[world.several_id]
    with database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        card_id = cards_of(database, world, "ben")[0]
        judge(session, round_, world.member_ids["ben"], card_id, world.several_id, *categories[:2])
    page = ben("/board?facet=2")
    lying = page.locator(".pile:not(.pile-unsorted) .mini")
    expect(lying).to_have_count(2)
    for one in lying.all():
        one.locator("input[type=checkbox]").check()
    with page.expect_response("**/placements"):
        page.keyboard.press("u")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#refused")).to_be_hidden()
    assert [row.turn for row in placements(database)] == [1, 2]
