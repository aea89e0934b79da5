"""Speed: how many cards an hour are placed by keys, and how soon the next one is there."""

import statistics
import time

import pytest
from fastapi import FastAPI
from playwright.sync_api import expect
from sqlmodel import select

from app.coding.models import Placement
from app.db import Database
from tests.browser.coders import OpenAsBen, placements, saved
from tests.coding.world import World, make_world

N_CARDS = 1_200
N_PLACED = 100
N_TIMED = 40
SLOWEST_PER_HOUR = 600
LONGEST_MS = 100
# From the key to the first frame that shows another card.
TIME_KEYS = """() => {
  window.waits = [];
  const drawn = () => document.querySelector("#card-title")?.dataset.card;
  document.addEventListener("keydown", () => {
    const [start, before] = [performance.now(), drawn()];
    const look = () => {
      if (drawn() === before) return requestAnimationFrame(look);
      // The frame after the one in which it was drawn: by then it has been painted.
      requestAnimationFrame(() => window.waits.push(performance.now() - start));
    };
    requestAnimationFrame(look);
  }, { capture: true });
}"""


@pytest.fixture
def world(app: FastAPI) -> World:
    return make_world(app.state.database, n_cards=N_CARDS, coders=("ben", "cleo"), n_facets=1)


def test_a_hundred_cards_are_placed_by_keys_at_more_than_six_hundred_an_hour(
    ben: OpenAsBen, database: Database
) -> None:
    page = ben("/sort")
    start = time.monotonic()
    for number in range(1, N_PLACED + 1):
        page.wait_for_selector(f'h1:has-text("Card {number} of")')
        page.keyboard.press("smu098"[number % 6])
    page.wait_for_selector(f'h1:has-text("Card {N_PLACED + 1} of")')
    rate = N_PLACED * 3600 / (time.monotonic() - start)
    print(f"\n{rate:,.0f} cards an hour, by keys alone")
    assert rate >= SLOWEST_PER_HOUR
    expect(page.locator("#thread")).to_contain_text(f"{N_PLACED} sorted")
    assert len({row.card_id for row in placements(database)}) == N_PLACED


def test_the_next_card_is_painted_within_a_tenth_of_a_second(
    ben: OpenAsBen, database: Database
) -> None:
    page = ben("/sort")
    page.evaluate(TIME_KEYS)
    for number in range(1, N_TIMED + 1):
        # While the card is read the next one comes, after the answer to the key before.
        with page.expect_response("**/sort?card=*"):
            page.keyboard.press("09"[number % 2])
        page.wait_for_timeout(100)
        page.wait_for_function("(number) => window.waits.length === number", arg=number)
    waits = sorted(page.evaluate("window.waits"))
    p95 = waits[int(0.95 * len(waits)) - 1]
    print(f"\nnext card painted after {statistics.median(waits):.0f} ms, p95 {p95:.0f} ms")
    # Whatever else the machine does meets the slowest of them; the target for p95 is the same.
    assert statistics.median(waits) < LONGEST_MS
    with database.reading() as session:
        assert len(session.exec(select(Placement.id)).all()) == N_TIMED


def test_the_seconds_a_card_took_go_with_its_judgement_and_stop_while_it_is_hidden(
    ben: OpenAsBen, database: Database
) -> None:
    page = ben("/sort")
    page.wait_for_timeout(1200)
    expect(page.locator("#clock")).to_have_text("0:01")
    hide = """(is) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => is });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    page.wait_for_timeout(1500)
    expect(page.locator("#clock")).to_contain_text("paused")
    page.evaluate(hide, False)
    page.keyboard.press("s")
    saved(page)
    (row,) = placements(database)
    assert row.seconds is not None
    assert 1.1 <= row.seconds < 2.6
