"""The time a card takes: bounded, never required, and told to nobody but the coder."""

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from app.coding.models import Placement
from app.coding.own_pace import FEWEST_CARDS
from tests.coding.desk import Desk, desk_of
from tests.coding.world import make_world


@pytest.fixture
def ben(app: FastAPI) -> Desk:
    return desk_of(app, make_world(app.state.database, n_cards=12), "ben")


def seconds(desk: Desk) -> list[float | None]:
    with desk.database.reading() as session:
        return list(session.exec(select(Placement.seconds).order_by(col(Placement.act))))


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("7.36", 7.4),
        ("0", 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("NaN", None),
        ("99999", 3600.0),
    ],
)
def test_seconds_are_stored_with_the_placement_and_odd_ones_lose_no_judgement(
    ben: Desk, sent: str | None, stored: float | None
) -> None:
    answer = ben.place(ben.cards[0], value="cannot_judge", seconds=sent)
    assert answer.status_code == 303
    assert seconds(ben) == [stored]


def test_a_memo_that_is_saved_by_itself_takes_no_time(ben: Desk) -> None:
    ben.place(ben.cards[0], value="keep", seconds="9")
    assert seconds(ben) == [None]


def sort_cards(desk: Desk, n: int, taken: float) -> None:
    for card in desk.cards[:n]:
        for facet in (desk.world.single_id, desk.world.several_id):
            desk.place(card, facet_id=facet, value="cannot_judge", seconds=str(taken))


def test_the_estimate_is_the_own_median_over_whole_cards(ben: Desk) -> None:
    sort_cards(ben, FEWEST_CARDS, 30)
    assert "about" not in ben.get("/sort").text  # the newest card may be half done
    sort_cards(ben, 6, 30)
    assert "about 6 min" in ben.get("/sort").text  # six cards left of a minute each
    assert "about 6 min" in ben.get("/board").text


def test_the_estimate_is_not_made_from_the_times_of_others(app: FastAPI, ben: Desk) -> None:
    sort_cards(desk_of(app, ben.world, "cleo"), 8, 30)
    sort_cards(ben, 2, 30)
    assert "about" not in ben.get("/sort").text


def test_who_hides_the_clock_sees_neither_clock_nor_estimate(ben: Desk) -> None:
    sort_cards(ben, 8, 30)
    assert 'id="clock"' in ben.get("/sort").text
    look = {"text": "normal", "spacing": "normal", "contrast": "normal", "theme": "system"}
    rest = {"motion": "system", "rest": "off", "clock": "hidden", "operation_id": "hide-the-clock"}
    ben.client.post("/preferences", data={**look, **rest})
    page = ben.get("/sort").text
    assert 'id="clock"' not in page
    assert "about" not in page
