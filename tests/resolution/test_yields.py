"""Whose label stood, and when the team is told that chance alone seldom does that."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from scipy.stats import binomtest

from app.coding.models import Round
from app.db import Database
from app.negotiation.rules import Outcome, Position
from app.resolution.summary import pace_words
from app.resolution.yields import (
    Move,
    binomial_p,
    median_seconds,
    move_of,
    n_changed,
    yields,
    yields_of,
)
from tests.negotiation.negotiations import MISSING, STALE, decide, flagged, make_negotiation, visit

A, B, C = 1, 2, 3
NAMES = {A: "Coder A", B: "Coder B", C: "Coder C"}
MOVES = [Move(frozenset({A}), frozenset({B}))] * 12 + [Move(frozenset({B}), frozenset({A}))] * 2
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_p_is_exact_as_scipy_has_it() -> None:
    for n in range(60):
        for k in range(n + 1):
            reference = binomtest(k, n, 0.5).pvalue if n else 1.0
            assert binomial_p(k, n) == pytest.approx(reference, abs=1e-12)


def test_the_worked_examples() -> None:
    assert round(binomial_p(9, 16), 2) == 0.80
    assert round(binomial_p(12, 14), 4) == 0.0129


def test_12_of_14_give_a_neutral_notice_and_9_of_16_give_none() -> None:
    (pair,) = yields(MOVES, NAMES).pairs
    assert pair.notice == (
        "Coder A’s label stood in 12 of 14 one-sided outcomes with Coder B. This can have many "
        "reasons; talk about whether everybody is heard."
    )
    (even,) = yields([*MOVES[:9], *MOVES[-1:] * 7], NAMES).pairs
    assert (even.n, even.notice) == (16, "")


def test_with_three_coders_each_pair_that_met_stands_by_itself() -> None:
    found = yields([Move(frozenset({A, B}), frozenset({C})), *MOVES[:2]], NAMES)
    assert [(one.first, one.second, one.n_first, one.n_second) for one in found.pairs] == [
        ("Coder A", "Coder B", 2, 0),
        ("Coder A", "Coder C", 1, 0),
        ("Coder B", "Coder C", 1, 0),
    ]
    assert [(one.name, one.n_held, one.n_yielded) for one in found.coders] == [
        ("Coder A", 3, 0),
        ("Coder B", 1, 2),
        ("Coder C", 0, 1),
    ]
    assert found.n_moves == 3


def test_who_could_not_judge_did_not_give_way() -> None:
    said = [Position(A, "1"), Position(B, "cannot_judge")]
    assert move_of(said, "1") is None
    assert move_of([*said, Position(C, "2")], "1") == Move(frozenset({A}), frozenset({C}))


def test_a_label_that_nobody_had_given_as_it_is_is_not_one_sided() -> None:
    assert move_of([Position(A, "1+2"), Position(B, "2+3")], "1+3") is None


def test_only_persuasion_counts(database: Database) -> None:
    world = make_negotiation(database, [(STALE, MISSING)] * 4)
    stale = (world.category_ids[world.single_id][STALE],)
    kinds = (Outcome.PERSUADED, Outcome.SLIP, Outcome.WITH_DISSENT, Outcome.ARBITRATED)
    for one, outcome in zip(flagged(database, world), kinds, strict=True):
        by = world.member_ids["ida" if outcome is Outcome.ARBITRATED else "ben"]
        decide(database, one, by=by, outcome=outcome, label=stale)
    with database.reading() as session:
        assert yields_of(session, session.get_one(Round, world.round_id)).n_moves == 1


def test_the_whole_team_reads_the_table_and_no_file_has_it_unasked(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database, [(STALE, MISSING)] * 14)
    ids = world.category_ids[world.single_id]
    for n, one in enumerate(flagged(database, world)):
        label = (ids[STALE if n < 12 else MISSING],)
        decide(database, one, by=world.member_ids["ben"], label=label)
    notice = "label stood in 12 of 14 one-sided outcomes"
    for name in ("ada", "ben", "cleo", "ida", "odo"):
        assert notice in visit(app, world, name).page("/negotiation/summary")
    visitor = visit(app, world, "odo")
    for ending in ("html", "md", "json"):
        assert notice not in visitor.page(f"/report.{ending}")
        assert notice in visitor.page(f"/report.{ending}?yields=yes")
    for path in ("/report.csv", "/report.check", "/labels.csv", "/placements.csv"):
        assert "one-sided" not in visitor.page(path)
    visitor.page("/report.csv?yields=yes", status=404)


def test_without_a_move_the_page_says_so(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, [(STALE, STALE)])
    text = visit(app, world, "ben").page("/negotiation/summary")
    assert "No outcome was one-sided" in text
    assert "too few decisions in a row" in text


def test_the_median_time_leaves_breaks_out_and_shares_a_cluster_out() -> None:
    minutes = (0, 1, 3, 63, 65)
    times = [START + timedelta(minutes=one) for one in minutes]
    assert median_seconds(times) == (120.0, 3)
    cluster = [START, *[START + timedelta(seconds=90)] * 3]
    assert median_seconds(cluster) == (30.0, 3)
    assert median_seconds([START]) == (None, 0)
    assert [pace_words(one) for one in (None, 45, 60, 200)] == ["", "45 s", "1 min", "3 min 20 s"]


def test_deciding_what_was_put_off_changes_no_decision() -> None:
    decided = [(1, Outcome.DEFERRED), (2, Outcome.PERSUADED), (1, Outcome.SLIP), (2, Outcome.SLIP)]
    assert n_changed(decided) == 1


def test_what_was_put_off_counts_as_no_decision(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first, second, _ = flagged(database, world)
    ben = world.member_ids["ben"]
    stale = (world.category_ids[world.single_id][STALE],)
    decide(database, first, by=ben, outcome=Outcome.DEFERRED)
    decide(database, second, by=ben, label=stale)
    text = visit(app, world, "odo").page("/negotiation/summary")
    assert "<dt>Decisions</dt><dd>1</dd>" in text
    assert "<dt>Put off</dt><dd>1 time</dd>" in text
