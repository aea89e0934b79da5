"""The commands that keep a server: accounts, studies, backup, restore; and their exit status."""

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fastapi import FastAPI
from sqlmodel import Session

from app import backup
from app.accounts.invitations import find_invitation
from app.accounts.service import find_account
from app.cli import main
from app.db import Database, open_database, sqlite_path
from app.errors import Gone
from app.settings import Settings
from app.studies.people import invite_member
from app.studies.rules import Role
from tests.databases import SqliteTemplate
from tests.factories import PASSWORD, browser_of, make_account, make_study


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> "Run":
    monkeypatch.setenv("CONCORD_DATA_DIR", str(settings.data_dir))
    if settings.postgresql_url:
        monkeypatch.setenv("CONCORD_DATABASE_URL", settings.postgresql_url)
    return Run()


class Run:
    """Runs `concord` with the settings of the test."""

    def __call__(self, *arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, arguments, input=typed)


def test_an_account_is_made_with_the_password_from_standard_input(
    run: Run, app: FastAPI, session: Session
) -> None:
    result = run(
        "account", "create", "ada@example.org", "--name", "Ada", "--admin", typed=f"{PASSWORD}\n"
    )
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    account = find_account(session, "ada@example.org")
    session.commit()
    assert account is not None
    assert account.is_admin
    assert browser_of(app, "Ada").get("/").status_code == 200


@pytest.mark.parametrize(
    ("email", "name", "typed", "reason"),
    [
        ("ada@example.org", "Ada", "short", "at least 10 characters"),
        ("ada@example.org", "Ada", "", "at least 10 characters"),
        ("no address", "Ada", PASSWORD, "looks like name@example.org"),
        ("a@" + "b" * 400, "Ada", PASSWORD, "looks like name@example.org"),
        ("ada@example.org", "\u200b", PASSWORD, "A name is needed"),
        ("ada@example.org", "x" * 300, PASSWORD, "A name is needed"),
        ("ben@example.org", "Ada", PASSWORD, "cannot be made here"),
    ],
)
def test_an_account_that_cannot_be_is_told_in_one_sentence(
    run: Run, session: Session, email: str, name: str, typed: str, reason: str
) -> None:
    make_account(session, "Ben")
    result = run("account", "create", email, "--name", name, typed=f"{typed}\n")
    assert result.exit_code == 1
    assert reason in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("account", "create"),
        ("account", "create", "a@example.org"),
        ("study", "create", "x"),
        ("study", "create", "x", "--lead", "a@example.org", "--stance", "other"),
        ("serve", "--port", "0"),
        ("serve", "--workers", "none"),
        ("backup",),
        ("no-such-command",),
    ],
)
def test_a_command_written_wrongly_ends_with_status_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_the_keeper_resets_a_password_and_closes_an_account(
    run: Run, app: FastAPI, session: Session
) -> None:
    make_account(session)
    ada = browser_of(app, "Ada")
    new = "ten further owls"
    assert run("account", "password", "ada@example.org", typed=f"{new}\n").exit_code == 0
    assert ada.get("/account").status_code == 303
    form = {"email": "ada@example.org", "password": new}
    assert ada.post("/sign-in", data=form).status_code == 303
    assert run("account", "close", "ada@example.org").exit_code == 0
    assert ada.get("/account").status_code == 303
    assert ada.post("/sign-in", data=form).status_code == 401
    assert run("account", "reopen", "ada@example.org").exit_code == 0
    assert ada.post("/sign-in", data=form).status_code == 303
    unknown = run("account", "close", "nobody@example.org")
    assert (unknown.exit_code, "There is no account" in unknown.stderr) == (1, True)


def test_a_study_is_started_and_listed(run: Run, session: Session) -> None:
    make_account(session)
    made = run("study", "create", "Café", "--lead", "ada@example.org", "--stance", "joint-sort")
    assert made.exit_code == 0, made.output
    (row,) = json.loads(run("study", "list", "--json").stdout)
    assert str(row["id"]) == made.stdout.strip()
    assert (row["name"], row["stance"], row["members"]) == ("Café", "joint_sort", 1)
    assert "Café  (joint_sort, 1 member)" in run("study", "list").stdout
    again = run("study", "create", "CAFÉ ", "--lead", "ada@example.org")
    assert (again.exit_code, "already have a study called Café" in again.stderr) == (1, True)
    nobody = run("study", "create", "Other", "--lead", "nobody@example.org")
    assert (nobody.exit_code, "There is no account" in nobody.stderr) == (1, True)


