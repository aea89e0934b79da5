"""Backups: the whole database in one file, and the way back."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from app.db import WriteLock, copy_sqlite, now, open_sqlite_for_reading, sqlite_path
from app.errors import ConcordError, Unavailable
from app.schema import migrate, refuse_newer
from app.settings import Settings

SQLITE_HEAD = b"SQLite format 3\x00"
TABLES_OF_CONCORD = {"alembic_version", "account", "study", "sign_in", "invitation"}


class CannotRestore(ConcordError):
    """The file is no backup that this version can take back."""


class CannotBackUp(ConcordError):
    """There is nothing to back up, or no place for it."""


def back_up(settings: Settings, target: Path) -> None:
    """Write the database into one file while the server goes on; never over another file."""
    if target.exists():
        raise CannotBackUp(f"{target} exists already. Nothing was written; choose another name.")
    if settings.postgresql_url is not None:
        _dump_postgresql(settings.postgresql_url, target)
        return
    source = sqlite_path(settings)
    if not source.exists():
        raise CannotBackUp(f"There is no database at {source} yet, so there is nothing to keep.")
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        copy_sqlite(source, unfinished)
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise CannotBackUp(f"The backup could not be written: {error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _dump_postgresql(url: str, target: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise CannotBackUp(
            "A PostgreSQL database is backed up by pg_dump, which is not installed here. "
            "Install PostgreSQL's client programs, or run pg_dump where they are."
        )
    address = make_url(url).set(drivername="postgresql")
    target.touch(mode=0o600)
    # The password goes through the environment: arguments can be read by everybody here.
    arguments = [program, "--format=custom", "--no-owner", f"--file={target}"]
    arguments.append(address.set(password=None).render_as_string())
    environment = {"PGPASSWORD": address.password} if address.password else None
    done = _run(arguments, environment)
    if done.returncode != 0:
        target.unlink(missing_ok=True)
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise CannotBackUp(f"pg_dump refused: {reason}")


def _run(
    arguments: list[str], environment: dict[str, str] | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  the program was found, and no shell reads the arguments
        arguments,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def restore(settings: Settings, file: Path) -> Path | None:
    """Put a backup in the place of the database; returns the copy kept of the old one.

    The file is judged first, and the database is written only through SQLite and under the lock
    of all writers, so that a server that is running sees either the old or the new one.
    """
    if settings.postgresql_url is not None:
        raise CannotRestore(
            "A PostgreSQL database is restored by pg_restore, into an empty database: "
            "pg_restore --dbname=ADDRESS FILE. Nothing was changed."
        )
    _judge(file)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    ready = settings.data_dir / "restoring.sqlite3"
    ready.unlink(missing_ok=True)
    try:
        copy_sqlite(file, ready)
        _end_access(ready)
        with _writing_alone(settings):
            kept = _keep_old(sqlite_path(settings))
            _replace(sqlite_path(settings), ready)
    except (OSError, sqlite3.Error) as error:
        raise CannotRestore(f"The backup could not be put in place: {error}.") from error
    finally:
        ready.unlink(missing_ok=True)
    migrate(settings)
    return kept


def _judge(file: Path) -> None:
    """Refuse what is no whole backup of this version of Concord or an older one."""
    nothing = "Nothing was changed."
    if not file.is_file():
        raise CannotRestore(f"There is no file {file}. {nothing}")
    with file.open("rb") as opened:
        head = opened.read(len(SQLITE_HEAD))
    if head != SQLITE_HEAD:
        raise CannotRestore(f"{file} is not a backup made by concord backup. {nothing}")
    try:
        with closing(open_sqlite_for_reading(file)) as database:
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
            if not tables >= TABLES_OF_CONCORD:
                raise CannotRestore(f"{file} is a database of another program. {nothing}")
            findings = [row[0] for row in database.execute("PRAGMA integrity_check(1)")]
            orphans = database.execute("PRAGMA foreign_key_check").fetchone()
            revision = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise CannotRestore(f"{file} is damaged: {error}. {nothing}") from error
    if findings != ["ok"] or orphans is not None or revision is None:
        raise CannotRestore(f"{file} is damaged. {nothing}")
    refuse_newer(revision[0])


def _end_access(path: Path) -> None:
    """End every sign-in and invitation: since the backup some may have been taken back."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM sign_in")
        database.execute(
            "UPDATE invitation SET revoked_at = ? WHERE used_at IS NULL AND revoked_at IS NULL",
            (f"{now():%Y-%m-%d %H:%M:%S.%f}",),
        )


@contextmanager
def _writing_alone(settings: Settings) -> Iterator[None]:
    lock = WriteLock(settings.data_dir / "concord.lock")
    try:
        lock.acquire()
    except Unavailable as error:
        raise CannotRestore(
            "Somebody is writing to the database. Stop the server, then try again. "
            "Nothing was changed."
        ) from error
    try:
        yield
    finally:
        lock.release()
        lock.close()


def _keep_old(path: Path) -> Path | None:
    if not path.exists():
        return None
    copy = path.with_name(f"{path.stem}-before-restore-{now():%Y%m%dT%H%M%S%f}.sqlite3.bak")
    copy_sqlite(path, copy)
    return copy


def _replace(live: Path, ready: Path) -> None:
    live.touch(mode=0o600)
    with (
        closing(open_sqlite_for_reading(ready)) as new,
        closing(sqlite3.connect(live, timeout=10)) as old,
    ):
        new.backup(old)
