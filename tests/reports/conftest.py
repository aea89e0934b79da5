"""A study with two coders, a third, and an observer."""

import pytest
from sqlmodel import Session

from app.studies.rules import Role
from tests.factories import Team, make_study


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session, others={"Odo": Role.OBSERVER, "Dan": Role.CODER})
