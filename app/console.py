"""What the commands share: the database they work on, and reading a password."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from app.db import Database, open_database
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
