"""The file to check: whoever computes anew from its judgements gets the figures beside them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.agreement import Ratings, Scale, SetRatings, as_dict, calculate, describe
from app.cli import main
from app.reports.check_file import figures_of
from app.reports.stored import StoredFacet
from app.settings import Settings
from tests.factories import Team, sign_in
from tests.reports.rounds import BEN, CLEO, SMELLS, TWO, Coded, Sorted, make_round, renamed

LEVELS = ("low", "middle", "high")
FACETS = {
    "Two": TWO,
    "Gaps": Sorted(SMELLS, {"Ben": (*BEN[:20], *[""] * 10), "Cleo": CLEO, "Dan": BEN[::-1]}),
    "Yes": Sorted(
        ("yes", "no"), {"Ben": ("yes", "no", "yes") * 5, "Cleo": ("yes", "no", "no") * 5}
    ),
    "Same": Sorted(("yes", "no"), {"Ben": ("yes",) * 12, "Cleo": ("yes",) * 12}),
    "Level": Sorted(
        LEVELS,
        {"Ben": LEVELS * 6, "Cleo": ("low", "high", "high") * 6, "Dan": ("middle", "?", "low") * 6},
        scale="ordinal",
    ),
    "Sets": Sorted(
        ("push", "pull", "form"),
        {
            "Ben": ("push", "push|pull", "form", "none", "pull", "?") * 2,
            "Cleo": ("push", "push", "form", "none", "pull|form", "push") * 2,
        },
        choice="multiple",
    ),
}


@pytest.fixture
def coded(session: Session, team: Team) -> Coded:
    facets = {name: renamed(one, f" ({name})") for name, one in FACETS.items()}
    return make_round(session, team, facets)


@pytest.fixture
def facets(client: TestClient, coded: Coded) -> Mapping[str, Mapping[str, Any]]:
    answer = sign_in(client, "Odo").get(f"{coded.url}/report.check")
    assert answer.status_code == 200
    assert "agreement%2C%20to%20check.json" in answer.headers["content-disposition"]
    return {found["facet"]: found for found in answer.json()["facets"]}


def ratings_of(found: Mapping[str, Any]) -> Ratings | SetRatings:
    """The table of judgements, as somebody else would read it from the file."""
    names, coders, table = found["categories"], tuple(found["coders"]), found["judgements"]
    if found["choice"] == "single":
        codes = [[-1 if said is None else names.index(said) for said in row] for row in table]
        scale = Scale(found["scale"])
        return Ratings(np.array(codes), tuple(names), scale=scale, coders=coders)
    judged = [[said is not None for said in row] for row in table]
    members = [[[name in (said or ()) for name in names] for said in row] for row in table]
    return SetRatings(np.array(members), np.array(judged), tuple(names), coders=coders)


def flat(content: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield from flat(value, f"{path}/{key}")
    elif isinstance(content, list):
        for place, value in enumerate(content):
            yield from flat(value, f"{path}/{place}")
    else:
        yield path, content


@pytest.mark.parametrize("facet", FACETS)
def test_every_figure_comes_out_again_from_the_judgements_in_the_file(
    facets: Mapping[str, Mapping[str, Any]], facet: str
) -> None:
    found = facets[facet]
    told, again = dict(flat(found["figures"])), dict(flat(calculate(ratings_of(found)).figures))
    assert told.keys() == again.keys()
    for key, value in again.items():
        if isinstance(value, float):
            assert told[key] == pytest.approx(value, abs=1e-9), key
        else:
            assert told[key] == value, key


@pytest.mark.parametrize("facet", ["Two", "Level", "Sets"])
def test_the_bootstrap_comes_out_again_from_its_seed(
    facets: Mapping[str, Mapping[str, Any]], facet: str
) -> None:
    drawn = facets[facet]["bootstrap"]
    again = calculate(
        ratings_of(facets[facet]), n_resamples=drawn["n_resamples"], seed=drawn["seed"]
    ).drawn
    assert again is not None
    for measure, interval in again.figures.items():
        told = drawn["figures"][measure]
        assert (told["low"], told["high"]) == pytest.approx(
            (interval.low, interval.high), abs=1e-9
        ), measure


def test_not_judged_is_null_and_none_applies_an_empty_set(
    facets: Mapping[str, Mapping[str, Any]],
) -> None:
    sets = facets["Sets"]
    table = dict(zip(sets["cards"], sets["judgements"], strict=True))
    assert table["Round 1-3"] == [[], [], None]
    assert table["Round 1-1"] == [["push (Sets)", "pull (Sets)"], ["push (Sets)"], None]
    assert table["Round 1-5"] == [None, ["push (Sets)"], None]
    two = facets["Two"]
    assert two["categories"][-1] == "None of these applies"
    assert two["judgements"][29] == ["broken (Two)", "None of these applies", None]
    assert (two["scale"], facets["Level"]["scale"], sets["scale"]) == ("nominal", "ordinal", None)


def test_hash_and_versions_stand_beside_the_figures(
    client: TestClient, coded: Coded, facets: Mapping[str, Mapping[str, Any]]
) -> None:
    stored = client.get(f"{coded.url}/report.json").json()
    for name, found in facets.items():
        assert found["input_hash"] == stored["input_hash"][name]
        assert found["algorithm_version"] == stored["algorithm_version"]


def test_the_command_gives_the_same_file(
    client: TestClient, coded: Coded, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(settings.data_dir))
    if settings.postgresql_url is not None:
        monkeypatch.setenv("CONCORD_DATABASE_URL", settings.postgresql_url)
    study = str(coded.team.study_id)
    command = ["report", study, "--round", "Round 1", "--format", "check"]
    answer = CliRunner().invoke(main, command)
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout) == sign_in(client).get(f"{coded.url}/report.check").json()


def test_pairs_keep_their_figures_whatever_the_coders_are_called() -> None:
    coders = ("a", "b|c", "a|b", "c")
    ratings = Ratings([[0, 0, 1, 1], [1, 0, 1, 0], [1, 1, 0, 1]], ("x", "y"), coders=coders)
    agreement = as_dict(describe(ratings))
    stored = StoredFacet({"choice": "single", "scale": "nominal", "agreement": agreement})
    found = figures_of(stored, agreement)["cohen_kappa_pairs"]
    assert len(found) == 6
    assert found == calculate(ratings).figures["cohen_kappa_pairs"]
