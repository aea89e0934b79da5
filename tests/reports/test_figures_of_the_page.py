"""Figures: in the page for both themes, as files for print and slides, kept by what they show."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.coding.models import Bootstrap
from app.coding.rules import Kind
from app.studies.rules import Stance
from tests.factories import Team, make_study, sign_in
from tests.reports.reading import page_of
from tests.reports.rounds import (
    BEN,
    CLEO,
    SMELLS,
    TWO,
    Coded,
    Sorted,
    make_round,
    make_round_without_coefficients,
)

THREE = Sorted(SMELLS, {"Ben": BEN, "Cleo": CLEO, "Dan": BEN[::-1]})
SETS = Sorted(
    ("push", "pull"),
    {"Ben": ("push", "push|pull") * 6, "Cleo": ("push", "pull") * 6},
    choice="multiple",
)
STARTS = {"svg": b"<svg", "pdf": b"%PDF", "png": b"\x89PNG"}


@pytest.fixture
def coded(session: Session, team: Team) -> Coded:
    make_round(session, team, {"Smell": THREE}, name="Round 0")
    return make_round(session, team, {"Smell": THREE, "Pattern": SETS})


def url(coded: Coded, name: str, *, facet: str = "Smell", query: str = "") -> str:
    return f"{coded.url}/agreement/figures/{name}?facet={coded.facets[facet]}{query}"


@pytest.mark.parametrize("name", ["coefficients", "categories", "pairs", "confusion", "course"])
def test_every_figure_stands_in_the_page_in_both_themes_with_its_size_and_files(
    client: TestClient, coded: Coded, name: str
) -> None:
    sign_in(client)
    html = client.get(coded.page("Smell")).text
    images = re.findall(rf'<img class="plot-(\w+)" src="([^"]*/{name}\.svg[^"]*)" ([^>]*)>', html)
    assert [theme for theme, _, _ in images] == ["light", "dark"]
    for theme, source, attributes in images:
        assert f"theme={theme}" in source
        assert re.search(r'width="\d+" height="\d+" loading="lazy" alt="Smell', attributes)
        answer = client.get(source.replace("&amp;", "&"))
        assert (answer.status_code, answer.content[:4]) == (200, b"<svg")
        # The room that the page keeps is the room the figure takes, up to a line or two.
        told = [int(number) for number in re.findall(r'(?:width|height)="(\d+)"', attributes)]
        drawn = [float(n) for n in re.findall(r'(?:width|height)="([\d.]+)"', answer.text)[:2]]
        assert told[1] / told[0] == pytest.approx(drawn[1] / drawn[0], abs=0.09)
    links = re.findall(rf'<a href="([^"]*/{name}\.(\w+)[^"]*)" download="([^"]*)"', html)
    assert [kind for _, kind, _ in links] == ["svg", "pdf", "png"]
    for link, kind, file_name in links:
        assert file_name == f"Round 1, Smell, {name}.{kind}"
        assert client.get(link.replace("&amp;", "&")).content.startswith(STARTS[kind])


def test_light_and_dark_differ_and_print_is_always_light(client: TestClient, coded: Coded) -> None:
    sign_in(client)
    drawn = {
        theme: client.get(url(coded, "categories.svg", query=f"&theme={theme}")).content
        for theme in ("light", "dark", "print")
    }
    assert drawn["light"] == drawn["print"] != drawn["dark"]
    assert client.get(url(coded, "categories.svg", query="&theme=pink")).status_code == 422


def test_a_figure_is_sent_once_and_anew_when_it_shows_something_else(
    client: TestClient, session: Session, coded: Coded
) -> None:
    sign_in(client)
    first = client.get(url(coded, "coefficients.svg"))
    assert first.headers["cache-control"].startswith("private, max-age=")
    tag = {"if-none-match": first.headers["etag"]}
    again = client.get(url(coded, "coefficients.svg"), headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    for row in session.exec(select(Bootstrap)):
        session.delete(row)
    session.commit()
    assert client.get(url(coded, "coefficients.svg"), headers=tag).status_code == 200


def test_the_confusion_of_another_pair_is_another_figure(client: TestClient, coded: Coded) -> None:
    sign_in(client)
    figures = {
        client.get(url(coded, "confusion.svg", query=f"&pair={n}")).content for n in range(3)
    }
    assert len(figures) == 3
    assert client.get(url(coded, "confusion.svg", query="&pair=3")).status_code == 404


@pytest.mark.parametrize(
    ("facet", "name", "why"),
    [
        ("Pattern", "confusion.svg", "cards carry several categories"),
        ("Pattern", "pairs.svg", "needs three coders"),
        ("Pattern", "course.svg", "needs two closed rounds"),
        ("Smell", "pie.svg", "There is nothing at this address"),
        ("Smell", "course.gif", "There is nothing at this address"),
    ],
)
def test_where_there_is_nothing_to_draw_the_answer_says_why(
    client: TestClient, session: Session, facet: str, name: str, why: str
) -> None:
    team = make_study(session)
    coded = make_round(session, team, {"Smell": TWO, "Pattern": SETS})
    answer = sign_in(client).get(url(coded, name, facet=facet))
    assert answer.status_code == 404
    assert why in answer.text


@pytest.mark.parametrize("stance", [Stance.CONSENSUS_ONLY, Stance.JOINT_SORT])
def test_a_study_without_coefficients_has_no_figure_in_the_page_or_at_any_address(
    client: TestClient, session: Session, stance: Stance
) -> None:
    coded = make_round_without_coefficients(session, make_study(session, stance=stance))
    page = page_of(client, coded.page("Smell"))
    assert "img" not in page.tags
    for name in ("coefficients", "categories", "pairs", "confusion", "course"):
        for kind in STARTS:
            answer = client.get(url(coded, f"{name}.{kind}"))
            assert answer.status_code == 404
            assert "This study has no coefficient" in answer.text


def test_a_calibration_has_figures_without_a_threshold(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO}, kind=Kind.CALIBRATION)
    answer = sign_in(client).get(url(coded, "coefficients.svg"))
    assert answer.status_code == 200
    assert "threshold" not in answer.text
