"""How long the rest takes, where somebody stopped, and what waits for whom: in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi import FastAPI

from app.coding.models import Round
from app.db import Database
from app.negotiation.agenda.words import day_and_month, estimate, on_day, pace_of
from app.negotiation.arbitrating import escalate
from app.negotiation.comments import add_comment
from app.negotiation.deferring import DeferralDraft, defer
from app.negotiation.models import Disagreement
from app.negotiation.proposals import ProposalDraft, propose
from app.negotiation.rules import Cause, Outcome
from app.negotiation.settling import Settlement, Value
from app.studies.models import Membership
from tests.coding.world import World
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    decide,
    flagged,
    make_negotiation,
    place,
    visit,
)

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)  # a Thursday


def decided(*minutes: float) -> list[datetime]:
    return [NOON + timedelta(minutes=one) for one in minutes]


def test_the_pace_is_the_median_from_one_decision_to_the_next() -> None:
    assert pace_of(decided(0, 2, 3, 10)) == 120
    assert pace_of(decided(10, 0, 3, 2)) == 120
    assert pace_of(decided(0)) is None


def test_who_was_away_counts_as_a_quarter_of_an_hour() -> None:
    assert pace_of(decided(0, 3_000)) == 15 * 60


@pytest.mark.parametrize(
    ("gap", "n_open", "words"),
    [
        (2, 15, "Half an hour at your pace for the remaining 15."),
        (1, 3, "A few minutes at your pace for the remaining 3."),
        (4, 15, "An hour at your pace for the remaining 15."),
        (10, 30, "5 hours at your pace for the remaining 30."),
        (15, 1, "A quarter of an hour at your pace for the last one."),
    ],
)
def test_the_rest_is_estimated_at_the_pace_of_the_team(gap: int, n_open: int, words: str) -> None:
    assert estimate(decided(0, gap, 2 * gap), n_open) == words


def test_before_there_is_a_pace_the_estimate_says_what_it_rests_on() -> None:
    assert estimate([], 10) == "Half an hour for the remaining 10, if each takes three minutes."
    assert estimate(decided(1), 0) == ""


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "yesterday"), (2, "on Tuesday"), (6, "on Friday"), (7, "on 26 February")],
)
def test_days_are_named_as_people_do(days: int, words: str) -> None:
    assert on_day(NOON.date() - timedelta(days=days), NOON.date()) == words
    assert day_and_month(date(2025, 12, 4), NOON.date()) == "4 December 2025"


def three(database: Database) -> tuple[World, list[Disagreement]]:
    world = make_negotiation(database, [(STALE, MISSING)] * 3)
    return world, flagged(database, world)


def test_a_proposal_waits_for_who_has_not_answered_and_comes_first(
    database: Database, app: FastAPI
) -> None:
    world, found = three(database)
    with database.transaction() as session:
        last = session.get_one(Disagreement, found[2].id)
        label = (world.category_ids[world.single_id][STALE],)
        what = Settlement(
            Value.CATEGORIES, label, Outcome.PERSUADED, Cause.SLIP, "It says that it is closed."
        )
        ben = session.get_one(Membership, world.member_ids["ben"])
        propose(session, last, ProposalDraft(what, last.revision), by=ben)
    text = visit(app, world, "cleo").page()
    places = place(text, "Begin with L-2", "Waiting for you", "L-2</bdi>", "L-0</bdi>")
    assert places == sorted(places)
    place(text, "Proposal waits for you")
    assert "L-0</bdi>" not in visit(app, world, "cleo").page("/disagreements?state=mine")
    place(visit(app, world, "ben").page(), "You confirmed, one is missing")
    place(visit(app, world, "odo").page(), "Proposed, one is missing")


def test_the_talk_goes_on_where_somebody_stopped(database: Database, app: FastAPI) -> None:
    world, found = three(database)
    place(visit(app, world, "ben").page(), "Begin with L-0", "if each takes three minutes")
    with database.transaction() as session:
        second = session.get_one(Disagreement, found[1].id)
        add_comment(session, second, world.member_ids["ben"], "I read it otherwise.")
    text = visit(app, world, "ben").page()
    place(text, "Continue with L-1", "You stopped at", "L-1 today", "In discussion, 1 comment")
    assert "You stopped" not in visit(app, world, "cleo").page()
    decide(
        database,
        found[1],
        by=world.member_ids["ben"],
        label=(world.category_ids[world.single_id][STALE],),
    )
    place(visit(app, world, "ben").page(), "Continue with L-2")


def test_what_is_put_off_names_the_day_and_who_takes_care(database: Database, app: FastAPI) -> None:
    world, found = three(database)
    with database.transaction() as session:
        first = session.get_one(Disagreement, found[0].id)
        until = date(2099, 12, 4)
        draft = DeferralDraft("Ask.", world.member_ids["ada"], until, first.revision)
        defer(session, first, draft, by=session.get_one(Membership, world.member_ids["ben"]))
    place(visit(app, world, "cleo").page(), "Deferred to 4 December 2099, Ada")


def test_what_was_handed_over_is_with_the_arbiter(database: Database, app: FastAPI) -> None:
    world, found = three(database)
    with database.transaction() as session:
        first = session.get_one(Disagreement, found[0].id)
        ben = session.get_one(Membership, world.member_ids["ben"])
        add_comment(session, first, ben.id or 0, "We do not agree.")
        escalate(session, first, "Please decide.", revision=first.revision, by=ben)
        assert session.get_one(Round, world.round_id).closed_at is not None
    place(visit(app, world, "ben").page(), "With the arbiter")
    place(visit(app, world, "ida").page(), "1 card handed to you", "Waits for your decision")
