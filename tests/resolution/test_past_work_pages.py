"""Past work through the browser: looked at, imported once, refused with its problems."""

from collections.abc import Sequence

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.coding.models import Round
from app.coding.rounds import rounds_of
from app.studies.rules import Role
from tests.coding.factories import (
    PublishedBook,
    csv_file,
    make_book,
    make_numbered_cards,
)
from tests.factories import Team, fresh_id, make_study, sign_in

KEYS = tuple(f"L-{number}" for number in range(1, 7))


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session, others={"Odo": Role.OBSERVER})


@pytest.fixture
def cards(session: Session, team: Team) -> dict[str, int]:
    return make_numbered_cards(session, team, KEYS)


@pytest.fixture
def book(session: Session, team: Team, cards: dict[str, int]) -> PublishedBook:
    return make_book(session, team)


@pytest.fixture
def ada(client: TestClient, team: Team) -> TestClient:
    return sign_in(client, "Ada")


def close_form(**changes: object) -> dict[str, object]:
    return {"operation_id": fresh_id(), **changes}


def read_rounds(session: Session, team: Team) -> Sequence[Round]:
    """The rounds, newest first; lets go of the write lock, for which the next request waits."""
    session.expire_all()
    found = rounds_of(session, team.study_id)
    session.commit()
    return found


def test_a_file_is_looked_at_before_it_is_imported(
    ada: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [{"card_id": "L-1", "coder": name, "category": "Stale"} for name in ("R1", "R2")]
    url, file = f"{team.url}/rounds/past-work", {"file": ("past.csv", csv_file(rows))}
    look = ada.post(url, data=close_form(act="look", round_name="Before"), files=file)
    assert look.status_code == 200
    assert "is in order" in look.text
    assert read_rounds(session, team) == []
    done = ada.post(url, data=close_form(act="import", round_name="Before"), files=file)
    assert done.status_code == 303
    assert "Before" in ada.get(done.headers["location"]).text
    again = ada.post(url, data=close_form(act="import", round_name="Before"), files=file)
    assert again.status_code == 409
    assert "The round “Before” holds exactly these placements already." in again.text


def test_a_file_with_problems_lists_them_and_imports_nothing(
    ada: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    rows = [{"card_id": "L-9", "coder": "R1", "category": "Stale"}]
    file = {"file": ("past.csv", csv_file(rows))}
    answer = ada.post(f"{team.url}/rounds/past-work", data=close_form(act="import"), files=file)
    assert answer.status_code == 422
    assert "Row 2: this study has no card “L-9”." in answer.text
    assert read_rounds(session, team) == []
