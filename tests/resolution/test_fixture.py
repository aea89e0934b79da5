"""The worked example of the method, made by the services end to end: to the digit, everywhere."""

import json
from collections import Counter

import pytest
from fastapi import FastAPI

from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.db import Database
from app.negotiation.rules import Outcome
from app.resolution.tally import Tally, tally, tally_of
from app.resolution.yields import yields_of
from app.web.render import percent
from tests.coding.world import World
from tests.exports.works import table
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    decide,
    flagged,
    make_negotiation,
    visit,
)

# 120 cards judged by two coders, who agree on 94; what came of the other 26, and for which label.
DECIDED: list[tuple[Outcome, int | None]] = [
    *[(Outcome.PERSUADED, MISSING)] * 9,  # Coder A was persuaded
    *[(Outcome.PERSUADED, STALE)] * 7,  # Coder B was persuaded
    *[(Outcome.THIRD_CODE, UNCLEAR)] * 3,
    *[(Outcome.DISSOLVED, UNCLEAR)] * 2,
    *[(Outcome.ARBITRATED, STALE)] * 2,
    (Outcome.UNRESOLVED, None),
    *[(Outcome.DROPPED, None)] * 2,
]
SHARES = ("78.3 %", "95.8 %", "97.5 %", "80.8 %")


@pytest.fixture
def world(database: Database) -> World:
    """The example as a closed round: Ben is Coder A, Cleo is Coder B, Ida arbitrates."""
    made = make_negotiation(database, [(STALE, STALE)] * 94 + [(STALE, MISSING)] * 26)
    ids = made.category_ids[made.single_id]
    for one, (outcome, place) in zip(flagged(database, made), DECIDED, strict=True):
        by = made.member_ids["ida" if outcome is Outcome.ARBITRATED else "ben"]
        label = () if place is None else (ids[place],)
        decide(database, one, by=by, outcome=outcome, label=label)
    return made


def tally_now(database: Database, world: World) -> Tally:
    with database.reading() as session:
        round_ = session.get_one(Round, world.round_id)
        return tally_of(session, round_, facets_of_round(session, round_)[0])


def test_the_example_holds_to_the_digit(database: Database, world: World) -> None:
    found = tally_now(database, world)
    assert found == tally(120, 94, [outcome for outcome, _ in DECIDED])
    shares = (found.before, found.after, found.after_without_dropped, found.resolution_rate)
    assert tuple(percent(share) for share in shares if share is not None) == SHARES
    assert (found.n_flagged, found.n_settled, found.n_labels) == (26, 21, 117)


def test_outcomes_partition_the_flagged_cards(database: Database, world: World) -> None:
    found = tally_now(database, world)
    parts = (found.n_settled, found.n_arbitrated, found.n_dropped, found.n_split)
    assert sum(parts) + found.n_unsettled == found.n_flagged


def test_coder_a_gave_way_in_9_of_16(database: Database, world: World) -> None:
    with database.reading() as session:
        found = yields_of(session, session.get_one(Round, world.round_id))
    (pair,) = found.pairs
    assert (pair.first, pair.n_first, pair.second, pair.n_second) == ("Coder A", 7, "Coder B", 9)
    assert (pair.n, pair.p_shown, pair.notice) == (16, "0.80", "")


def test_the_summary_shows_it_without_any_coefficient(world: World, app: FastAPI) -> None:
    text = visit(app, world, "odo").page("/negotiation/summary")
    for figure in (*SHARES, "<b>117</b>", "0.80", "A coder was persuaded"):
        assert figure in text
    assert "kappa" not in text.lower()
    assert "Ben" not in text


def test_files_name_before_and_after_apart(world: World, app: FastAPI) -> None:
    visitor = visit(app, world, "odo")
    report = json.loads(visitor.page("/report.json"))["negotiation"]["Smell"]
    assert round(report["before_agreed"], 3) == 0.783
    assert round(report["after_agreed"], 3) == 0.958
    assert round(report["after_agreed_without_dropped"], 3) == 0.975
    assert round(report["after_settled_by_coders"], 3) == 0.808
    assert (report["before_n_cocoded"], report["after_n_labels"]) == (120, 117)
    rows = {
        row["key"]: row for row in table(visitor.page("/report.csv")) if row["facet"] == "Smell"
    }
    assert round(float(rows["before_agreed"]["value"]), 3) == 0.783
    assert round(float(rows["after_agreed_without_dropped"]["value"]), 3) == 0.975
    assert rows["after_agreed_without_dropped"]["n_units"] == "118"


def test_the_reports_to_read_say_the_same(world: World, app: FastAPI) -> None:
    visitor = visit(app, world, "odo")
    for path in ("/report.html", "/report.md"):
        text = visitor.page(path)
        for figure in SHARES[:3]:
            assert figure in text, path


def test_labels_of_the_round_and_of_the_study_count_alike(world: World, app: FastAPI) -> None:
    visitor = visit(app, world, "odo")
    study = visitor.client.get(f"/studies/{world.study_id}/labels.csv").text
    for text in (visitor.page("/labels.csv"), study):
        smell = [row for row in table(text) if row["facet"] == "Smell"]
        assert sum(bool(row["category"]) for row in smell) == 117
        assert Counter(row["provenance"] for row in smell) == {
            "unanimous": 94,
            "negotiated": 21,
            "arbitrated": 2,
            "unresolved": 3,
        }
        assert {row["decided_by"] for row in smell if row["outcome"] == "arbitrated"} == {"Arbiter"}


def test_split_cards_have_no_label_and_are_left_out_like_dropped_ones() -> None:
    found = tally(10, 4, [Outcome.PERSUADED] * 4 + [Outcome.SPLIT, Outcome.DROPPED])
    assert (found.n_split, found.n_dropped, found.n_unsettled) == (1, 1, 0)
    assert (found.after, found.after_without_dropped, found.n_labels) == (0.8, 1.0, 8)
    assert found.gone_words == "1 dropped and 1 split"


def test_a_second_look_never_changes_what_was_agreed_before_the_talk() -> None:
    reviews = [Outcome.UPHELD, Outcome.DROPPED, Outcome.ARBITRATED, None]
    found = tally(10, 8, [Outcome.PERSUADED, None], reviews=reviews)
    assert (found.before, found.n_flagged, found.n_unsettled) == (0.8, 2, 1)
    assert (found.n_revoked, found.n_overruled) == (1, 1)
    assert (found.n_agreed_after, found.n_labels) == (7, 8)
