import pytest
from sqlmodel import Session

from app.studies.rules import Role
from tests.alignment.maps import KEYS, Aligning, make_aligning
from tests.coding.factories import make_book, make_numbered_cards
from tests.factories import Team, make_study


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(
        session, others={"Odo": Role.OBSERVER, "Ida": Role.ARBITER, "Dora": Role.CODER}
    )


@pytest.fixture
def at(session: Session, team: Team) -> Aligning:
    cards = list(make_numbered_cards(session, team, KEYS).values())
    return make_aligning(session, team, make_book(session, team), cards, has_statements=True)
