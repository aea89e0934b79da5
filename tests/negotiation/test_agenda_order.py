"""The team arranges the agenda: pairs and cards move, for everybody, and nothing else changes."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, select

from app.coding.rules import Protocol
from app.db import Database
from app.negotiation.agenda.arranging import Placed, Way, card_moved, cluster_moved
from app.negotiation.models import Disagreement, TalkEvent
from tests.coding.world import World
from tests.factories import fresh_id
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    decide,
    flagged,
    make_negotiation,
    place,
    visit,
)

ORDER = [Placed(1, "a"), Placed(2, "a"), Placed(3, "a"), Placed(4, "b"), Placed(5, "c")]
SIX = (
    *((STALE, MISSING), (STALE, MISSING), (STALE, MISSING)),
    *((STALE, UNCLEAR), (STALE, UNCLEAR), (MISSING, UNCLEAR)),
)


@pytest.mark.parametrize(
    ("card", "way", "expected"),
    [
        (3, Way.UP, [1, 3, 2, 4, 5]),
        (3, Way.TOP, [3, 1, 2, 4, 5]),
        (1, Way.DOWN, [2, 1, 3, 4, 5]),
        (1, Way.UP, [1, 2, 3, 4, 5]),
        (3, Way.DOWN, [1, 2, 3, 4, 5]),
        (9, Way.TOP, [1, 2, 3, 4, 5]),
    ],
)
def test_a_card_moves_within_its_cluster(card: int, way: Way, expected: list[int]) -> None:
    assert card_moved(ORDER, card, way) == expected


@pytest.mark.parametrize(
    ("key", "way", "expected"),
    [
        ("c", Way.TOP, [5, 1, 2, 3, 4]),
        ("c", Way.UP, [1, 2, 3, 5, 4]),
        ("a", Way.DOWN, [4, 1, 2, 3, 5]),
        ("a", Way.UP, [1, 2, 3, 4, 5]),
        ("z", Way.TOP, [1, 2, 3, 4, 5]),
    ],
)
def test_a_cluster_moves_as_a_whole(key: str, way: Way, expected: list[int]) -> None:
    assert cluster_moved(ORDER, key, way) == expected


def keys(database: Database, world: World) -> list[int]:
    """The places of the cards in the import, in the order of the agenda."""
    return [world.card_ids.index(one.card_id) for one in flagged(database, world)]


def move(client: TestClient, url: str, world: World, what: str, **more: object) -> Response:
    form = {"facet": world.single_id, "move": what, "operation_id": fresh_id(), **more}
    return client.post(f"{url}/disagreements/order", data=form)


def test_a_pair_and_a_card_are_moved_with_plain_buttons(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, SIX)
    assert keys(database, world) == [0, 1, 2, 3, 4, 5]
    ben = visit(app, world, "ben")
    text = ben.page("/disagreements?arrange=1")
    values = re.findall(r'name="move" value="([^"]+)"', text)
    second = flagged(database, world)[3]
    assert f"top pair {second.cluster}" in values
    answer = move(ben.client, ben.url, world, f"top pair {second.cluster}")
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"?facet={world.single_id}&arrange=1")
    assert keys(database, world) == [3, 4, 0, 1, 2, 5]
    move(ben.client, ben.url, world, f"up card {flagged(database, world)[3].id}")
    assert keys(database, world) == [3, 4, 1, 0, 2, 5]
    shown = visit(app, world, "odo").page()
    places = place(shown, *(f"L-{n}</bdi>" for n in (3, 4, 1, 0, 2, 5)))
    assert places == sorted(places)


def test_the_suggested_order_comes_back_whatever_was_moved(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database, SIX)
    ada = visit(app, world, "ada")
    move(ada.client, ada.url, world, "top pair single")
    move(ada.client, ada.url, world, f"down card {flagged(database, world)[1].id}")
    assert keys(database, world) == [5, 1, 0, 2, 3, 4]
    form = {"facet": world.single_id, "operation_id": fresh_id()}
    assert ada.client.post(f"{ada.url}/disagreements/order/suggested", data=form).is_redirect
    assert keys(database, world) == [0, 1, 2, 3, 4, 5]


def test_a_move_is_an_act_of_the_talk_and_sent_twice_happens_once(
    database: Database, app: FastAPI, session: Session
) -> None:
    world = make_negotiation(database, SIX)
    ben = visit(app, world, "ben")
    last = flagged(database, world)[2]
    again = {"operation_id": fresh_id()}
    for _ in range(2):
        assert move(ben.client, ben.url, world, f"up card {last.id}", **again).status_code == 303
    assert keys(database, world)[:3] == [0, 2, 1]
    (event,) = session.exec(select(TalkEvent).where(TalkEvent.kind == "reordered")).all()
    assert event.member_id == world.member_ids["ben"]
    assert event.detail == {"facet": "Smell", "what": "card", "way": "up"}


def test_who_may_not_decide_arranges_nothing(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, SIX)
    odo = visit(app, world, "odo")
    assert "Change the order" not in odo.page()
    assert 'name="move"' not in odo.page("/disagreements?arrange=1")
    assert move(odo.client, odo.url, world, "top pair single").status_code == 403


def test_nothing_moves_while_cards_are_sealed(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, SIX, protocol=Protocol(has_statements=True))
    ben = visit(app, world, "ben")
    assert "Change the order" not in ben.page()
    answer = move(ben.client, ben.url, world, f"top card {flagged(database, world)[2].id}")
    assert answer.status_code == 409
    assert "can be changed when all cards are open" in answer.text


def test_a_move_that_makes_no_sense_is_refused_in_words(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, SIX)
    ben = visit(app, world, "ben")
    for what, status in (
        ("sideways card 1", 422),
        ("up", 422),
        ("", 422),
        ("top pair 1 | 99", 409),
        ("up card 99999999999999999999999999", 404),
        ("up card x", 404),
    ):
        assert move(ben.client, ben.url, world, what).status_code == status
    assert move(ben.client, ben.url, world, "top pair single", facet=987).status_code == 404
    assert keys(database, world) == [0, 1, 2, 3, 4, 5]


def test_an_agenda_that_is_over_stays_as_it_is(
    database: Database, app: FastAPI, session: Session
) -> None:
    world = make_negotiation(database, [(STALE, MISSING), (STALE, UNCLEAR)])
    label = (world.category_ids[world.single_id][STALE],)
    for found in flagged(database, world):
        decide(database, found, by=world.member_ids["ben"], label=label)
    ada = visit(app, world, "ada")
    ada.client.post(f"{ada.url}/finish", data={"operation_id": fresh_id()})
    assert move(ada.client, ada.url, world, "top pair single").status_code == 409
    assert "Change the order" not in ada.page()
    assert session.exec(select(Disagreement.place).order_by(Disagreement.place)).all()  # type: ignore[arg-type]