def test_a_backup_taken_back_holds_what_was_there_and_lets_nobody_in(
    tmp_path: Path, sqlite_template: SqliteTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = _sqlite(tmp_path, sqlite_template, monkeypatch)
    database = open_database(settings)
    with database.writing() as session:
        session.expire_on_commit = False
        team = make_study(session, "Kept")
        token = invite_member(
            session, team.study, role=Role.CODER, note="", by=make_account(session).id or 0, days=9
        )
        session.commit()
    run = Run()
    file = tmp_path / "backup.db"
    assert run("backup", str(file)).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0
    second = run("backup", str(file))
    assert (second.exit_code, "exists already" in second.stderr) == (1, True)
    assert run("study", "create", "Lost", "--lead", "ada@example.org").exit_code == 0
    result = run("restore", str(file))
    assert result.exit_code == 0, result.output
    # The connections of a server that runs on see the restored database.
    with database.reading() as look, pytest.raises(Gone):
        find_invitation(look, token)
    names = [row["name"] for row in json.loads(run("study", "list", "--json").stdout)]
    assert names == ["Kept"]
    kept = list(settings.data_dir.glob("*before-restore*"))
    assert len(kept) == 1
    assert _studies(kept[0]) == ["Kept", "Lost"]
    assert not (settings.data_dir / "restoring.sqlite3").exists()
    database.close()


@pytest.mark.parametrize("kind", ["missing", "text", "other program", "cut", "newer", "empty"])
def test_what_is_no_backup_is_refused_before_anything_is_touched(
    kind: str,
    tmp_path: Path,
    sqlite_template: SqliteTemplate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = _sqlite(tmp_path, sqlite_template, monkeypatch)
    file = tmp_path / "candidate.db"
    _spoil(kind, file, sqlite_template.path)
    before = sqlite_path(settings).read_bytes()
    result = Run()("restore", str(file))
    assert result.exit_code == 1
    assert "Nothing was changed." in result.stderr
    assert sqlite_path(settings).read_bytes() == before
    assert not list(settings.data_dir.glob("*before-restore*"))


def _spoil(kind: str, file: Path, good: Path) -> None:
    if kind == "missing":
        return
    if kind in {"text", "empty"}:
        file.write_text("id,text\n" if kind == "text" else "", encoding="utf-8")
        return
    if kind == "other program":
        with sqlite3.connect(file) as database:
            database.execute("CREATE TABLE recipes (name)")
        database.close()
        return
    content = good.read_bytes()
    file.write_bytes(content[: len(content) // 2] if kind == "cut" else content)
    if kind == "newer":
        with sqlite3.connect(file) as database:
            database.execute("UPDATE alembic_version SET version_num = 'of_the_future'")
        database.close()


def test_a_postgresql_without_pg_dump_is_told_so(
    run: Run, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if settings.postgresql_url is None:
        pytest.skip("this is about PostgreSQL")
    monkeypatch.setattr(backup.shutil, "which", lambda _name: None)
    result = run("backup", str(tmp_path / "b.dump"))
    assert (result.exit_code, "pg_dump" in result.stderr) == (1, True)
    assert not (tmp_path / "b.dump").exists()
    result = run("restore", str(tmp_path / "b.dump"))
    assert (result.exit_code, "pg_restore" in result.stderr) == (1, True)


def test_an_empty_sqlite_is_migrated_by_whichever_command_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(tmp_path / "new"))
    result = Run()("study", "list")
    assert (result.exit_code, result.output) == (0, "")


def test_an_unmigrated_postgresql_names_the_command(
    run: Run, settings: Settings, database: Database
) -> None:
    if settings.postgresql_url is None:
        pytest.skip("this is about PostgreSQL")
    with database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE alembic_version RENAME TO away")
    try:
        result = run("study", "list")
    finally:
        with database.transaction() as session:
            session.connection().exec_driver_sql("ALTER TABLE away RENAME TO alembic_version")
    assert (result.exit_code, "concord migrate" in result.stderr) == (1, True)


@pytest.mark.parametrize("command", ["study list", "serve", "migrate", "account close a@b.example"])
def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    command: str,
    tmp_path: Path,
    sqlite_template: SqliteTemplate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = _sqlite(tmp_path, sqlite_template, monkeypatch)
    with sqlite3.connect(sqlite_path(settings)) as database:
        database.execute("UPDATE alembic_version SET version_num = 'of_the_future'")
    database.close()
    result = Run()(*command.split())
    assert result.exit_code == 1
    assert "newer version of Concord (schema of_the_future)" in result.stderr


@pytest.mark.parametrize("command", ["study list", "serve", "migrate", "account close a@b.example"])
def test_a_data_folder_that_cannot_be_made_is_told_in_one_sentence(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORD_DATA_DIR", "/proc/nope")
    result = Run()(*command.split())
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "/proc/nope could not be used: No such file or directory.\n"


@pytest.mark.parametrize("command", ["study list", "serve", "migrate", "account close a@b.example"])
def test_a_file_that_is_no_database_is_told_in_one_sentence(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(tmp_path))
    (tmp_path / "concord.sqlite3").write_bytes(b"no database " * 1000)
    result = Run()(*command.split())
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "The database could not be used: file is not a database\n"


def _sqlite(tmp_path: Path, template: SqliteTemplate, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(tmp_path / "data"))
    template.copy_into(tmp_path / "data")
    return Settings()


def _studies(file: Path) -> list[str]:
    database = sqlite3.connect(file)
    found = [name for (name,) in database.execute("SELECT name FROM study ORDER BY id")]
    database.close()
    return found
