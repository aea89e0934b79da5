"""What the commands share: the database, reading a password, and writing what they made."""

import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from app.db import Database, open_database
from app.errors import ConcordError
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Console:
    """What `app.cli` hands down to the commands of the features.

    `prepare` brings a database to the schema of this version, or refuses it in a sentence.
    """

    prepare: Callable[[Settings], None]


@contextmanager
def prepared_database() -> Iterator[Database]:
    """Give the database of the settings with the schema of this version, closed at the end.

    An empty or older SQLite file is migrated; PostgreSQL waits for `concord migrate`.
    """
    settings = Settings()
    console = click.get_current_context().find_object(Console)
    if console is None:
        raise RuntimeError("a command needs the console that app.cli makes")
    console.prepare(settings)
    database = open_database(settings)
    try:
        yield database
    finally:
        database.close()


def read_password() -> str:
    """Ask for a new password twice on a terminal; else read one line from standard input."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, type=str)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def hand_over(content: bytes, path: Path | None) -> None:
    """Write what a command made to a file and say so; without one, or to -, to standard output.

    A file is written whole or not at all: an earlier one stays until the new one is complete.
    """
    if path is None or str(path) == "-" or _is_standard_output(path):
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        _write(path, content)
    except OSError as error:
        raise ConcordError(f"{path} could not be written: {error.strerror}.") from error
    click.echo(f"Wrote {path} ({len(content):,} bytes).")


def _is_standard_output(path: Path) -> bool:
    """Tell whether the path leads there, as /dev/stdout does: nothing else may be said there."""
    try:
        return os.path.samestat(path.stat(), os.fstat(1))
    except OSError:
        return False


def _write(path: Path, content: bytes) -> None:
    mode = _mode_of(path)
    if mode is None or stat.S_ISREG(mode):
        _replace(path.resolve(), content, mode)
    else:  # a device or a pipe is written into; a file in its place would end it
        path.write_bytes(content)


def _mode_of(path: Path) -> int | None:
    """Return the mode of what a path leads to, through links; None when nothing is there."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(path: Path, content: bytes, mode: int | None) -> None:
    """Put a complete file in the place of an earlier one, whose mode it takes over."""
    unfinished = path.with_name(f".concord-{secrets.token_hex(8)}")
    try:
        with unfinished.open("xb") as stream:  # a new file gets the mode the umask leaves
            if mode is not None:
                os.fchmod(stream.fileno(), stat.S_IMODE(mode))
            stream.write(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
