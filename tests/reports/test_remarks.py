"""What to mind when quoting the figures: a codebook that went on, an interval too wide."""

from collections.abc import Mapping

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.codebook.content import CategoryContent, Codebook, FacetContent, FacetScale
from app.codebook.files import read_codebook
from app.codebook.importing import import_codebook
from app.codebook.service import publish
from app.db import now
from app.reports.newer import is_changed
from app.studies.rules import Stance
from tests.factories import Team, make_study, sign_in
from tests.reports.reading import page_of
from tests.reports.rounds import BEN, CLEO, SMELLS, TWO, Coded, Sorted, make_round

OTHER = Sorted(("x", "y"), {"Ben": ("x", "y") * 15, "Cleo": ("x", "y") * 15})
THREE = Sorted(SMELLS, {"Ben": BEN, "Cleo": CLEO, "Dan": BEN[::-1]})
CHANGED = "The codebook has changed since."


def publish_again(session: Session, team: Team, definitions: Mapping[str, str]) -> None:
    """Publish a version in which these categories of the facet Smell mean something else."""
    lines = [f"Smell,{name},{definition}" for name, definition in definitions.items()]
    text = "\n".join(["facet,name,definition", *lines])
    import_codebook(
        session, team.study_id, read_codebook(text.encode(), file_name="c.csv"), by=None
    )
    publish(session, team.study_id, "", by=None)
    session.commit()


@pytest.fixture
def coded(session: Session, team: Team) -> Coded:
    coded = make_round(session, team, {"Smell": TWO, "Other": OTHER})
    publish_again(session, team, {"stale": "Nobody has looked after it for a year"})
    return coded


def test_a_facet_that_a_newer_version_changed_says_so_and_leads_to_the_comparison(
    client: TestClient, coded: Coded
) -> None:
    page = page_of(client, coded.page("Smell"))
    assert CHANGED in page.text
    assert (
        f"These figures are of version 1; version 2 was published on {now():%Y-%m-%d}. "
        "They say nothing about labels given under it."
    ) in page.text
    comparison = f"{coded.team.url}/codebook/compare?older=1&newer=2"
    assert comparison in page.links
    assert "From version 1 to version 2" in page_of(client, comparison).text


def test_every_file_that_can_say_it_says_it(client: TestClient, coded: Coded) -> None:
    sign_in(client)
    for ending in ("html", "md"):
        text = client.get(f"{coded.url}/report.{ending}").text
        assert text.count("They say nothing about labels given under it.") == 1
    remarks = client.get(f"{coded.url}/report.json").json()["remarks"]
    assert remarks["Smell"][0].startswith(CHANGED)
    smell, other = client.get(f"{coded.url}/report.check").json()["facets"]
    assert smell["remarks"] == remarks["Smell"]
    assert not any(CHANGED in one for one in other["remarks"])


def test_a_facet_that_it_left_alone_is_not_out_of_date(client: TestClient, coded: Coded) -> None:
    text = page_of(client, coded.page("Other")).text
    assert CHANGED not in text
    assert "There is a newer codebook." in text
    assert "This facet reads the same in both." in text


def test_a_change_taken_back_still_counts_for_what_was_labelled_meanwhile(
    client: TestClient, session: Session, coded: Coded
) -> None:
    publish_again(session, coded.team, {"stale": "What counts as stale"})
    text = page_of(client, coded.page("Smell")).text
    assert "These figures are of version 1; version 2 was published" in text


def test_the_newest_version_leaves_nothing_to_say(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    text = page_of(client, coded.page("Smell")).text
    assert CHANGED not in text
    assert "There is a newer codebook." not in text


def test_a_study_without_coefficients_has_no_reliability_to_be_out_of_date(
    client: TestClient, session: Session
) -> None:
    team = make_study(session, stance=Stance.CONSENSUS_ONLY)
    coded = make_round(session, team, {"Smell": TWO})
    publish_again(session, team, {"stale": "Nobody has looked after it for a year"})
    assert CHANGED not in page_of(client, coded.page("Smell")).text


FACET = FacetContent(1, "Smell", categories=(CategoryContent(1, "a"), CategoryContent(2, "b")))
RECOLOURED = (CategoryContent(2, "b", tone=4, letter="z"), CategoryContent(1, "a", external_id="7"))
LONGER = (*FACET.categories, CategoryContent(3, "c"))


@pytest.mark.parametrize(
    ("categories", "scale", "changed"),
    [
        (FACET.categories, FacetScale.NOMINAL, False),
        (RECOLOURED, FacetScale.NOMINAL, False),
        (LONGER, FacetScale.NOMINAL, True),
        (FACET.categories[:1], FacetScale.NOMINAL, True),
        ((CategoryContent(1, "a", exclusion="not b"), FACET.categories[1]), "nominal", True),
        (FACET.categories, FacetScale.ORDINAL, True),
    ],
)
def test_colours_keys_and_the_order_of_names_change_no_meaning(
    categories: tuple[CategoryContent, ...], scale: FacetScale, changed: bool
) -> None:
    newer = FacetContent(1, "Smell", scale=scale, categories=categories)
    assert is_changed(FACET, Codebook((newer,))) is changed


def test_the_order_of_a_scale_is_its_meaning_and_a_facet_left_out_is_changed() -> None:
    low = FacetContent(1, "Smell", scale=FacetScale.ORDINAL, categories=FACET.categories)
    high = FacetContent(1, "Smell", scale=FacetScale.ORDINAL, categories=FACET.categories[::-1])
    assert is_changed(low, Codebook((high,)))
    assert is_changed(FACET, Codebook())


def test_a_headline_with_a_wide_interval_says_so_whatever_the_coefficient(
    client: TestClient, session: Session, team: Team
) -> None:
    few = {coder: said[:14] for coder, said in THREE.answers.items()}
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, few)})
    page = page_of(client, coded.page("Smell"))
    assert "(bootstrap)" in page.text
    assert "The interval of Krippendorff's alpha, nominal, " in page.text
    assert "is wider than 0.4: too few cards to tell weak from strong agreement." in page.text


def test_the_kappa_of_the_only_two_coders_is_called_wide_once(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    text = page_of(client, coded.page("Smell")).text
    assert text.count("is wider than 0.4") == 1
    assert "The interval of Cohen's kappa, 0." in text


def test_a_narrow_interval_is_not_called_wide(
    client: TestClient, session: Session, team: Team
) -> None:
    answers = {"Ben": BEN * 10, "Cleo": CLEO * 10, "Dan": BEN * 10}
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, answers)})
    assert "wider than" not in page_of(client, coded.page("Smell")).text
