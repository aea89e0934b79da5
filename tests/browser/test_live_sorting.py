"""Sorting in several tabs, over a line that breaks off, through a proxy, and after a sleep."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Error, Page, expect

from app.coding.models import Round
from app.db import Database
from app.resolution.closing import close_round
from app.settings import Settings
from tests.browser.coders import OpenAsBen, placements, saved
from tests.browser.conftest import PageProblems
from tests.browser.line import Line
from tests.coding.world import World, cards_of
from tests.databases import settings_for


@pytest.fixture
def settings(database_url: str | None, tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "data", database_url, live_seconds=15)


Listening = Callable[[int], None]


@pytest.fixture
def listening(app: FastAPI) -> Listening:
    """Wait until so many pages listen."""

    def wait(n_pages: int = 1) -> None:
        give_up = time.monotonic() + 10
        while app.state.streams.by_account.total() < n_pages:
            assert time.monotonic() < give_up
            time.sleep(0.02)

    return wait


@pytest.fixture
def line(plain_server_url: str) -> Iterator[Line]:
    line = Line(int(plain_server_url.rpartition(":")[2]))
    yield line
    line.close()


@pytest.fixture
def server_url(line: Line) -> str:
    """The server as it is reached through the line."""
    return f"http://127.0.0.1:{line.port}"


@pytest.fixture
def page_problems(page_problems: PageProblems) -> PageProblems:
    lost = "ERR_CONNECTION|ERR_EMPTY|ERR_INCOMPLETE|ERR_SOCKET|ERR_CONTENT_LENGTH"
    page_problems.allow(f"{lost}|status of 409")
    return page_problems


def beside(page: Page) -> Page:
    other = page.context.new_page()
    other.goto(page.url)
    return other


@pytest.mark.parametrize("keys", [("s", "m"), ("Space", "ArrowDown", "Space", "s")])
def test_quick_moves_of_one_tab_are_not_taken_for_those_of_another(
    ben: OpenAsBen, database: Database, keys: tuple[str, ...]
) -> None:
    page = ben("/board")
    page.keyboard.press("ArrowDown")
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator(".pile-unsorted .mini")).to_have_count(10)
    saved(page)
    page.wait_for_timeout(600)
    saved(page)
    assert len(placements(database)) == 2


def test_F13_a_second_focus_follows_and_says_so(ben: OpenAsBen, database: Database) -> None:
    first = ben("/sort")
    second = beside(first)
    first.keyboard.press("s")
    saved(first)
    expect(second.locator("#placement [data-letter=s]")).to_have_attribute("aria-pressed", "true")
    expect(second.locator("#save-state")).to_have_text("Up to date with your other tab")
    # A key that was on its way judges nothing, for nobody has read what stands there now.
    second.keyboard.press("m")
    second.wait_for_timeout(600)
    # Its own next act is not refused, and the first follows it in turn.
    second.keyboard.press("u")
    expect(second.locator(".facet-steps [aria-current]")).to_contain_text("Part")
    expect(first.locator("#save-state")).to_have_text("Up to date with your other tab")
    assert [row.turn for row in placements(database)] == [1, 2]


def test_F13_what_is_being_written_stays_until_its_writer_looks(
    ben: OpenAsBen, database: Database
) -> None:
    first = ben("/sort")
    second = beside(first)
    second.keyboard.press(",")
    second.keyboard.type("half a thought")
    first.keyboard.press("s")
    saved(first)
    expect(second.locator("#beside")).to_contain_text("You went on in another tab")
    expect(second.locator("#memo")).to_have_value("half a thought")
    second.get_by_role("button", name="Show what is saved").click()
    expect(second.get_by_role("alert").first).to_contain_text("in another tab")
    expect(second.locator("#memo")).to_have_value("half a thought")
    assert len(placements(database)) == 1


def test_F13_cards_move_on_a_second_board(ben: OpenAsBen, world: World) -> None:
    first = ben("/board")
    second = beside(first)
    first.keyboard.press("ArrowDown")
    for key in ("s", "m"):
        first.keyboard.press(key)
    expect(second.locator(".pile-unsorted .mini")).to_have_count(10)
    expect(second.locator("#thread")).to_have_attribute("data-state", "2")
    stale = world.category_ids[world.single_id][1]
    expect(second.locator(f'.pile[data-pile="{stale}"] .mini')).to_have_count(1)


def test_F10_F11_moves_on_a_cut_line_outlive_a_reload_and_are_sent_once_and_in_order(
    ben: OpenAsBen, world: World, database: Database, line: Line, listening: Listening
) -> None:
    page = ben("/board")
    listening(1)
    line.cut()
    # Said at once, before anything is done.
    expect(page.locator("#save-state")).to_have_text("No connection: what you do waits here")
    page.keyboard.press("ArrowDown")
    for key in "smusm":
        page.keyboard.press(key)
    expect(page.locator("#save-state")).to_have_text("Offline: 5 moves wait here")
    kept = page.evaluate("Object.values(sessionStorage).join()")
    assert kept.count("operation_id") == 5
    assert "Excerpt" not in kept
    address = page.url
    with pytest.raises(Error, match="ERR_"):
        page.reload()
    line.mend()
    with suppress(Error):  # the browser may be loading it again by itself already
        page.goto(address)
    page.wait_for_url(address)
    saved(page)
    expect(page.locator(".pile-unsorted .mini")).to_have_count(7)
    rows, ids = placements(database), world.category_ids[world.single_id]
    assert [row.category_ids for row in rows] == [[ids[n]] for n in (1, 0, 2, 1, 0)]
    assert [row.card_id for row in rows] == cards_of(database, world, "ben")[:5]
    assert page.evaluate("sessionStorage.length") == 0


def test_F11_what_came_too_late_is_listed_with_the_reason(
    ben: OpenAsBen, world: World, database: Database, line: Line, listening: Listening
) -> None:
    page = ben("/board")
    listening(1)
    line.cut()
    page.keyboard.press("ArrowDown")
    for key in "sm":
        page.keyboard.press(key)
    expect(page.locator("#save-state")).to_have_text("Offline: 2 moves wait here")
    close(database, world)
    line.mend()
    expect(page.locator("#refused li")).to_have_count(2)
    expect(page.locator("#refused")).to_contain_text("closed")
    expect(page.locator(".work-notice").last).to_contain_text("This round is closed")
    assert placements(database) == []


def test_a_round_that_closes_is_said_on_the_open_page(
    ben: OpenAsBen, world: World, database: Database, listening: Listening
) -> None:
    page = ben("/sort")
    listening(1)
    close(database, world)
    expect(
        page.get_by_text("This round is closed. Your judgements stay as they are.")
    ).to_be_visible()


def test_F14_a_page_behind_a_gathering_proxy_asks_now_and_then(ben: OpenAsBen, line: Line) -> None:
    first = ben("/board")
    line.is_gathering = True
    second = first.context.new_page()
    second.clock.install()
    second.goto(first.url)
    first.keyboard.press("ArrowDown")
    first.keyboard.press("s")
    saved(first)
    second.clock.run_for(16_000)
    expect(second.locator(".pile-unsorted .mini")).to_have_count(11)


def test_F14_after_a_sleep_the_page_asks_before_it_trusts(
    ben: OpenAsBen, line: Line, listening: Listening
) -> None:
    first = ben("/board")
    second = first.context.new_page()
    second.clock.install()
    second.goto(first.url)
    listening(2)
    line.is_gathering = True  # the old stream is dead and does not know it
    first.keyboard.press("ArrowDown")
    first.keyboard.press("s")
    saved(first)
    expect(second.locator(".pile-unsorted .mini")).to_have_count(12)
    second.clock.fast_forward("10:00")
    expect(second.locator(".pile-unsorted .mini")).to_have_count(11)


def close(database: Database, world: World) -> None:
    with database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        close_round(session, round_, reason="Enough.", is_forced=True, by=None)
