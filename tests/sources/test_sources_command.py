"""`concord import sources`: files, folders and zips, from a terminal."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session

from app.cli import main
from app.db import Database
from app.settings import Settings
from app.sources.service import sources_of
from tests.factories import Team
from tests.sources.files import zipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "docs"
    (path / "deep").mkdir(parents=True)
    (path / "a.md").write_text("One", encoding="utf-8")
    (path / "deep" / "b.txt").write_bytes("zwölf".encode("cp1252"))
    (path / "c.png").write_bytes(b"\x89PNG")
    (path / ".git").mkdir()
    (path / ".git" / "d.md").write_text("No", encoding="utf-8")
    return path


def run(settings: Settings, *words: object) -> Result:
    environment = {"CONCORD_DATA_DIR": str(settings.data_dir)}
    if settings.postgresql_url:
        environment["CONCORD_DATABASE_URL"] = settings.postgresql_url
    return CliRunner().invoke(main, ["import", "sources", *map(str, words)], env=environment)


def test_a_folder_comes_in_with_all_below_it(
    settings: Settings, session: Session, team: Team, folder: Path
) -> None:
    done = run(settings, "Leaderboards", folder, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["created"], told["updated"], told["skipped"]) == (2, 0, 0)
    assert "Windows-1252" in told["warnings"][0]
    assert [one.source.name for one in sources_of(session, team.study_id)] == ["a.md", "b.txt"]


def test_what_is_here_already_is_skipped(settings: Settings, team: Team, folder: Path) -> None:
    run(settings, team.study_id, folder)
    told = json.loads(run(settings, team.study_id, folder, "--json").stdout)
    assert (told["created"], told["skipped"]) == (0, 2)


def test_a_bad_file_refuses_all_unless_it_may_be_left_out(
    settings: Settings, database: Database, team: Team, tmp_path: Path
) -> None:
    file = tmp_path / "docs.zip"
    file.write_bytes(zipped({"a.md": b"One", "b.pdf": b"%PDF-1.4"}))
    refused = run(settings, team.study_id, file)
    assert refused.exit_code == 1
    assert "b.pdf: It is damaged or cut off" in refused.stderr
    with database.reading() as look:
        assert sources_of(look, team.study_id) == []
    taken = run(settings, team.study_id, file, "--leave-out")
    assert "Sources: 1 created, 1 skipped." in taken.stdout
