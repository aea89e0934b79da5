"""Going back to any card: the coder's own ones, by state, by own pile and by words."""

import re

import pytest
from fastapi import FastAPI

from tests.coding.desk import Desk, desk_of


@pytest.fixture
def at_work(ben: Desk) -> Desk:
    """Four cards: one judged with a memo, one judged, one parked, one untouched."""
    first, second, third, _ = ben.cards
    ben.place(first, category_ids=ben.categories[0], memo="so it is")
    ben.place(second, category_ids=ben.categories[1])
    ben.park(third)
    return ben


def listed(desk: Desk, query: str) -> list[int]:
    page = desk.get(f"/own-cards?{query}").text
    return [int(found) for found in re.findall(r"sort\?card=(\d+)&amp;facet", page)]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("", [0, 1, 2, 3]),
        ("state=judged", [0, 1]),
        ("state=unjudged", [2, 3]),
        ("state=parked", [2]),
        ("state=memo", [0]),
        ("after=1", [2, 3]),
        ("pile=not_judged", [2, 3]),
    ],
)
def test_cards_are_listed_in_the_own_order_by_state(
    at_work: Desk, query: str, places: list[int]
) -> None:
    assert listed(at_work, query) == [at_work.cards[place] for place in places]


def test_cards_are_found_by_own_pile_on_the_facet_that_is_asked_for(at_work: Desk) -> None:
    pile = f"pile={at_work.categories[1]}"
    assert listed(at_work, pile) == [at_work.cards[1]]
    assert listed(at_work, f"{pile}&facet={at_work.world.several_id}") == []


def test_cards_are_found_by_their_words(at_work: Desk) -> None:
    assert len(listed(at_work, "search=Excerpt")) == 4
    assert len(listed(at_work, "search=number 3")) == 1
    assert "No card of yours fits this." in at_work.get("/own-cards?search=zebra").text


def test_the_list_is_the_coder_s_own(app: FastAPI, at_work: Desk) -> None:
    cleo = desk_of(app, at_work.world, "cleo")
    assert listed(cleo, "state=judged") == []
    assert desk_of(app, at_work.world, "odo").get("/own-cards").status_code in {403, 404}
    assert at_work.get("/own-cards?state=odd").status_code == 422
