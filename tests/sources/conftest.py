"""Ada, who leads a study and adds documents to it."""

import pytest
from sqlmodel import Session

from app.sources.models import Source
from app.sources.service import add_documents, find_source
from tests.factories import Team, make_study
from tests.sources.files import GUIDE, read


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def guide(session: Session, team: Team) -> Source:
    """A document in Ada's study."""
    (source_id,) = add_documents(
        session, team.study_id, [read("guide.md", GUIDE)], by=None
    ).source_ids
    source = find_source(session, team.study_id, source_id)
    session.commit()  # lets go of the write lock, for which the next request would wait
    return source
