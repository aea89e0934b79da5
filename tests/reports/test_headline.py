"""The headline was settled before anybody coded, and its verdict goes by the whole interval."""

from collections.abc import Mapping

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.coding.models import Round
from app.coding.rules import Headline
from tests.factories import Team
from tests.reports.reading import Page, page_of
from tests.reports.rounds import BEN, CLEO, SMELLS, TWO, Sorted, make_round

LEVELS = ("low", "middle", "high")
ORDERED = {
    "Ben": ("low", "middle", "high", "high", "low", "middle") * 5,
    "Cleo": ("low", "high", "high", "middle", "low", "low") * 5,
}
THREE = Sorted(SMELLS, {"Ben": BEN, "Cleo": CLEO, "Dan": BEN[::-1]})
SETS = Sorted(
    ("push", "pull"),
    {"Ben": ("push", "push|pull") * 6, "Cleo": ("push", "pull") * 6},
    choice="multiple",
)


@pytest.mark.parametrize(
    ("chosen", "facet", "name"),
    [
        (Headline.BY_DESIGN, TWO, "Cohen's kappa"),
        (Headline.BY_DESIGN, THREE, "Krippendorff's alpha, nominal"),
        (Headline.KAPPA, TWO, "Cohen's kappa"),
        (Headline.KAPPA, THREE, "Light's kappa"),
        (Headline.ALPHA, TWO, "Krippendorff's alpha, nominal"),
        (Headline.ALPHA, SETS, "Krippendorff's alpha, MASI distance"),
        (
            Headline.ALPHA,
            Sorted(LEVELS, ORDERED, scale="ordinal"),
            "Krippendorff's alpha, ordinal",
        ),
        (
            Headline.KAPPA,
            Sorted(LEVELS, ORDERED, scale="ordinal"),
            "Weighted kappa, quadratic weights",
        ),
        (Headline.FLEISS, TWO, "Fleiss' kappa"),
        (Headline.AC1, THREE, "Gwet's AC1"),
        (Headline.BRENNAN_PREDIGER, THREE, "Brennan-Prediger coefficient"),
    ],
)
def test_the_coefficient_chosen_beforehand_is_the_headline_in_the_form_that_fits(
    client: TestClient, session: Session, team: Team, chosen: Headline, facet: Sorted, name: str
) -> None:
    coded = make_round(session, team, {"Smell": facet}, headline=chosen)
    page = page_of(client, coded.page("Smell"))
    assert f"{name} , reliability" in page.text
    assert "was chosen beforehand" not in page.text
    assert not [row for row in page.rows if row and row[0].startswith(f"{name} ")]
    for ending in ("html", "md"):
        assert name in client.get(f"{coded.url}/report.{ending}").text.replace("&#39;", "'")


def test_a_facet_without_the_chosen_coefficient_says_so_and_gets_that_of_its_design(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Pattern": SETS, "Smell": TWO}, headline=Headline.AC1)
    page = page_of(client, coded.page("Pattern"))
    assert "Krippendorff's alpha, MASI distance , reliability" in page.text
    assert "Gwet's AC1 was chosen beforehand. This facet has none" in page.text
    assert "was chosen beforehand" not in page_of(client, coded.page("Smell")).text
    assert "Gwet's AC1 was chosen beforehand" in client.get(f"{coded.url}/report.md").text


def test_the_threshold_is_the_one_of_the_round_not_what_the_study_has_now(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    team.study.threshold = 0.2
    session.add(team.study)
    session.commit()
    text = page_of(client, coded.page("Smell")).text
    assert "threshold 0.67" in text
    assert "Undecided" in text
    found = client.get(f"{coded.url}/report.json").json()
    assert (found["threshold"], found["headline"]) == (0.67, "")


def test_a_round_from_before_thresholds_were_frozen_is_held_against_that_of_the_study(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    session.get_one(Round, coded.round_id).threshold = None
    team.study.threshold = 0.2
    session.add(team.study)
    session.commit()
    text = page_of(client, coded.page("Smell")).text
    assert "Met The whole interval lies at or above the threshold of 0.20" in text


def interval_of(page: Page) -> Mapping[str, str]:
    """How the interval of the headline is written, and how it was made."""
    words = page.text.split("95% interval ")[1]
    numbers, _, rest = words.partition(" (")
    return {"interval": numbers, "method": rest.partition(")")[0]}


def test_the_interval_says_how_it_was_made(
    client: TestClient, session: Session, team: Team
) -> None:
    two = make_round(session, team, {"Smell": TWO})
    three = make_round(session, team, {"Smell": THREE}, name="Round 2")
    assert interval_of(page_of(client, two.page("Smell")))["method"] == "large-sample"
    page = page_of(client, three.page("Smell"))
    assert interval_of(page)["method"] == "bootstrap"
    assert "Bootstrap intervals: 2 000 resamples of cards, seed 5." in page.text


def test_words_for_values_are_context_under_the_name_of_who_coined_them(
    client: TestClient, session: Session, team: Team
) -> None:
    two = make_round(session, team, {"Smell": TWO})
    three = make_round(session, team, {"Smell": THREE, "Sets": SETS}, name="Round 2")
    of_kappa = page_of(client, two.page("Smell"))
    assert "How such values are often called" in of_kappa.text
    assert "Landis & Koch: the bare value is called “substantial”" in of_kappa.text
    assert "with its standard error, “moderate” or better is 95 % probable" in of_kappa.text
    assert "Krippendorff:" not in of_kappa.text
    of_alpha = page_of(client, three.page("Smell"))
    assert "Krippendorff: the bare value is called" in of_alpha.text
    of_sets = page_of(client, three.page("Sets"))
    assert "No level has a probability: there is no standard error" in of_sets.text


def test_words_for_values_keep_out_of_the_verdict(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    text = page_of(client, coded.page("Smell")).text
    verdict = text.split("Undecided")[1].split("How such values")[0]
    assert "substantial" not in verdict
