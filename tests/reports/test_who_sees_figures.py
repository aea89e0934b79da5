"""Nobody sees a figure while a round is open; then every member does, and nobody else."""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from tests.factories import Team, browser_of, make_study, sign_in
from tests.reports.reading import Page, page_of
from tests.reports.rounds import SMELLS, TWO, Coded, Sorted, make_round


def open_round_of(session: Session, team: Team, answers: tuple[str, ...]) -> Coded:
    ben = Sorted(SMELLS, {"Ben": answers, "Cleo": ("",) * 5})
    return make_round(session, team, {"Smell": ben}, name="Round 2", is_closed=False)


def test_nobody_sees_a_figure_while_a_round_is_open(
    app: FastAPI, session: Session, team: Team
) -> None:
    coded = open_round_of(session, team, ("stale", "unclear", "", "", ""))
    texts = set()
    for name in ("Ada", "Ben", "Cleo", "Odo"):
        browser = browser_of(app, name)
        for url in (f"{coded.url}/agreement", f"{team.url}/agreement"):
            page = Page(browser.get(url).text)
            assert "Figures appear when Round 2 closes. Nobody sees a figure before." in page.text
            assert "Coder A" not in page.text
        texts.add(page.text.split("No figures yet")[1])
        files = [f"report.{ending}" for ending in ("html", "json", "csv", "md", "check")]
        drawn = [f"agreement/figures/coefficients.{kind}" for kind in ("svg", "pdf", "png")]
        for path in (*files, *drawn, "agreement/bootstrap"):
            answer = browser.get(f"{coded.url}/{path}")
            assert answer.status_code == 409
            assert "There is no report of Round 2 yet." in answer.text
    assert len(texts) == 1


def test_observers_read_the_figures_once_the_round_is_closed(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    assert "Cohen's kappa" in page_of(client, coded.page("Smell"), "Odo").text


def test_a_round_or_facet_of_another_study_is_not_found_here(
    client: TestClient, session: Session, team: Team
) -> None:
    foreign = make_round(session, make_study(session, "Other"), {"Smell": TWO})
    coded = make_round(session, team, {"Smell": TWO})
    sign_in(client, "Odo")
    for path in ("agreement", "report.json", "agreement/figures/categories.svg"):
        assert client.get(f"{team.url}/rounds/{foreign.round_id}/{path}").status_code == 404
        assert client.get(f"{foreign.url}/{path}").status_code == 404
    asked = f"{coded.url}/agreement?facet={foreign.facets['Smell']}"
    assert client.get(asked).status_code == 404
    for path in ("figures/categories.svg", "bootstrap"):
        asked = f"{coded.url}/agreement/{path}?facet={foreign.facets['Smell']}"
        assert client.get(asked).status_code == 404
