"""While intervals are being drawn, one calm line of the page says how far they are."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.coding.bootstrapping import BOOTSTRAP
from app.coding.models import Bootstrap
from app.jobs.models import Job, JobState
from app.jobs.service import enqueue
from app.studies.rules import Stance
from tests.factories import Team, make_account, make_study, sign_in
from tests.reports.reading import Page, page_of
from tests.reports.rounds import BEN, CLEO, SMELLS, TWO, Coded, Sorted, make_round

THREE = Sorted(SMELLS, {"Ben": BEN, "Cleo": CLEO, "Dan": BEN[::-1]})


def wait_for(session: Session, coded: Coded) -> Job:
    """Take the intervals of a round back, as if its job were still to draw them."""
    for row in session.exec(select(Bootstrap)):
        session.delete(row)
    job = enqueue(
        session,
        study_id=coded.team.study_id,
        account_id=make_account(session, "Ida").id or 0,
        kind=BOOTSTRAP,
        params={"study_id": coded.team.study_id, "round_id": coded.round_id},
    )
    job.state, job.progress = JobState.RUNNING, 0.4
    session.add(job)
    session.commit()
    return job


@pytest.fixture
def coded(session: Session, team: Team) -> Coded:
    return make_round(session, team, {"Smell": THREE})


@pytest.fixture
def job(session: Session, coded: Coded) -> Job:
    return wait_for(session, coded)


def line(coded: Coded) -> str:
    return f"{coded.url}/agreement/bootstrap?facet={coded.facets['Smell']}"


def test_the_page_says_how_far_they_are_and_asks_for_that_line_only(
    client: TestClient, coded: Coded, job: Job
) -> None:
    page = page_of(client, coded.page("Smell"))
    assert "Bootstrap intervals are being computed (40 %)." in page.text
    assert coded.page("Smell") in page.links  # without JavaScript, the page again
    html = client.get(coded.page("Smell")).text
    assert f'hx-get="{line(coded)}"' in html
    fragment = client.get(line(coded)).text
    assert "being computed (40 %)" in fragment
    assert 'hx-trigger="load delay:2s"' in fragment
    assert "<html" not in fragment


def test_until_then_the_interval_is_that_of_the_formula_or_none(
    client: TestClient, coded: Coded, job: Job
) -> None:
    page = page_of(client, coded.page("Smell"))
    assert "(large-sample)" in page.text
    assert "not computed" in page.row("Light's kappa")[2]


def test_when_they_are_ready_the_line_says_so_and_asks_no_more(
    client: TestClient, session: Session, coded: Coded
) -> None:
    sign_in(client)
    fragment = client.get(line(coded)).text
    assert "The bootstrap intervals are ready." in fragment
    assert "hx-get" not in fragment
    assert "bootstrap intervals are ready" not in client.get(coded.page("Smell")).text


def test_why_they_failed_is_said(
    client: TestClient, session: Session, coded: Coded, job: Job
) -> None:
    job.state, job.error = JobState.FAILED, "The server was stopped three times."
    session.add(job)
    session.commit()
    page = page_of(client, coded.page("Smell"))
    told = "Bootstrap intervals could not be computed: The server was stopped three times."
    assert told in page.text
    assert "hx-trigger" not in client.get(line(coded)).text


def test_a_study_without_coefficients_waits_for_none(client: TestClient, session: Session) -> None:
    coded = make_round(session, make_study(session, stance=Stance.CONSENSUS_ONLY), {"Smell": TWO})
    wait_for(session, coded)
    text = Page(sign_in(client).get(coded.page("Smell")).text).text
    assert "ootstrap" not in text
