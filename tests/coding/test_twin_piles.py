"""In an open or hybrid sort, nothing of a coder's own piles changes a byte for anybody else."""

import uuid

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.coding.models import Round
from app.coding.rules import Sort
from app.db import Database
from app.resolution.closing import close_round
from tests.coding.test_twin_worlds import VIEWERS, differences
from tests.coding.walk import walk
from tests.coding.world import World, cards_of, make_world, sign_in_as
from tests.conftest import Clock
from tests.factories import browser_of

CANARY = "a canary sang in a pile"


@pytest.fixture
def world(database: Database, clock: Clock) -> World:
    return make_world(database, sort=Sort.HYBRID)


@pytest.fixture
def browsers(app: FastAPI, world: World) -> dict[str, TestClient]:
    return {name: sign_in_as(app, browser_of(app), world, name) for name in (*VIEWERS, "ben")}


def act(browser: TestClient, world: World, path: str, **fields: object) -> int:
    form = {"operation_id": str(uuid.uuid4()), **fields}
    base = f"/studies/{world.study_id}/rounds/{world.round_id}"
    return browser.post(f"{base}/{path}", data=form).status_code


def sort_into_piles(browser: TestClient, world: World, cards: list[int]) -> None:
    """Every act on piles that there is; some names are those that others have."""
    one, several = world.single_id, world.several_id
    new = {"facet_id": one, "seen_turn": 0, "value": "new_pile", "memo": CANARY}
    done = [
        act(browser, world, "placements", card_id=cards[0], new_pile="Shared name", **new),
        act(browser, world, "placements", card_id=cards[1], new_pile=CANARY, **new),
        act(browser, world, "piles", facet_id=one, name="Third", description=CANARY, parent=1),
        act(browser, world, "piles", facet_id=several, name="Fourth", card_ids=cards),
        act(browser, world, "piles/name", pile=2, seen_turn=1, name="Fifth", description=CANARY),
        act(browser, world, "piles/nest", pile=3, seen_turn=1, parent=2),
        act(browser, world, "piles/split", pile=4, seen_turn=1, name="Sixth", card_ids=cards[:2]),
        act(browser, world, "piles/merge", pile=1, seen_turn=1, into=2),
        act(browser, world, "piles/put-away", pile=3, seen_turn=2),
        act(browser, world, "undo"),
        act(browser, world, "undo"),
    ]
    assert done == [303] * len(done)


@pytest.mark.parametrize("viewer", ["cleo", "ada"])
def test_nothing_differs_after_another_coder_sorted_into_piles(
    app: FastAPI,
    browsers: dict[str, TestClient],
    database: Database,
    world: World,
    viewer: str,
) -> None:
    if viewer in {"cleo", "ada"}:  # who have a pile of that name, too, and a place in it
        fields = {"facet_id": world.single_id, "name": "Shared name", "card_ids": world.card_ids}
        assert act(browsers[viewer], world, "piles", **fields) == 303
    before = walk(app, browsers[viewer], world)
    sort_into_piles(browsers["ben"], world, cards_of(database, world, "ben"))
    after = walk(app, browsers[viewer], world)
    assert differences(before, after) == []
    assert not any(CANARY.encode() in body for _, _, body in after.values())


def test_a_pile_made_by_somebody_else_takes_no_name_colour_letter_or_number(
    browsers: dict[str, TestClient], database: Database, world: World
) -> None:
    sort_into_piles(browsers["ben"], world, cards_of(database, world, "ben"))
    cleo = browsers["cleo"]
    assert act(cleo, world, "piles", facet_id=world.single_id, name="Shared name") == 303
    base = f"/studies/{world.study_id}/rounds/{world.round_id}"
    page = cleo.get(f"{base}/piles?pile=1").text
    assert "Shared name" in page
    assert 'data-tone="4"' in page


def test_after_closing_the_team_sees_the_piles(
    browsers: dict[str, TestClient], database: Database, world: World
) -> None:
    """Else the tests above would be blind themselves."""
    sort_into_piles(browsers["ben"], world, cards_of(database, world, "ben"))
    path = f"/studies/{world.study_id}/rounds/{world.round_id}/piles/all"
    assert browsers["cleo"].get(path).status_code == 404
    with database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        close_round(session, round_, reason="Time is up.", is_forced=True, by=None)
    seen = [name for name in VIEWERS if "Fifth" in browsers[name].get(path).text]
    assert seen == ["cleo", "ada", "odo"]
