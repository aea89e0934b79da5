"""By which codebook past work is read."""

import pytest
from sqlmodel import Session

from app.codebook.files import read_codebook
from app.codebook.importing import import_codebook
from app.codebook.service import latest_version
from app.coding.rounds import rounds_of
from app.errors import Conflict, Invalid
from app.resolution.past_work import import_placements
from app.tables.readers import read_table
from app.tables.table import Table
from tests.coding.factories import csv_file, make_numbered_cards
from tests.factories import Team, make_study

CATEGORIES = [
    {"facet": "SATD", "name": name, "definition": "x"} for name in ("Design debt", "Not SATD")
]
ROWS = [
    {"card_id": "C-1", "coder": "R1", "category": "Design debt"},
    {"card_id": "C-1", "coder": "R2", "category": "Not SATD"},
]


@pytest.fixture
def team(session: Session) -> Team:
    team = make_study(session)
    make_numbered_cards(session, team, ("C-1",))
    return team


@pytest.fixture
def table() -> Table:
    return read_table(csv_file(ROWS), file_name="past.csv")


def test_a_codebook_that_is_still_a_draft_is_published_with_the_past_work(
    session: Session, team: Team, table: Table
) -> None:
    file = read_codebook(csv_file(CATEGORIES), file_name="codebook.csv")
    import_codebook(session, team.study_id, file, by=None)
    result = import_placements(session, team.study_id, table, None, by=None)
    assert result.warnings == (
        "No version of the codebook was published: its draft becomes version 1.",
    )
    version = latest_version(session, team.study_id)
    assert version is not None
    assert rounds_of(session, team.study_id)[0].codebook_version_id == version.id


def test_a_category_that_was_not_published_yet_is_told_apart_from_one_that_is_missing(
    session: Session, team: Team, table: Table
) -> None:
    file = read_codebook(csv_file(CATEGORIES), file_name="codebook.csv")
    import_codebook(session, team.study_id, file, by=None)
    import_placements(session, team.study_id, table, None, by=None)
    rows = [{**row, "category": "Test debt"} for row in ROWS]
    later = read_table(csv_file(rows), file_name="later.csv")
    with pytest.raises(Invalid) as refusal:
        import_placements(session, team.study_id, later, None, by=None)
    assert "draft" not in refusal.value.message
    new = [{"facet": "SATD", "name": "Test debt"}]
    added = read_codebook(csv_file(new), file_name="codebook.csv")
    import_codebook(session, team.study_id, added, by=None)
    with pytest.raises(Invalid, match="version 1 of the codebook; the changes of the draft"):
        import_placements(session, team.study_id, later, None, by=None)


def test_a_study_without_a_codebook_says_how_to_get_one(
    session: Session, team: Team, table: Table
) -> None:
    with pytest.raises(Conflict, match="concord import codebook"):
        import_placements(session, team.study_id, table, None, by=None)
