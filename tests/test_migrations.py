"""The migrations lead to the tables of the models, and back."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlmodel import Session

from app.db import Database
from app.errors import ConcordError
from app.schema import METADATA, alembic_config, current_revision, newest_revision, refuse_newer


def test_the_migrated_tables_are_those_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_a_migrated_database_has_the_newest_revision(database: Database) -> None:
    assert current_revision(database) == newest_revision()


def test_migrations_lead_down_and_up_again(session: Session, database: Database) -> None:
    connection = session.connection()
    config = alembic_config(connection)
    command.downgrade(config, "base")
    assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    command.upgrade(config, "head")
    session.commit()
    assert set(METADATA.tables) <= set(inspect(database.engine).get_table_names())


def test_a_database_of_a_newer_version_is_refused_with_words() -> None:
    with pytest.raises(ConcordError, match="newer version of Concord"):
        refuse_newer("2999_01_01_from_the_future")
