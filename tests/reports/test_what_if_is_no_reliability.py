"""What-if is marked as such, kept nowhere, and shown to those who may see the report."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlmodel import Session, SQLModel

from app.coding.models import Round, Snapshot
from app.coding.rounds import end_round
from app.coding.rules import Phase
from app.db import Database
from app.studies.rules import Stance
from tests.factories import Team, browser_of, make_account, make_study, sign_in
from tests.reports.reading import Page, page_of
from tests.reports.rounds import TWO, make_round, make_round_without_coefficients
from tests.reports.supposed import three, what_if


def rows_of(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            table.name: session.exec(select(func.count()).select_from(table)).scalar_one()  # type: ignore[call-overload]
            for table in SQLModel.metadata.sorted_tables
        }


def test_the_page_says_that_it_is_no_reliability_and_that_nothing_is_stored(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    for url in (what_if(coded), what_if(coded, merge=("stale", "broken"))):
        answer = sign_in(client).get(url)
        assert "<title>What-if, Round 1" in answer.text
        text = Page(answer.text).text
        assert "What-if: not reliability. Nothing is stored; the report keeps what was" in text


def test_nothing_is_written_however_much_is_asked(
    app: FastAPI, session: Session, team: Team, database: Database
) -> None:
    coded = three(session, team)
    browser = browser_of(app, "Ada")
    before, report = rows_of(database), browser.get(f"{coded.url}/report.json").content
    with database.reading() as reading:
        figures = [one.figures for one in reading.exec(select(Snapshot)).scalars()]  # type: ignore[call-overload]
    for query in ({"merge": ("stale", "broken")}, {"without": 1}, {"against": "stale"}):
        assert browser.get(what_if(coded, **query)).status_code == 200
    assert browser.get(what_if(coded, merge="gone")).status_code == 422
    assert rows_of(database) == before
    with database.reading() as reading:
        after = [one.figures for one in reading.exec(select(Snapshot)).scalars()]  # type: ignore[call-overload]
    assert after == figures
    made_again = browser.get(f"{coded.url}/report.json").content
    assert b"what" not in made_again.lower()
    assert len(made_again) == len(report)


@pytest.mark.parametrize("name", ["Ada", "Ben", "Odo"])
def test_every_member_sees_the_page_of_a_closed_round_with_coders_as_letters(
    client: TestClient, session: Session, team: Team, name: str
) -> None:
    coded = three(session, team)
    answer = sign_in(client, name).get(what_if(coded, merge=("stale", "broken")))
    said = Page(answer.text.split("<main", 1)[1].split("</main>", 1)[0]).text
    assert "Coder A and Coder B" in said
    assert not re.search("Ben|Cleo|Dan", said)


def test_an_outsider_finds_nothing(app: FastAPI, session: Session, team: Team) -> None:
    make_account(session, "Eve")
    coded = make_round(session, team, {"Smell": TWO})
    assert browser_of(app, "Eve").get(what_if(coded)).status_code == 404


def test_there_is_no_what_if_while_the_round_is_open(
    app: FastAPI, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO}, is_closed=False)
    for name in ("Ada", "Ben", "Odo"):
        answer = browser_of(app, name).get(what_if(coded, merge=("stale", "broken")))
        assert answer.status_code == 200
        assert "Figures appear when Round 1 closes." in Page(answer.text).text
        assert "what if" not in Page(answer.text).text.casefold()


def test_a_facet_or_round_of_another_study_is_not_found(
    client: TestClient, session: Session, team: Team
) -> None:
    foreign = make_round(session, make_study(session, "Other"), {"Smell": TWO})
    coded = make_round(session, team, {"Smell": TWO})
    sign_in(client, "Odo")
    facet = f"{coded.url}/agreement/what-if?facet={foreign.facets['Smell']}"
    round_ = f"{team.url}/rounds/{foreign.round_id}/agreement/what-if"
    assert [client.get(url).status_code for url in (facet, round_)] == [404, 404]


@pytest.mark.parametrize("stance", [Stance.CONSENSUS_ONLY, Stance.JOINT_SORT])
def test_a_study_without_coefficients_has_no_such_page(
    client: TestClient, session: Session, stance: Stance
) -> None:
    team = make_study(session, stance=stance)
    coded = make_round_without_coefficients(session, team)
    sign_in(client)
    assert client.get(what_if(coded)).status_code == 404
    # What was closed without a coefficient gets none from a stance that was changed afterwards.
    team.study.stance = Stance.RELIABILITY
    session.add(team.study)
    session.commit()
    assert client.get(what_if(coded)).status_code == 404


def test_a_void_round_says_so(client: TestClient, session: Session, team: Team) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    round_ = session.get_one(Round, coded.round_id)
    end_round(session, round_, Phase.VOID, reason="The codebook was wrong.", by=None)
    session.commit()
    assert "What-if: Round 1 void" in page_of(client, what_if(coded)).text
