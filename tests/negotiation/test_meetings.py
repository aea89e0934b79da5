"""Who starts, follows, presents and ends a meeting, and what happens when two do so at once."""

import threading
from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from app.coding.models import Round
from app.db import Database
from app.errors import ConcordError, Conflict, Forbidden
from app.negotiation.meeting.meetings import MeetingOver, meetings_of
from app.negotiation.models import TalkEvent
from app.negotiation.rules import Outcome
from app.resolution.closing import finish_round
from tests.coding.world import World
from tests.conftest import Clock
from tests.negotiation.meetings import Table, make_sealed
from tests.negotiation.negotiations import decide, flagged, make_negotiation


@pytest.fixture
def world(database: Database) -> World:
    return make_negotiation(database)


@pytest.fixture
def table(database: Database, world: World) -> Table:
    return Table(database, world)


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Let several people act in the same moment; what was refused to them."""
    gate = threading.Barrier(len(acts))
    refused: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        except ConcordError as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_who_starts_a_meeting_presents_the_first_open_card(table: Table, world: World) -> None:
    table.start("ben")
    first = flagged(table.database, world)[0]
    assert (table.presenter, table.here) == ("ben", ["ben"])
    assert table.meeting.current_id == first.id


def test_a_second_start_joins_the_first(table: Table) -> None:
    one, other = table.start("ben"), table.start("cleo")
    assert one.id == other.id
    assert (table.presenter, table.here) == ("ben", ["ben", "cleo"])


def test_two_who_start_at_once_sit_in_one_meeting(table: Table, database: Database) -> None:
    assert at_once(lambda: table.start("ben"), lambda: table.start("cleo")) == []
    with database.reading() as session:
        found = meetings_of(session, session.get_one(Round, table.world.round_id))
    assert len(found) == 1
    assert table.here == ["ben", "cleo"]
    assert sorted(table.events()) == ["joined", "started"]


@pytest.mark.parametrize("name", ["odo", "ida"])
def test_neither_observers_nor_arbiters_start_a_meeting(table: Table, name: str) -> None:
    with pytest.raises(Forbidden):
        table.start(name)


def test_an_observer_may_sit_in_and_not_present(table: Table) -> None:
    table.start("ben")
    table.join("odo")
    assert table.here == ["ben", "odo"]
    with pytest.raises(Conflict, match="cannot present"):
        table.hand_over("ben", "odo")
    with pytest.raises(Forbidden):
        table.hand_over("odo", "odo")


def test_an_arbiter_stays_out_of_the_talk_before(table: Table) -> None:
    table.start("ben")
    with pytest.raises(Forbidden, match="without names"):
        table.join("ida")


def test_only_the_presenter_moves_on(table: Table, world: World) -> None:
    second = flagged(table.database, world)[1]
    table.start("ben")
    table.join("cleo")
    with pytest.raises(Conflict, match="presents by now"):
        table.move("cleo", second)
    table.move("ben", second)
    assert table.meeting.current_id == second.id


def test_showing_the_same_card_again_is_no_act(table: Table, world: World) -> None:
    table.start("ben")
    table.move("ben", flagged(table.database, world)[0])
    assert table.events() == ["started"]


def test_the_presenting_is_handed_over_or_taken_over(table: Table) -> None:
    table.start("ben")
    table.join("cleo")
    table.hand_over("ben", "cleo")
    assert table.presenter == "cleo"
    table.hand_over("ben", "ben")
    assert table.presenter == "ben"
    table.join("ada")
    with pytest.raises(Conflict, match="not yours to hand over"):
        table.hand_over("cleo", "ada")


def test_the_presenting_goes_only_to_who_is_here(table: Table) -> None:
    table.start("ben")
    with pytest.raises(Conflict, match="left the meeting"):
        table.hand_over("ben", "cleo")
    with pytest.raises(Forbidden):
        table.hand_over("cleo", "cleo")


def test_moving_while_handing_over_leaves_one_consistent_outcome(
    table: Table, world: World
) -> None:
    first, second = flagged(table.database, world)[:2]
    table.start("ben")
    table.join("cleo")
    refused = at_once(lambda: table.move("ben", second), lambda: table.hand_over("cleo", "cleo"))
    assert table.presenter == "cleo"
    has_moved = table.meeting.current_id == second.id
    assert has_moved == (not refused)
    assert table.meeting.current_id in {first.id, second.id}
    assert table.events().count("moved") == has_moved


def test_who_leaves_hands_over_to_who_has_been_here_longest(table: Table) -> None:
    table.start("ben")
    table.join("odo")
    table.join("cleo")
    table.leave("ben")
    assert (table.presenter, table.here) == ("cleo", ["cleo", "odo"])


def test_when_all_have_left_the_next_who_comes_presents(table: Table) -> None:
    table.start("ben")
    table.leave("ben")
    assert table.here == []
    table.join("cleo")
    assert (table.presenter, table.here) == ("cleo", ["cleo"])


def test_coming_and_leaving_twice_changes_nothing(table: Table) -> None:
    table.start("ben")
    table.join("ben")
    table.join("cleo")
    table.leave("cleo")
    table.leave("cleo")
    assert table.events() == ["started", "joined", "left"]


def test_the_presenter_or_a_lead_ends_the_meeting(table: Table) -> None:
    table.start("ben")
    table.join("cleo")
    with pytest.raises(Forbidden, match="Who presents, or a lead"):
        table.end("cleo")
    table.end("ada")
    assert table.meeting.ended_at is not None
    assert table.here == []


def test_a_meeting_that_ended_takes_no_further_act(table: Table, world: World) -> None:
    first, second = flagged(table.database, world)[:2]
    table.start("ben")
    table.end("ben")
    acts: list[Callable[[], None]] = [
        lambda: table.join("cleo"),
        lambda: table.leave("ben"),
        lambda: table.move("ben", second),
        lambda: table.hand_over("ben", "ben"),
        lambda: table.end("ben"),
    ]
    for act in acts:
        with pytest.raises(MeetingOver, match="Nothing was changed"):
            act()
    assert table.events() == ["started", "ended"]
    assert table.meeting.current_id == first.id


def test_after_one_meeting_comes_another(table: Table) -> None:
    first = table.start("ben")
    table.end("ben")
    assert table.start("cleo").id != first.id
    assert table.presenter == "cleo"


def test_a_meeting_nobody_ended_does_not_swallow_the_next(
    table: Table, database: Database, clock: Clock
) -> None:
    forgotten = table.start("ben")
    last_act = clock.now
    clock.advance(hours=20)
    assert table.start("cleo").id != forgotten.id
    with database.reading() as session:
        every = meetings_of(session, session.get_one(Round, table.world.round_id))
    assert every[1].ended_at == last_act


def test_a_meeting_needs_a_round_that_is_negotiated(
    table: Table, world: World, session: Session
) -> None:
    for found in flagged(table.database, world):
        decide(table.database, found, by=world.member_ids["ben"], outcome=Outcome.DROPPED)
    finish_round(session, session.get_one(Round, world.round_id), by=None)
    session.commit()
    with pytest.raises(Conflict, match="negotiation is over"):
        table.start("ben")


def test_what_is_left_open_tells_nothing_of_what_is_sealed(database: Database) -> None:
    table = Table(database, make_sealed(database))
    table.start("ben")
    table.end("ben")
    with database.reading() as session:
        ended = session.exec(select(TalkEvent).where(TalkEvent.kind == "ended")).one()
    assert ended.detail == {"open": 0, "has_sealed": True}
