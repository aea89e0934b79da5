"""What the database holds, to tell whether a request changed anything."""

import hashlib

from sqlalchemy import select
from sqlmodel import SQLModel

from app.db import Database


def contents(database: Database) -> dict[str, str]:
    """A checksum of the rows of each table."""
    with database.reading() as look:
        return {
            table.name: hashlib.sha256(
                repr(sorted(map(repr, look.connection().execute(select(table))))).encode()
            ).hexdigest()
            for table in SQLModel.metadata.sorted_tables
        }
