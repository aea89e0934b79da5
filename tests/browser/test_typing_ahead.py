"""Keys that come before the card they are meant for."""

from playwright.sync_api import expect

from app.db import Database
from tests.browser.coders import SLOW_LINE, OpenAsBen, deaf_page, placements, saved
from tests.browser.conftest import PageProblems
from tests.coding.world import World, cards_of

# The key goes down in the moment in which the page says that the one before was refused.
PRESS_WHEN_REFUSED = """
(key) => new MutationObserver((_, watch) => {
  if (!document.querySelector("[role=alert].notice")) return;
  watch.disconnect();
  setTimeout(() => document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));
}).observe(document.body, { childList: true, subtree: true });
"""


def test_keys_typed_on_a_slow_line_are_meant_for_the_card_that_comes(
    ben: OpenAsBen, world: World, database: Database
) -> None:
    page = ben("/sort")
    page.add_init_script(SLOW_LINE)
    page.reload()
    with page.expect_response("**/placements"):
        page.keyboard.press("s")
    page.wait_for_timeout(100)
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Card 2 of 12")
    ids = world.category_ids
    assert [row.category_ids for row in placements(database)] == [
        [ids[world.single_id][1]],
        [ids[world.several_id][0]],
    ]
    with page.expect_response("**/placements"):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("u")
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    saved(page)
    cards = cards_of(database, world, "ben")
    assert [row.card_id for row in placements(database)] == [cards[0], cards[0], cards[2]]


def test_a_memo_begun_on_a_slow_line_judges_nothing(ben: OpenAsBen, database: Database) -> None:
    page = ben("/sort")
    page.add_init_script(SLOW_LINE)
    page.reload()
    page.keyboard.press("s")
    page.keyboard.press(",")
    page.keyboard.type("mu")
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    expect(page.locator("#memo")).to_be_focused()
    page.keyboard.type("must be text")
    expect(page.locator("#memo")).to_have_value("must be text")
    assert len(placements(database)) == 1


def test_a_memo_may_be_begun_on_a_card_that_is_shown_before_the_server_has_said_so(
    ben: OpenAsBen, database: Database
) -> None:
    page = ben("/sort")
    page.add_init_script(SLOW_LINE)
    with page.expect_response("**/sort?card=*"):  # the next card is fetched ahead
        page.reload()
    page.wait_for_timeout(900)
    page.keyboard.press("s")
    expect(page.locator(".facet-steps [aria-current]")).to_contain_text("Part", timeout=500)
    page.keyboard.press(",")
    page.keyboard.type("must be text")
    page.keyboard.press("Escape")
    with page.expect_response(lambda answer: "must" in (answer.request.post_data or "")):
        page.keyboard.press("9")
    expect(page.locator("h1")).to_contain_text("Card 2 of 12")
    assert [row.memo for row in placements(database)] == ["", "must be text"]


def test_keys_typed_ahead_are_dropped_when_the_card_does_not_go(
    ben: OpenAsBen, database: Database, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 409")
    first = ben("/sort")
    second = deaf_page(first)
    second.add_init_script(SLOW_LINE)
    second.goto(first.url)
    first.keyboard.press("s")
    saved(first)
    second.keyboard.press("u")
    second.keyboard.press("m")
    expect(second.get_by_role("alert").first).to_contain_text("in another tab")
    second.wait_for_timeout(900)
    assert len(placements(database)) == 1


def test_the_card_stays_when_there_is_no_way_to_the_next_one(
    ben: OpenAsBen, page_problems: PageProblems
) -> None:
    page_problems.allow("ERR_INTERNET_DISCONNECTED")
    page = ben("/sort")
    page.context.set_offline(True)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#save-state")).to_contain_text("No connection")
    expect(page.locator("h1")).to_contain_text("Card 1 of 12")
    page.context.set_offline(False)
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_contain_text("Card 2 of 12")


def test_the_card_that_was_shown_ahead_gives_way_when_the_judgement_was_refused(
    ben: OpenAsBen, database: Database, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 409")
    first = ben("/sort")
    second = deaf_page(first)
    with second.expect_response("**/sort?card=*"):  # the next card is fetched ahead
        second.goto(first.url)
    first.keyboard.press("s")
    saved(first)
    second.keyboard.press("u")
    second.keyboard.press("m")
    expect(second.get_by_role("alert").first).to_contain_text("in another tab")
    expect(second.locator(".facet-steps [aria-current]")).to_contain_text("Smell")
    assert len(placements(database)) == 1


def test_a_hand_that_types_on_past_a_refusal_judges_nothing_until_it_has_paused(
    ben: OpenAsBen, database: Database, page_problems: PageProblems
) -> None:
    page_problems.allow("status of 409")
    first = ben("/sort")
    second = deaf_page(first)
    second.goto(first.url)
    first.keyboard.press("s")
    saved(first)
    second.evaluate(PRESS_WHEN_REFUSED, "u")
    second.keyboard.press("u")
    expect(second.get_by_role("alert").first).to_contain_text("in another tab")
    second.wait_for_timeout(600)
    assert len(placements(database)) == 1
    second.keyboard.press("u")
    expect(second.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    saved(second)
    assert len(placements(database)) == 2


def test_keys_meant_for_a_card_shown_ahead_are_dropped_when_another_one_follows(
    ben: OpenAsBen, world: World, database: Database
) -> None:
    first = ben("/sort")
    second = deaf_page(first)
    second.add_init_script(SLOW_LINE)
    second.goto(first.url)
    second.wait_for_timeout(900)
    first.locator(".facet-steps a").click()  # the second facet of the same card, in the other tab
    expect(first.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    with first.expect_response("**/placements"):
        first.keyboard.press("8")
    second.keyboard.press("s")
    second.keyboard.press("9")
    expect(second.locator("h1")).to_contain_text("Card 2 of 12")
    second.wait_for_timeout(200)
    values = [row.value for row in placements(database)]
    assert values == ["cannot_judge", "categories"]
