"""The page and its figures read what was stored at closing, and not a single judgement."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import Session, select

from app.coding.models import Snapshot
from app.db import Database
from tests.factories import Team, sign_in
from tests.reports.reading import Page, page_of
from tests.reports.rounds import BEN, CLEO, SMELLS, Coded, Sorted, make_round


@pytest.fixture
def coded(session: Session, team: Team) -> Coded:
    answers = {"Ben": (*BEN[:28], "?", "?"), "Cleo": (*CLEO[:29], "?"), "Dan": BEN}
    return make_round(session, team, {"Smell": Sorted(SMELLS, answers)})


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "path", ["agreement", "agreement/figures/categories.svg", "agreement/bootstrap"]
)
def test_no_judgement_is_read_for_a_page_or_a_figure(
    app: FastAPI, client: TestClient, coded: Coded, path: str
) -> None:
    sign_in(client)
    with statements(app.state.database) as asked:
        assert client.get(f"{coded.url}/{path}").status_code == 200
    assert asked
    assert [one for one in asked if "FROM placement" in one or "JOIN placement" in one] == []


def test_the_cards_that_could_agree_are_counted_at_closing(session: Session, coded: Coded) -> None:
    (snapshot,) = session.exec(select(Snapshot)).all()
    assert snapshot.figures["cocoded"] == {"n_cards": 30, "n_only_unsure": 2}


def test_rounds_closed_before_that_was_counted_tell_the_same(
    client: TestClient, session: Session, coded: Coded
) -> None:
    told = page_of(client, coded.page("Smell")).text
    (snapshot,) = session.exec(select(Snapshot)).all()
    snapshot.figures = {k: v for k, v in snapshot.figures.items() if k != "cocoded"}
    session.add(snapshot)
    session.commit()
    assert "differ in nothing else" in told
    assert Page(client.get(coded.page("Smell")).text).text == told
