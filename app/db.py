"""The database: SQLite with one writer at a time, or PostgreSQL.

Two kinds of session. A *writing* one takes the write lock when its transaction begins and gives
it back when its connection returns to the pool; a *reading* one never waits for writers.
"""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Executable,
    create_engine,
    event,
    literal,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from app.errors import Unavailable
from app.settings import Settings

SECONDS_TO_WAIT_FOR_THE_LOCK = 5.0

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC on both engines; SQLite itself would forget the time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WriteLock:
    """One writer at a time: a mutex for threads of this process, an flock for other processes."""

    def __init__(self, path: Path) -> None:
        self._mutex = threading.Lock()
        self._path = path
        self._file: int | None = None

    def acquire(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_WAIT_FOR_THE_LOCK
        if not self._mutex.acquire(timeout=SECONDS_TO_WAIT_FOR_THE_LOCK):
            raise _busy()
        try:
            self._lock_file(deadline)
        except BaseException:
            self._mutex.release()
            raise

    def release(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._mutex.release()

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _lock_file(self, deadline: float) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise _busy() from None
                time.sleep(0.002)
            else:
                return


def _busy() -> Unavailable:
    return Unavailable(
        "Another task is writing to the database. Nothing was saved; try again in a moment.",
        retry_after=5,
    )


class Database:
    """The engine of one running Concord and the sessions made from it."""

    def __init__(self, engine: Engine, lock: WriteLock | None) -> None:
        self.engine = engine
        self._lock = lock
        self._writing_engine = engine.execution_options(writes=True)

    def reading(self) -> Session:
        """Return a session that never waits for writers."""
        return Session(self.engine)

    def writing(self) -> Session:
        """Return a session that holds the write lock from its first statement to its end."""
        return Session(self._writing_engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a writing session; commit at the end, roll back on an error."""
        with self.writing() as session:
            yield session
            session.commit()

    def close(self) -> None:
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()


def open_database(settings: Settings) -> Database:
    """Open the database the settings name; SQLite's file and its folder are made when missing."""
    url = settings.postgresql_url
    if url is not None:
        return Database(_postgresql_engine(url), None)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = WriteLock(settings.data_dir / "concord.lock")
    path = sqlite_path(settings)
    # Its owner's only, as are the log and the index, to which SQLite gives the mode of the file.
    # A file that is there is not opened: closing it would drop SQLite's own locks.
    with suppress(FileExistsError):
        path.touch(mode=0o600, exist_ok=False)
    return Database(_sqlite_engine(path, lock), lock)


def sqlite_path(settings: Settings) -> Path:
    return settings.data_dir / "concord.sqlite3"


def open_sqlite_for_reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database as of one moment, with what still waits in its log, for its owner only."""
    target.touch(mode=0o600)
    with closing(open_sqlite_for_reading(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")


def _postgresql_engine(url: str) -> Engine:
    address = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(address, pool_size=10, max_overflow=30, pool_pre_ping=True)


def _sqlite_engine(path: Path, lock: WriteLock) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"check_same_thread": False, "timeout": SECONDS_TO_WAIT_FOR_THE_LOCK},
        pool_size=10,
        max_overflow=40,
    )
    event.listen(engine, "connect", _prepare_sqlite)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("writes"):
            connection.exec_driver_sql("BEGIN")
            return
        lock.acquire()
        connection.info["holds_write_lock"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def give_lock_back(_connection: object, entry: ConnectionPoolEntry) -> None:
        # The pool takes the connection back after commit or rollback, so the lock outlives both.
        if entry.info.pop("holds_write_lock", False):
            lock.release()

    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # Concord says BEGIN itself, see _sqlite_engine
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def insert_new(session: Session, table: type[SQLModel], values: Mapping[str, object]) -> bool:
    """Insert the row unless its key exists; True when it was inserted.

    On PostgreSQL this waits for a concurrent transaction that inserts the same key.
    """
    statement = _insert_if_new(session.get_bind().dialect.name, table)
    # Not rowcount: what a driver says of a row that was left out differs.
    return session.connection().execute(statement, dict(values)).first() is not None


@cache
def _insert_if_new(dialect: str, table: type[SQLModel]) -> Executable:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing().returning(literal(1))
