"""Fixtures of every test: a fresh database of each kind, the application, a client, the time."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, create_engine
from sqlmodel import Session

from app.db import Database, open_database, sqlite_path
from app.main import create_app
from app.schema import migrate
from app.settings import Settings
from tests.databases import (
    TEMPLATE,
    PostgresServer,
    SqliteTemplate,
    forget_concord_variables,
    running_postgresql,
    settings_for,
)
from tests.sockets import closed_sockets

BASE_URL = "http://testserver"
# What a browser sends with a form of the same site.
SAME_SITE = {"Origin": BASE_URL, "Sec-Fetch-Site": "same-origin"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["both", "sqlite", "postgresql"],
        default="both",
        help="database under the tests (default: every test runs on both)",
    )


def pytest_configure() -> None:
    forget_concord_variables()
    # The same examples on every run; how long one takes depends on what else the machine does.
    hypothesis.settings.register_profile("concord", deadline=None, derandomize=True)
    hypothesis.settings.load_profile("concord")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = config.getoption("--database")
    number_of: dict[str, int] = {}

    def is_left_out(item: pytest.Item) -> bool:
        callspec = getattr(item, "callspec", None)
        database = callspec.params.get("database_url") if callspec is not None else None
        if database is None:
            return False
        if chosen != "both":
            return bool(database != chosen)
        if item.get_closest_marker("in_turns") is None:
            return False
        case = item.nodeid.replace(database, "")
        number = number_of.setdefault(case, len(number_of))
        return bool(database != ("sqlite", "postgresql")[number % 2])

    left_out = [item for item in items if is_left_out(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not is_left_out(item)]


def pytest_collection_finish() -> None:
    """Spare the collector what stays: it took a third of the time, as tests drop applications."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)


@pytest.fixture(scope="session", autouse=True)
def _sockets() -> Iterator[None]:
    with closed_sockets():
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash with the least effort: the real cost would be most of a test's time."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr("app.accounts.passwords._hasher", quick)
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """Let engines of one kind share a cache: compiling anew took a fifth of a test's time."""
    first: dict[str, Engine] = {}

    def create_sharing(*args: Any, **options: Any) -> Engine:
        engine = create_engine(*args, query_cache_size=5_000, **options)
        shared = first.setdefault(engine.dialect.name, engine)
        # A dialect is part of the cache's keys.
        engine.dialect = engine.pool._dialect = shared.dialect
        engine._compiled_cache = shared._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.db.create_engine", create_sharing)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """A migrated SQLite file."""
    settings = settings_for(tmp_path_factory.mktemp("template") / "data", None)
    migrate(settings)
    database = open_database(settings)
    with database.engine.connect() as connection:
        # The copy takes the one file only, so nothing may wait beside it.
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return SqliteTemplate(sqlite_path(settings))


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL server whose template database is migrated; one for each test process."""
    with running_postgresql() as server:
        migrate(settings_for(tmp_path_factory.mktemp("template-pg"), server.url(TEMPLATE)))
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """Address of an empty, migrated PostgreSQL; or None, with such a SQLite file in `data`."""
    if request.param == "sqlite":
        template: SqliteTemplate = request.getfixturevalue("sqlite_template")
        template.copy_into(tmp_path / "data")
        return None
    server: PostgresServer = request.getfixturevalue("postgresql_server")
    return server.emptied_database()


@pytest.fixture
def settings(database_url: str | None, tmp_path: Path) -> Settings:
    """Settings of a Concord with an empty database, answering to `testserver`."""
    return settings_for(tmp_path / "data", database_url, allowed_hosts="testserver")


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The database that the application under test uses, too."""
    database = open_database(settings)
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session that may write and commit; after a commit it holds no lock until its next use."""
    with database.writing() as session:
        # Reading a committed row again would take the write lock, and a request would wait for it.
        session.expire_on_commit = False
        yield session


@pytest.fixture
def app(settings: Settings) -> Iterator[FastAPI]:
    """The application on the test's database."""
    app = create_app(settings)
    yield app
    app.state.database.close()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A browser of a signed-out visitor: keeps cookies, says it is on the same site."""
    with TestClient(app, base_url=BASE_URL, headers=SAME_SITE, follow_redirects=False) as client:
        yield client


@dataclass(slots=True)
class Clock:
    """The time that the application reads; it stands still until a test moves it."""

    now: datetime

    def advance(self, **duration: float) -> datetime:
        """Move on by a duration named as in timedelta, and give the new time."""
        self.now += timedelta(**duration)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock at nine in the morning (UTC) of 2 March 2026, under `app.db.now`."""
    clock = Clock(datetime(2026, 3, 2, 9, tzinfo=UTC))

    class StoppedDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now.astimezone(tz)

    # Not `app.db.now` itself: modules and column defaults already hold that function.
    monkeypatch.setattr("app.db.datetime", StoppedDatetime)
    return clock
