"""Ada, who leads a study and is about to import cards."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from tests.corpus.uploads import Upload
from tests.factories import Team, make_study, sign_in


@pytest.fixture
def team(session: Session) -> Team:
    """Ada's study without a card."""
    return make_study(session)


@pytest.fixture
def upload(client: TestClient, team: Team) -> Upload:
    """Ada at the page where files are uploaded."""
    return Upload(sign_in(client), team.url)
