"""The way along the agenda: place, neighbours, what comes next, and for whom."""

import pytest
from sqlalchemy import event

from app.coding.models import Round
from app.coding.rules import Protocol
from app.db import Database
from app.negotiation.agenda.along import next_open, place_of
from app.negotiation.agenda.listing import TALKED_ABOUT, WAITING, Kind, entries, listed
from app.negotiation.models import Disagreement
from app.negotiation.statements import StatementDraft, seal_statement
from app.studies.models import Membership
from tests.coding.world import World
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    decide,
    flagged,
    make_negotiation,
)

STATEMENTS = Protocol(has_statements=True)
FOUR = ((STALE, MISSING), (STALE, MISSING), (STALE, UNCLEAR), (MISSING, UNCLEAR))


def test_a_card_has_its_place_in_its_cluster_and_two_neighbours(database: Database) -> None:
    world = make_negotiation(database, FOUR)
    found = flagged(database, world)
    with database.reading() as session:
        first, second, third, last = (place_of(session, one) for one in found)
    assert (first.in_cluster, first.n_in_cluster, first.previous_id) == (1, 2, None)
    assert (second.in_cluster, second.key) == (2, found[1].cluster)
    assert (second.previous_id, second.next_id) == (found[0].id, found[2].id)
    assert (third.key, third.in_cluster, third.n_in_cluster) == ("single", 1, 2)
    assert (last.number, last.next_id) == (4, None)


def test_after_a_card_comes_the_next_open_one_of_its_cluster(database: Database) -> None:
    world = make_negotiation(database, FOUR)
    found = flagged(database, world)
    label = (world.category_ids[world.single_id][STALE],)

    def following(one: Disagreement) -> int | None:
        with database.reading() as session:
            after = next_open(session, session.get_one(Round, world.round_id), one)
            return after.id if after else None

    assert following(found[0]) == found[1].id
    assert following(found[1]) == found[0].id
    decide(database, found[0], by=world.member_ids["ben"], label=label)
    assert following(found[1]) == found[2].id
    missing = (world.category_ids[world.single_id][MISSING],)
    for one, chosen in zip(found[1:], (label, label, missing), strict=True):
        decide(database, one, by=world.member_ids["ben"], label=chosen)
    assert following(found[1]) is None


def test_sealed_cards_neighbour_each_other_in_the_order_of_the_import(database: Database) -> None:
    world = make_negotiation(database, list(reversed(FOUR)), protocol=STATEMENTS)
    by_card = sorted(flagged(database, world), key=lambda one: one.card_id)
    with database.reading() as session:
        places = [place_of(session, one) for one in by_card]
        round_ = session.get_one(Round, world.round_id)
        assert next_open(session, round_, by_card[0]) is None
    assert {one.key for one in places} == {"sealed"}
    assert [one.next_id for one in places] == [*(one.id for one in by_card[1:]), None]


@pytest.mark.parametrize("n_open", [0, 1, 3, 5])
def test_the_page_and_the_way_along_it_have_one_order(n_open: int, database: Database) -> None:
    world = make_negotiation(database, [(STALE, UNCLEAR), *FOUR], protocol=STATEMENTS)
    by_card = sorted(flagged(database, world), key=lambda one: one.card_id)
    for found in by_card[:n_open]:
        for name in ("ben", "cleo"):
            with database.transaction() as session:
                row = session.get_one(Disagreement, found.id)
                member = session.get_one(Membership, world.member_ids[name])
                seal_statement(session, row, StatementDraft("It says so."), by=member)
    with database.reading() as session:
        drawn = entries(session, world.round_id, world.single_id)

        def walked(kind: Kind) -> list[tuple[int, str]]:
            rows = listed(session, world.round_id, world.single_id, kind)
            found = session.connection().execute(rows.select().order_by(rows.c.number))
            return [(row.id, row.key) for row in found]

        assert [(one.id, one.key) for one in drawn.talked] == walked(TALKED_ABOUT)
        assert [(one.id, one.key) for one in drawn.sealed] == walked(WAITING)


@pytest.mark.parametrize("times", [1, 12])
def test_the_way_along_reads_no_more_when_there_is_more(times: int, database: Database) -> None:
    assert statements_for(database, make_negotiation(database, FOUR * times)) == 1


def statements_for(database: Database, world: World) -> int:
    found = flagged(database, world)[1]
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    with database.reading() as session:
        place_of(session, found)
    event.remove(database.engine, "before_cursor_execute", note)
    return len(seen)
