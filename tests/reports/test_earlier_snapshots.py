"""Rounds closed by earlier versions are read as they were stored; nothing is computed anew."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from app.agreement import Measure
from app.coding.models import Bootstrap, Snapshot
from app.reports.stored import StoredFacet
from tests.factories import Team
from tests.reports.reading import Page, page_of, says_nan
from tests.reports.rounds import TWO, Coded, Sorted, make_round

# Written by algorithm version 2: two coders, three on an ordered scale, and sets.
FROZEN: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("earlier_shape.json").read_text()
)
HEADS = {
    "two": {"choice": "single", "scale": "nominal", "coders": ["Coder A", "Coder B"]},
    "three ordinal": {
        "choice": "single",
        "scale": "ordinal",
        "coders": ["Coder A", "Coder B", "Coder C"],
    },
    "sets": {"choice": "multiple", "scale": "nominal", "coders": ["Coder A", "Coder B"]},
}


def stored(name: str) -> StoredFacet:
    agreement = FROZEN[name]
    answers = agreement["categories_declared"]
    head = {"facet": "Smell", "answers": answers, "n_assigned": 32, "n_cannot_judge": 0}
    return StoredFacet({**head, **HEADS[name], "agreement": agreement})


@pytest.mark.parametrize(
    ("name", "old", "measure"),
    [
        ("two", "percent", Measure.PERCENT),
        ("two", "percent_of_pairs", Measure.PERCENT_POOLED),
        ("two", "alpha", Measure.ALPHA_NOMINAL),
        ("two", "fleiss", Measure.FLEISS),
        ("three ordinal", "alpha", Measure.ALPHA_ORDINAL),
        ("three ordinal", "alpha_companion", Measure.ALPHA_NOMINAL),
        ("three ordinal", "light", Measure.LIGHT),
        ("sets", "percent", Measure.PERCENT_EXACT_SET),
        ("sets", "alpha", Measure.ALPHA_MASI),
        ("sets", "alpha_companion", Measure.ALPHA_JACCARD),
        ("sets", "jaccard", Measure.MEAN_JACCARD),
    ],
)
def test_every_figure_of_all_coders_keeps_its_value(name: str, old: str, measure: Measure) -> None:
    found = stored(name).over_all()[measure]
    was = FROZEN[name][old]
    assert (found.value, found.reason, found.n_units) == (
        was["value"],
        was["reason"],
        was["n_units"],
    )


def test_kappa_of_two_coders_keeps_interval_and_both_standard_errors() -> None:
    (pair,) = stored("two").pairs()
    was = FROZEN["two"]["pairs"][0]
    kappa = pair.figures[Measure.COHEN]
    assert {key: kappa[key] for key in was["kappa"]} == was["kappa"]
    assert kappa["null_error"] == was["kappa_null_error"]
    assert kappa["method"] == "large-sample"
    assert pair.figures[Measure.BIAS_INDEX]["value"] == was["bias_index"]
    assert pair.found["confusion"] == was["confusion"]


@pytest.mark.parametrize(
    ("name", "kappa"),
    [
        ("two", Measure.CATEGORY_COHEN),
        ("three ordinal", Measure.CATEGORY_FLEISS),
        ("sets", Measure.CATEGORY_COHEN),
    ],
)
def test_a_category_keeps_the_kappa_it_had(name: str, kappa: Measure) -> None:
    agreement = stored(name).agreement
    assert agreement is not None
    for found, was in zip(agreement["categories"], FROZEN[name]["categories"], strict=True):
        assert found["figures"][kappa]["value"] == was["kappa"]["value"]
        assert found["figures"][Measure.SPECIFIC]["value"] == was["positive"]["value"]
        assert (
            found["pairs"][0]["figures"][Measure.COHEN]["value"]
            == was["pairs"][0]["kappa"]["value"]
        )


def test_what_was_not_computed_then_is_absent() -> None:
    over_all = stored("two").over_all()
    assert not {Measure.CONGER, Measure.BRENNAN_PREDIGER, Measure.AC2_LINEAR} & set(over_all)
    assert Measure.AC1 not in stored("sets").over_all()  # a figure of single answers


def test_what_is_stored_is_not_altered_by_reading_it() -> None:
    before = json.dumps(FROZEN, sort_keys=True)
    for name in FROZEN:
        stored(name).over_all()
    assert json.dumps(FROZEN, sort_keys=True) == before


@pytest.fixture
def coded(session: Session, team: Team) -> Coded:
    """A round whose Snapshot is one of the earlier version."""
    answers = {"Ben": ("stale",) * 9 + ("unclear",) * 7, "Cleo": ("stale", "unclear") * 8}
    made = make_round(session, team, {"Smell": Sorted(("stale", "unclear"), answers)})
    snapshot = session.exec(select(Snapshot)).one()
    for row in session.exec(select(Bootstrap).where(col(Bootstrap.snapshot_id) == snapshot.id)):
        session.delete(row)
    snapshot.figures = {**snapshot.figures, "agreement": FROZEN["two"]}
    snapshot.algorithm_version = "2"
    session.add(snapshot)
    session.commit()
    return made


def test_the_page_says_which_figures_the_version_that_closed_the_round_did_not_compute(
    client: TestClient, coded: Coded
) -> None:
    page = page_of(client, coded.page("Smell"))
    assert "Cohen's kappa , reliability 0.73 95% interval 0.39 to 1.00 (large-sample)" in page.text
    assert "not computed by the version that closed this round" in page.text
    assert "Conger" not in page.text
    assert not says_nan(page.text)


@pytest.mark.parametrize("ending", ["html", "md", "csv", "json", "check"])
def test_every_file_can_still_be_made(client: TestClient, coded: Coded, ending: str) -> None:
    page_of(client, coded.page("Smell"))
    answer = client.get(f"{coded.url}/report.{ending}")
    assert answer.status_code == 200
    assert "0.73" in answer.text or "0.7272727272727273" in answer.text
    assert not says_nan(Page(answer.text).text if ending == "html" else "")


def test_the_course_joins_rounds_of_both_versions(
    client: TestClient, session: Session, coded: Coded
) -> None:
    later = make_round(session, coded.team, {"Smell": TWO}, name="Round 2")
    page = page_of(client, later.page("Smell"))
    assert page.row("Round 1 independent")[3] == "0.73"
