"""Importing in the browser and by command: a preview first, then all of it or nothing."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.cli import main
from app.codebook import service
from app.codebook.content import Codebook
from app.settings import Settings
from tests.codebook.browsing import seen
from tests.factories import Team, fresh_id, make_codebook, make_study, sign_in


@pytest.fixture
def ada(client: TestClient, team: Team) -> TestClient:
    return sign_in(client, "Ada")


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


def draft(session: Session, team: Team) -> Codebook:
    session.rollback()
    session.expire_all()
    found = service.draft(session, team.study_id)
    session.rollback()
    return found


def upload(client: TestClient, team: Team, content: bytes, name: str = "codebook.csv") -> str:
    """Upload a file and give the address of its preview."""
    answer = client.post(
        f"{team.url}/codebook/import",
        data={"operation_id": fresh_id()},
        files={"file": (name, content)},
    )
    assert answer.status_code == 303, seen(answer)
    return str(answer.headers["location"])


def take_over(client: TestClient, preview: str, page: str) -> int:
    found = re.search(r'name="draft_hash" value="([0-9a-f]{64})"', page)
    assert found is not None
    form = {"operation_id": fresh_id(), "draft_hash": found.group(1)}
    return client.post(preview, data=form).status_code


def test_a_preview_says_what_would_happen_and_changes_nothing(
    ada: TestClient, team: Team, session: Session
) -> None:
    make_codebook(session, team.study_id, {"Smell": ("Trust", "Stale")})
    before = draft(session, team)
    content = b"facet,name,description,size\nSmell,Trust,new words,1\nSmell,Tidy,,2\n"
    preview = upload(ada, team, content)
    page = ada.get(preview)
    assert "1 new category, 1 changed, 0 the same." in seen(page)
    assert "changes In a few words" in seen(page)
    assert "Not read: the columns size." in seen(page)
    assert draft(session, team) == before
    assert take_over(ada, preview, page.text) == 303
    assert [one.name for one in draft(session, team).facets[0].categories] == [
        "Trust",
        "Stale",
        "Tidy",
    ]
    assert ada.get(preview).status_code == 404


def test_a_file_with_problems_is_previewed_and_not_taken_over(
    ada: TestClient, team: Team, session: Session
) -> None:
    preview = upload(ada, team, b"name,color\na,1\nb,red\n")
    page = ada.get(preview)
    assert "Row 3: “red” is no colour." in seen(page)
    assert take_over(ada, preview, page.text) == 422
    assert draft(session, team) == Codebook()


def test_a_draft_that_changed_since_the_preview_is_looked_at_again(
    ada: TestClient, team: Team, session: Session
) -> None:
    preview = upload(ada, team, b"name\na\nb\n")
    page = ada.get(preview)
    make_codebook(session, team.study_id, {"Category": ("a",)})
    assert take_over(ada, preview, page.text) == 409
    assert "1 new category" in seen(ada.get(preview))


def test_an_unreadable_upload_leaves_nothing_behind(ada: TestClient, team: Team) -> None:
    answer = ada.post(
        f"{team.url}/codebook/import",
        data={"operation_id": fresh_id()},
        files={"file": ("codebook.csv", b"")},
    )
    assert answer.status_code == 422
    assert "Nothing was imported." in seen(answer)


def test_a_preview_is_only_for_whoever_uploaded_it(
    client: TestClient, team: Team, session: Session
) -> None:
    preview = upload(sign_in(client, "Ada"), team, b"name\na\nb\n")
    assert sign_in(client, "Ben").get(preview).status_code == 403


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(settings.data_dir))
    if settings.postgresql_url is not None:
        monkeypatch.setenv("CONCORD_DATABASE_URL", settings.postgresql_url)
    return CliRunner()


def test_the_command_imports_publishes_and_says_so_in_json(
    run: CliRunner, team: Team, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "codebook.csv"
    file.write_text("facet,name\nSmell,Trust\nSmell,Stale\n", encoding="utf-8")
    command = ["import", "codebook", "Leaderboards", str(file), "--publish", "--note", "First"]
    result = run.invoke(main, [*command, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {
        "created": 2,
        "updated": 0,
        "skipped": 0,
        "warnings": [],
        "facets": {"created": 1, "updated": 0},
        "version": 1,
    }
    again = run.invoke(main, command)
    assert again.exit_code == 1
    assert "Nothing has changed since the last version." in again.output


def test_the_command_refuses_a_file_with_problems_row_by_row(
    run: CliRunner, team: Team, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "codebook.csv"
    file.write_text("name,color\nTrust,red\n", encoding="utf-8")
    result = run.invoke(main, ["import", "codebook", str(team.study_id), str(file)])
    assert result.exit_code == 1
    assert "Nothing was imported." in result.output
    assert "Row 2: “red” is no colour." in result.output
    assert draft(session, team) == Codebook()
