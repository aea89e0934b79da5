"""`concord demo`: a filled study to look at, in a folder that is thrown away."""

import secrets
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.db import open_database
from app.demo.filling import fill
from app.demo.seed import Person, people, read_seed
from app.errors import Conflict
from app.schema import migrate
from app.serving import Address, serve
from app.settings import Settings
from app.web.render import resource

LENGTH_OF_PASSWORD = 9  # bytes of chance, 12 characters


@contextmanager
def _folder(named: Path | None) -> Iterator[Path]:
    """Give the folder that was named, if it is empty, else one that goes away at the end."""
    if named is None:
        with tempfile.TemporaryDirectory(prefix="concord-demo-") as folder:
            yield Path(folder)
        return
    if named.exists() and any(named.iterdir()):
        raise Conflict(
            f"The folder {named} is not empty, and the demo fills only an empty one. Unset "
            "CONCORD_DATA_DIR to use a throw-away folder, or open what is there with: concord serve"
        )
    yield named


def show(address: Address, named: Path | None) -> None:
    """Fill a folder with the demo study, say who can sign in, and serve it until told to stop."""
    seed = read_seed(resource("seed_data"))
    password = secrets.token_urlsafe(LENGTH_OF_PASSWORD)
    persons = people(seed, password)
    with _folder(named) as folder:
        settings = Settings(data_dir=folder, database_url=None, database_url_file=None)
        migrate(settings)
        database = open_database(settings)
        try:
            with database.transaction() as session:
                fill(session, seed, persons)
        finally:
            database.close()
        click.echo(_introduction(persons, password, address, named))
        # Ended from outside it would die on the spot and leave its folder behind.
        signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
        serve(settings, address, workers=1)


def _introduction(
    persons: list[Person], password: str, address: Address, named: Path | None
) -> str:
    lines = [f"{one.account.email:<20} {one.account.name}, {one.role}" for one in persons]
    kept = f"It is kept in {named}." if named else "It is thrown away when you stop the demo."
    return "\n".join(
        (
            f"The demo study is ready at {address.url}. {kept}",
            f"Sign in as one of these, each with the password {password}",
            *(f"  {line}" for line in lines),
            "Ben has cards waiting. Ada leads: she sees the agreement of the first round.",
            "In a second study the piles of an open sort wait to be matched.",
        )
    )
