"""A team with two facets in its draft; Ada leads and is signed in."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.studies.rules import Role
from tests.factories import (
    Team,
    make_codebook,
    make_study,
    sign_in,
)


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session, others={"Olga": Role.OBSERVER, "Ari": Role.ARBITER})


@pytest.fixture
def ids(session: Session, team: Team) -> dict[str, int]:
    return make_codebook(session, team.study_id, {"Smell": ("Trust", "Stale"), "Part": ("Score",)})


@pytest.fixture
def ada(client: TestClient, team: Team) -> TestClient:
    return sign_in(client, "Ada")
