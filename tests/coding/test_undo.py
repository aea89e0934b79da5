"""Taking acts back and redoing them: by further rows, always to what was there before or after.

A simple model of one coder's table runs beside the application; after every act both must agree.
"""

from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from app.coding import placing, undoing
from app.coding.desks import Judgement
from app.coding.models import Assignment, Placement, Round
from app.coding.rules import Value
from app.coding.sorting import take_seat, tally
from app.coding.visibility import own_on_card
from app.db import Database
from tests.coding.desk import Desk, desk_of, fresh_id
from tests.coding.world import World, cards_of, make_world

Said = tuple[str, tuple[int, ...], int | None, str]
NOTHING: Said = ("not_judged", (), None, "")


@dataclass
class Table:
    """What a coder's table should look like; every act first puts the state away as it is."""

    said: dict[tuple[int, int], Said] = field(default_factory=dict)
    parked: frozenset[int] = frozenset()
    states: list[tuple[dict[tuple[int, int], Said], frozenset[int]]] = field(default_factory=list)
    undone: list[tuple[dict[tuple[int, int], Said], frozenset[int]]] = field(default_factory=list)

    def place(self, card: int, facet: int, said: Said, facets: tuple[int, ...]) -> None:
        self.begin()
        self.said = {**self.said, (card, facet): said}
        if self.is_done(card, facets):
            self.parked -= {card}

    def park(self, card: int, *, is_parked: bool) -> None:
        if is_parked != (card in self.parked):
            self.begin()
            self.parked ^= {card}

    def begin(self) -> None:
        self.states.append((self.said, self.parked))
        self.undone = []

    def undo(self) -> None:
        if self.states:
            self.undone.append((self.said, self.parked))
            self.said, self.parked = self.states.pop()

    def redo(self) -> None:
        if self.undone:
            self.states.append((self.said, self.parked))
            self.said, self.parked = self.undone.pop()

    def is_done(self, card: int, facets: tuple[int, ...]) -> bool:
        return all(self.said.get((card, one), NOTHING)[0] != "not_judged" for one in facets)


PLACE = st.tuples(
    st.just("place"),
    st.integers(0, 1),
    st.integers(0, 1),
    st.sampled_from(["first", "second", "none_applies", "cannot_judge", "not_judged"]),
    st.sampled_from([None, 1, 3]),
    st.sampled_from(["", "because"]),
)
PARK = st.tuples(st.just("park"), st.integers(0, 1), st.booleans())
UNDO = st.tuples(st.just("undo"))
REDO = st.tuples(st.just("redo"))
ACTS = st.lists(st.one_of(PLACE, PLACE, PARK, UNDO, REDO), min_size=1, max_size=14)
# A card put aside and then judged on both facets, which takes it back by itself.
JUDGED_AFTER_PARKING: list[tuple[object, ...]] = [
    ("place", 1, 0, "first", None, ""),
    ("park", 0, True),
    ("place", 0, 0, "first", None, ""),
    ("place", 0, 1, "none_applies", 3, "because"),
]


@pytest.fixture
def world(app: FastAPI) -> World:
    return make_world(app.state.database, n_cards=3)


def rows(session: Session) -> list[tuple[object, ...]]:
    found = session.exec(select(Placement).order_by(col(Placement.id))).all()
    return [tuple(sorted(row.model_dump().items(), key=lambda item: item[0])) for row in found]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
@example(acts=JUDGED_AFTER_PARKING)
@example(acts=[*JUDGED_AFTER_PARKING, ("park", 0, True), ("place", 0, 0, "not_judged", None, "")])
@example(acts=[*JUDGED_AFTER_PARKING, *[("undo",)] * 3, ("redo",), ("undo",), *[("redo",)] * 4])
def test_any_chain_of_acts_and_undoing_all_of_it_lead_through_the_states_of_the_model(
    database: Database, world: World, acts: list[tuple[object, ...]]
) -> None:
    cards = cards_of(database, world, "ben")
    with database.writing() as session:
        table, before = Table(), rows(session)
        # Then back to the beginning, and once more than there is to take back.
        rest = len(acts) + 1
        back = [("undo",)] * rest
        for act in [*acts, *back, *[("redo",)] * rest, *back]:
            carry_out(session, world, cards, table, act)
            session.flush()
            session.expire_all()
            now = rows(session)
            assert now[: len(before)] == before, "a row was altered"
            before = now
            compare(session, world, cards, table)
        assert (table.said, table.parked, table.states) == ({}, frozenset(), [])
        session.rollback()


def carry_out(
    session: Session, world: World, cards: list[int], table: Table, act: tuple[object, ...]
) -> None:
    coder, facets = world.member_ids["ben"], (world.single_id, world.several_id)
    match act:
        case ("place", int(place), int(which), str(what), confidence, str(memo)):
            card, facet = cards[place], facets[which]
            ids = world.category_ids[facet]
            chosen = {"first": (ids[0],), "second": (ids[1],)}.get(what, ())
            value = Value.CATEGORIES if chosen else Value(what)
            seen = own_on_card(session, seat_round(session, world), coder, card).get(facet)
            turn = seen.turn if seen else 0
            sure = confidence if isinstance(confidence, int) else None
            said = Judgement(card, facet, value, chosen, sure, memo, turn)
            placing.place_card(session, world.round_id, coder, said)
            table.place(card, facet, (value.value, chosen, sure, memo), facets)
        case ("park", int(place), bool(is_parked)):
            card = cards[place]
            placing.park_card(session, world.round_id, coder, card, is_parked=is_parked)
            table.park(card, is_parked=is_parked)
        case ("redo",):
            undoing.redo(session, world.round_id, coder)
            table.redo()
        case _:
            undoing.undo(session, world.round_id, coder)
            table.undo()


