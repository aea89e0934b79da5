"""Every table, and the way to the newest schema. Importing it registers all models."""

from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from app.accounts import models as _accounts
from app.activity import models as _activity
from app.alignment import models as _alignment
from app.codebook import models as _codebook
from app.coding import board_models as _board
from app.coding import models as _coding
from app.coding import pile_models as _piles
from app.coding import suggestion_models as _suggestions
from app.corpus import models as _corpus
from app.db import Database, copy_sqlite, now, open_database, sqlite_path
from app.errors import ConcordError
from app.jobs import models as _jobs
from app.negotiation import models as _negotiation
from app.resolution import models as _resolution
from app.settings import Settings
from app.sources import models as _sources
from app.studies import models as _studies
from app.web.render import resource

MODULES = (
    _accounts,
    _activity,
    _alignment,
    _board,
    _codebook,
    _coding,
    _corpus,
    _jobs,
    _negotiation,
    _piles,
    _resolution,
    _sources,
    _studies,
    _suggestions,
)
METADATA = SQLModel.metadata


class NotMigrated(ConcordError):
    """The database has another schema than this version of Concord."""


def alembic_config(connection: sqlalchemy.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def current_revision(database: Database) -> str | None:
    """Return the revision of the database; None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(settings: Settings) -> Path | None:
    """Bring the database to the newest schema; returns the copy made of an older SQLite file."""
    database = open_database(settings)
    try:
        before = current_revision(database)
        if before == newest_revision():
            return None
        refuse_newer(before)
        saved = _save_before(settings, before)
        with database.transaction() as session:
            command.upgrade(alembic_config(session.connection()), "head")
        return saved
    finally:
        database.close()


def prepare(settings: Settings) -> None:
    """Make the database fit this version: SQLite is migrated, PostgreSQL only by its keeper."""
    if settings.postgresql_url is None:
        migrate(settings)
        return
    database = open_database(settings)
    try:
        revision = current_revision(database)
    finally:
        database.close()
    if revision == newest_revision():
        return
    refuse_newer(revision)
    raise NotMigrated(
        "The PostgreSQL database has the schema of an older version of Concord, or none yet. "
        "Make a backup, then run: concord migrate"
    )


def refuse_newer(revision: str | None) -> None:
    """Refuse a database that a newer Concord has migrated."""
    script = ScriptDirectory.from_config(alembic_config())
    known = {entry.revision for entry in script.walk_revisions()}
    if revision is not None and revision not in known:
        raise NotMigrated(
            f"The database was made by a newer version of Concord (schema {revision}). "
            "Install that version, or restore a backup made by this one. Nothing was changed."
        )


def _save_before(settings: Settings, before: str | None) -> Path | None:
    """Copy a SQLite database before it is migrated; PostgreSQL is left to its own tools."""
    if before is None or settings.postgresql_url is not None:
        return None
    path = sqlite_path(settings)
    copy = path.with_name(f"{path.stem}-{before}-{now():%Y%m%dT%H%M%S}.sqlite3.bak")
    copy_sqlite(path, copy)
    return copy
