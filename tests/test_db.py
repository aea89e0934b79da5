"""One writer at a time, durable commits, moments that keep their zone."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlmodel import Session, select

from app.accounts.models import Account
from app.accounts.service import create_account
from app.activity.models import Operation
from app.db import Database, insert_new, now, open_database
from app.errors import Unavailable
from app.schema import migrate
from app.settings import Settings


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    settings = Settings(data_dir=tmp_path / "own")
    migrate(settings)
    database = open_database(settings)
    yield database
    database.close()


def add_account(session: Session, name: str) -> Account:
    return create_account(
        session, email=f"{name}@example.org", name=name, password="nine careful owls"
    )


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000), ("journal_mode", "wal")],
)
def test_every_sqlite_connection_is_durable_and_checks_references(
    sqlite: Database, pragma: str, value: object
) -> None:
    with sqlite.reading() as one, sqlite.reading() as two, sqlite.writing() as three:
        for session in (one, two, three):
            assert session.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_a_new_database_in_a_folder_open_to_all_is_for_its_owner_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    settings = Settings(data_dir=tmp_path)
    migrate(settings)
    database = open_database(settings)
    with database.transaction() as session:
        add_account(session, "ada")
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("concord*")}
    database.close()
    names = ("concord.lock", "concord.sqlite3", "concord.sqlite3-shm", "concord.sqlite3-wal")
    assert modes == dict.fromkeys(names, 0o600)


def test_a_database_keeps_the_mode_its_keeper_gave_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    migrate(settings)
    (tmp_path / "concord.sqlite3").chmod(0o640)
    migrate(settings)
    assert (tmp_path / "concord.sqlite3").stat().st_mode & 0o777 == 0o640


def test_a_reader_does_not_wait_for_a_writer(sqlite: Database) -> None:
    with sqlite.writing() as writer:
        add_account(writer, "ada")
        started = time.monotonic()
        with sqlite.reading() as reader:
            assert reader.exec(select(Account)).all() == []
        assert time.monotonic() - started < 1


def test_writers_wait_for_each_other_and_all_succeed(sqlite: Database) -> None:
    def write(number: int) -> None:
        with sqlite.transaction() as session:
            add_account(session, f"coder{number}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite.reading() as session:
        assert len(session.exec(select(Account)).all()) == 12


def test_another_process_that_writes_too_long_is_told_of_in_words(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.db.SECONDS_TO_WAIT_FOR_THE_LOCK", 0.1)
    # A second open file is what another process would hold.
    other = os.open(tmp_path / "own" / "concord.lock", os.O_RDWR)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="Nothing was saved"), sqlite.writing() as session:
            add_account(session, "ada")
    finally:
        os.close(other)
    with sqlite.transaction() as session:
        add_account(session, "ben")


def test_the_lock_is_given_back_after_an_error(sqlite: Database) -> None:
    def break_off() -> None:
        with sqlite.transaction() as session:
            add_account(session, "ada")
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        break_off()
    with sqlite.transaction() as session:
        assert session.exec(select(Account)).all() == []


def test_a_moment_comes_back_aware_and_in_utc(database: Database) -> None:
    moment = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=9)))
    with database.transaction() as session:
        add_account(session, "ada").created_at = moment
    with database.reading() as session:
        found = session.exec(select(Account)).one().created_at
    assert found == moment
    assert found.tzinfo is UTC


def test_a_moment_without_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001  the case under test
    with database.writing() as session:
        add_account(session, "ada").created_at = naive
        with pytest.raises(StatementError, match="without time zone"):
            session.flush()


def test_a_row_is_inserted_once(database: Database) -> None:
    with database.transaction() as session:
        account = add_account(session, "ada")
        row = {
            "account_id": account.id,
            "operation_id": "one-and-only",
            "fingerprint": "f",
            "outcome": "",
            "at": now(),
        }
        assert insert_new(session, Operation, row)
        assert not insert_new(session, Operation, row)


def test_the_data_folder_is_for_its_owner_only(sqlite: Database, tmp_path: Path) -> None:
    assert (tmp_path / "own").stat().st_mode & 0o077 == 0