def seat_round(session: Session, world: World) -> Round:
    return take_seat(session, world.study_id, world.round_id, world.member_ids["ben"]).round_


def compare(session: Session, world: World, cards: list[int], table: Table) -> None:
    coder, facets = world.member_ids["ben"], (world.single_id, world.several_id)
    seat = take_seat(session, world.study_id, world.round_id, coder)
    for card in cards:
        found = own_on_card(session, seat.round_, coder, card)
        for facet in facets:
            row = found.get(facet)
            said = (
                (row.value, tuple(row.category_ids), row.confidence, row.memo) if row else NOTHING
            )
            assert said == table.said.get((card, facet), NOTHING)
    assignments = session.exec(select(Assignment).where(Assignment.coder_id == coder)).all()
    assert {one.card_id for one in assignments if one.is_done} == {
        card for card in cards if table.is_done(card, facets)
    }
    assert {one.card_id for one in assignments if one.is_parked} == set(table.parked)
    told = tally(session, seat)
    assert (told.n_cards, told.n_done, told.n_parked) == (
        len(cards),
        sum(table.is_done(card, facets) for card in cards),
        len(table.parked),
    )


# --- As requests ---------------------------------------------------------------------------


@pytest.fixture
def ben(app: FastAPI, world: World) -> Desk:
    return desk_of(app, world, "ben")


def test_undo_leads_back_to_the_card_and_facet_of_the_act(ben: Desk) -> None:
    ben.place(ben.cards[1], facet_id=ben.world.several_id, value="cannot_judge")
    answer = ben.send("undo")
    wanted = f"card={ben.cards[1]}&facet={ben.world.several_id}"
    assert answer.headers["location"].endswith(wanted)
    assert ben.placements[-1].value == "not_judged"


def test_undo_takes_a_parking_back(ben: Desk) -> None:
    ben.park(ben.cards[0])
    ben.send("undo")
    assert not ben.assignment(ben.cards[0]).is_parked
    assert [parking.is_parked for parking in ben.parkings] == [True, False]


def test_undoing_the_judgement_that_took_a_card_out_of_the_parked_ones_parks_it_again(
    ben: Desk,
) -> None:
    first, second = ben.cards[:2]
    ben.place(second, category_ids=ben.categories[0])
    ben.park(first)
    ben.judge(first)
    assert not ben.assignment(first).is_parked
    ben.send("undo")
    assert ben.assignment(first).is_parked
    for _ in range(2):
        ben.send("undo")
    assert not ben.assignment(first).is_parked
    # The acts before the parking can still be reached.
    answer = ben.send("undo")
    assert f"card={second}" in answer.headers["location"]
    assert ben.placements[-1].value == "not_judged"


def test_undo_gets_past_a_parking_that_an_older_concord_ended_without_a_row(ben: Desk) -> None:
    first, second = ben.cards[:2]
    ben.place(second, category_ids=ben.categories[0])
    ben.park(first)
    with ben.database.transaction() as session:
        assignment = session.exec(select(Assignment).where(Assignment.is_parked)).one()
        assignment.is_parked = False
        session.add(assignment)
    ben.send("undo")
    assert not ben.assignment(first).is_parked
    ben.send("undo")
    assert ben.placements[-1].value == "not_judged"


def test_undo_never_skips_an_act_however_many_came_after_it(ben: Desk) -> None:
    first, second = ben.cards[:2]
    with ben.database.transaction() as session:
        coder = ben.world.member_ids["ben"]
        placing.park_card(session, ben.world.round_id, coder, first, is_parked=True)
        for turn in range(130):
            said = Judgement(second, ben.world.single_id, Value.CANNOT_JUDGE, seen_turn=turn)
            placing.place_card(session, ben.world.round_id, coder, said)
        for _ in range(120):
            undoing.undo(session, ben.world.round_id, coder)
    answer = ben.send("undo")
    assert f"card={second}" in answer.headers["location"]
    assert ben.assignment(first).is_parked


def test_undo_on_the_board_stays_on_the_board(ben: Desk) -> None:
    ben.place(ben.cards[0], category_ids=ben.categories[0], view="board")
    answer = ben.send("undo", view="board", facet_id=ben.world.single_id)
    assert answer.headers["location"].endswith(f"/board?facet={ben.world.single_id}")


def test_undo_with_nothing_to_take_back_says_so(ben: Desk) -> None:
    answer = ben.send("undo")
    assert answer.status_code == 303
    page = ben.client.get(answer.headers["location"]).text
    assert "There is nothing to take back." in page


def test_undo_sent_twice_undoes_once(ben: Desk) -> None:
    for card in ben.cards[:2]:
        ben.place(card, category_ids=ben.categories[0])
    form = {"operation_id": fresh_id()}
    for _ in range(2):
        ben.client.post(f"{ben.base}/undo", data=form)
    assert [row.value for row in ben.placements] == ["categories", "categories", "not_judged"]


def test_undo_does_not_reach_the_acts_of_others(app: FastAPI, ben: Desk) -> None:
    cleo = desk_of(app, ben.world, "cleo")
    cleo.place(cleo.cards[0], category_ids=ben.categories[0])
    ben.send("undo")
    assert len(cleo.placements) == 1
    assert ben.placements == []


def test_nothing_is_undone_after_handing_in(ben: Desk) -> None:
    for card in ben.cards:
        ben.judge(card)
    ben.send("hand-in")
    answer = ben.send("undo")
    assert answer.status_code == 409
    assert "handed this round in" in answer.text
