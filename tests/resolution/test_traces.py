"""Nobody uses power over a round without a printed trace: who, by role, when and why."""

import json
from typing import Any

import pytest
from fastapi import FastAPI

from app.coding.models import Round
from app.coding.rounds import end_round
from app.coding.rules import Phase, Protocol
from app.db import Database
from app.negotiation.models import Disagreement
from app.negotiation.rules import Outcome
from app.negotiation.statements import StatementDraft, open_without_everybody, seal_statement
from app.resolution.closing import close_round
from app.resolution.traces import Reviews
from app.studies.models import Membership
from app.studies.people import change_role, remove_member
from app.studies.rules import Role
from tests.coding.world import World, make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    decide,
    flagged,
    judge,
    make_negotiation,
    visit,
)

SEALED = Protocol(has_statements=True, owner_last=True)


def process(app: FastAPI, world: World) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(visit(app, world, "odo").page("/report.json"))["process"]
    return found


def assert_printed(app: FastAPI, world: World, *words: str) -> None:
    """Every report to read, and the page of the negotiation, have these words and no name."""
    for path in ("/report.html", "/report.md", "/negotiation/summary"):
        text = visit(app, world, "odo").page(path)
        for said in words:
            assert said in text, (path, said)
        for name in ("Ben", "Cleo", "Ida"):
            assert name not in text, (path, name)


def test_closing_early_is_printed_with_reason_and_role(database: Database, app: FastAPI) -> None:
    world = make_world(database, n_cards=2, coders=("ben", "cleo"))
    with database.transaction() as session:
        judge(session, world, "ben", 0, STALE)
        round_ = session.get_one(Round, world.round_id)
        by = world.account_ids["ada"]
        close_round(session, round_, reason="Cleo is ill.", is_forced=True, by=by)
    found = process(app, world)
    assert found["closed_early"]["by"] == "a lead"
    assert found["closed_early"]["reason"] == "Cleo is ill."
    assert found["unfinished"] == ["Coder A", "Coder B"]


def test_a_lead_who_codes_and_closes_early_is_told_apart(database: Database, app: FastAPI) -> None:
    world = make_world(database, n_cards=2)
    with database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        by = world.account_ids["ada"]
        close_round(session, round_, reason="Time is up.", is_forced=True, by=by)
    assert process(app, world)["closed_early"]["by"] == "a lead who is Coder A"
    assert_printed(app, world, "by a lead who is Coder A.", "Time is up.")


def test_a_void_round_stays_in_every_report_of_the_study(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    with database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        by = world.account_ids["ada"]
        end_round(session, round_, Phase.VOID, reason="Figures were too low.", by=by)
    (found,) = process(app, world)["voided_rounds"]
    assert (found["happened"], found["by"]) == ("Round 1 declared void", "a lead")
    assert_printed(app, world, "Round 1 declared void, by a lead.", "Figures were too low.")


def test_opening_without_everybody_is_printed(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, [(STALE, MISSING)], protocol=SEALED)
    (only,) = flagged(database, world)
    with database.transaction() as session:
        row = session.get_one(Disagreement, only.id)
        ben = session.get_one(Membership, world.member_ids["ben"])
        ada = session.get_one(Membership, world.member_ids["ada"])
        seal_statement(session, row, StatementDraft("It says so."), by=ben)
        open_without_everybody(session, row, "We meet today.", by=ada)
    (found,) = process(app, world)["opened_without_everybody"]
    assert found["happened"] == "a card opened with 1 statement missing"
    assert_printed(app, world, "1 statement missing, by a lead.", "We meet today.")
    assert_printed(app, world, "each coder wrote reasons before seeing what others had said")


def test_arbitration_is_printed_by_role_and_changed_decisions_are_counted(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    stale = (world.category_ids[world.single_id][STALE],)
    first, second, _ = flagged(database, world)
    ida, ben = world.member_ids["ida"], world.member_ids["ben"]
    decide(database, first, by=ida, outcome=Outcome.ARBITRATED, label=stale)
    decide(database, second, by=ben, label=stale)
    decide(database, second, by=ben, outcome=Outcome.DROPPED)
    found = process(app, world)
    assert [one["by"] for one in found["arbitrated"]] == ["an arbiter"]
    assert found["decisions_changed"] == 1
    assert_printed(app, world, "A card decided by arbitration, by an arbiter.")


def test_who_makes_themself_an_arbiter_leaves_a_trace(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    ben, ada = world.member_ids["ben"], world.member_ids["ada"]
    with database.transaction() as session:
        change_role(session, world.study_id, ben, role=Role.LEAD, by=world.account_ids["ada"])
        change_role(session, world.study_id, ada, role=Role.ARBITER, by=world.account_ids["ada"])
        remove_member(
            session, world.study_id, world.member_ids["cleo"], by=world.account_ids["ben"]
        )
    told = [(one["happened"], one["by"]) for one in process(app, world)["people"]]
    assert told == [
        ("the role of Coder A changed from coder to lead", "a lead"),
        ("the role of somebody who does not code here changed from lead to arbiter", "themself"),
        ("the membership of Coder B ended", "a lead who is Coder A"),
    ]
    assert_printed(app, world, "changed from lead to arbiter, by themself.")


def test_a_round_without_anything_to_tell_says_so(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, [(STALE, STALE)])
    found = process(app, world)
    for key in ("opened_without_everybody", "arbitrated", "people", "voided_rounds"):
        assert found[key] == []
    assert found["looked_at_again"]["open"] >= 0


@pytest.mark.parametrize(
    ("reviews", "n_open"), [(Reviews(3, 2, 1, 1), 3), (Reviews(0, 0, 0, 0), 0)]
)
def test_reviews_that_wait_are_neither_upheld_nor_changed(reviews: Reviews, n_open: int) -> None:
    assert reviews.n_open == n_open


def test_what_was_settled_without_a_coder_who_left_is_printed(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database, [(STALE, MISSING), (STALE, MISSING)])
    with database.transaction() as session:
        remove_member(
            session,
            world.study_id,
            world.member_ids["cleo"],
            by=world.account_ids["ada"],
        )
    (first, second) = flagged(database, world)
    stale = world.category_ids[world.single_id][STALE]
    for found in (first, second):
        decide(database, found, by=world.member_ids["ben"], label=(stale,))
    report = visit(app, world, "ben").page("/report.md")
    assert "2 cards settled without somebody who had judged them and left" in report
