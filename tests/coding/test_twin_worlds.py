"""While a round is open, what one coder does changes no byte of what anybody else is sent.

Every GET route is walked as a coder, as a lead who codes, as an observer, as an arbiter and as
the server's administrator; then another coder works; then it is walked again.
"""

import uuid
from collections.abc import Callable
from itertools import product

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.coding.models import Round
from app.db import Database
from app.resolution.closing import close_round
from tests.coding.walk import Answer, walk
from tests.coding.world import World, cards_of, make_world, sign_in_as
from tests.conftest import Clock
from tests.factories import browser_of

CANARY = "a canary sang in Ben's memo"
VIEWERS = ("cleo", "ada", "odo", "ida", "mia")


@pytest.fixture
def world(database: Database, clock: Clock) -> World:
    return make_world(database)


@pytest.fixture
def browsers(app: FastAPI, world: World) -> dict[str, TestClient]:
    return {name: sign_in_as(app, browser_of(app), world, name) for name in (*VIEWERS, "ben")}


class Ben:
    """Ben at work, through the pages that he uses."""

    def __init__(self, browser: TestClient, world: World, card_ids: list[int]) -> None:
        self._browser, self._world, self._card_ids = browser, world, card_ids
        self._turns: dict[tuple[int, int], int] = {}
        self._base = f"/studies/{world.study_id}/rounds/{world.round_id}"

    def send(self, action: str, fields: dict[str, object]) -> int:
        form = {"operation_id": str(uuid.uuid4()), **fields}
        return self._browser.post(f"{self._base}/{action}", data=form).status_code

    def place(self, card: int, facet: int, pick: int) -> None:
        card_id = self._card_ids[card % len(self._card_ids)]
        facet_id = (self._world.single_id, self._world.several_id)[facet]
        key = (card_id, facet_id)
        status = self.send(
            "placements",
            {
                "card_id": card_id,
                "facet_id": facet_id,
                "seen_turn": self._turns.get(key, 0),
                "value": "categories",
                "category_ids": self._world.category_ids[facet_id][pick],
                "confidence": 2,
                "memo": CANARY,
                "seconds": "12.5",
                "view": "focus",
            },
        )
        assert status in {200, 303}
        self._turns[key] = self._turns.get(key, 0) + 1

    def place_all(self) -> None:
        for card, facet in product(range(len(self._card_ids)), (0, 1)):
            self.place(card, facet, card % 3)


@pytest.fixture
def ben(browsers: dict[str, TestClient], database: Database, world: World) -> Ben:
    return Ben(browsers["ben"], world, cards_of(database, world, "ben"))


def differences(before: dict[str, Answer], after: dict[str, Answer]) -> list[str]:
    assert before.keys() == after.keys()
    return [path for path in before if before[path] != after[path]]


def test_the_walk_reaches_the_pages_where_a_leak_would_be(
    app: FastAPI, browsers: dict[str, TestClient], world: World
) -> None:
    answers = walk(app, browsers["ada"], world)
    base = f"/studies/{world.study_id}"
    here = f"{base}/rounds/{world.round_id}"
    must = {"/", base, f"{base}/activity", f"{base}/rounds", f"{base}/export", here}
    must |= {f"{here}/{page}" for page in ("sort", "board", "hand-in", "placements.csv")}
    must |= {f"{base}/cards/{card_id}" for card_id in world.card_ids}
    assert [path for path in sorted(must) if answers[path][0] != 200] == []


@pytest.mark.parametrize("viewer", VIEWERS)
def test_nothing_differs_after_another_coder_sorted_everything_and_handed_in(
    app: FastAPI, browsers: dict[str, TestClient], world: World, ben: Ben, viewer: str
) -> None:
    before = walk(app, browsers[viewer], world)
    ben.place_all()
    assert ben.send("parking", {"card_id": world.card_ids[0], "is_parked": "true"}) == 303
    assert ben.send("undo", {}) == 303
    assert ben.send("redo", {}) == 303
    sorted_all = walk(app, browsers[viewer], world)
    assert differences(before, sorted_all) == []
    assert not any(CANARY.encode() in body for _, _, body in sorted_all.values())
    # Hand in only what is not parked any more.
    assert ben.send("parking", {"card_id": world.card_ids[0], "is_parked": "false"}) == 303
    assert ben.send("hand-in", {}) == 303
    assert differences(before, walk(app, browsers[viewer], world)) == []


def test_nothing_differs_for_a_lead_who_codes_and_has_handed_in(
    app: FastAPI, browsers: dict[str, TestClient], database: Database, world: World, ben: Ben
) -> None:
    """The lead may still take the work back, so only who has handed in may be known."""
    ada = Ben(browsers["ada"], world, cards_of(database, world, "ada"))
    ada.place_all()
    assert ada.send("hand-in", {}) == 303
    browsers["ada"].get("/")  # takes the notice of her own act, which is shown once
    before = walk(app, browsers["ada"], world)
    ben.place_all()
    assert differences(before, walk(app, browsers["ada"], world)) == []
    assert ben.send("hand-in", {}) == 303
    assert differences(before, walk(app, browsers["ada"], world)) != []


def test_nothing_differs_for_a_coder_who_is_at_work_too(
    app: FastAPI, browsers: dict[str, TestClient], database: Database, world: World, ben: Ben
) -> None:
    cleo = Ben(browsers["cleo"], world, cards_of(database, world, "cleo"))
    cleo.place(0, 0, 1)
    cleo.place(1, 1, 2)
    before = walk(app, browsers["cleo"], world)
    ben.place_all()
    assert differences(before, walk(app, browsers["cleo"], world)) == []


@pytest.fixture
def seen_by_cleo(app: FastAPI, browsers: dict[str, TestClient], world: World) -> dict[str, Answer]:
    """What she is sent before the first sequence: no later one may change it either."""
    return walk(app, browsers["cleo"], world)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(
    acts=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 2)), min_size=1, max_size=6
    )
)
def test_no_sequence_of_acts_can_be_seen(
    app: FastAPI,
    browsers: dict[str, TestClient],
    world: World,
    ben: Ben,
    seen_by_cleo: dict[str, Answer],
    acts: list[tuple[int, int, int]],
) -> None:
    for card, facet, pick in acts:
        ben.place(card, facet, pick)
    ben.send("undo", {})
    # Undo takes one turn more, which Ben's next page would show.
    card, facet, _ = acts[-1]
    key = (ben._card_ids[card % 4], (world.single_id, world.several_id)[facet])
    ben._turns[key] += 1
    assert differences(seen_by_cleo, walk(app, browsers["cleo"], world)) == []


def test_after_closing_everybody_in_the_study_sees_what_was_hidden(
    app: FastAPI, browsers: dict[str, TestClient], database: Database, world: World, ben: Ben
) -> None:
    """Else the tests above would be blind themselves."""
    cleo = Ben(browsers["cleo"], world, cards_of(database, world, "cleo"))
    ben.place_all()
    cleo.place(0, 0, 1)
    with database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        close_round(session, round_, reason="Time is up.", is_forced=True, by=None)
    is_shown: Callable[[str], bool] = lambda name: any(  # noqa: E731
        CANARY.encode().replace(b"'", b"&#39;") in body or CANARY.encode() in body
        for _, _, body in walk(app, browsers[name], world).values()
    )
    assert [name for name in VIEWERS if is_shown(name)] == ["cleo", "ada", "odo", "ida"]
