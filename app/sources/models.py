from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class Source(SQLModel, table=True):
    """A document of a study. What it says is read once, when it is added, and never altered.

    `outline` holds the headings as [start, level] and the starts of pages; `notices` are
    sentences about what reading the file changed.
    """

    __table_args__ = (
        UniqueConstraint("study_id", "number"),
        Index("ix_source_study_id_sha256", "study_id", "sha256"),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    number: int
    name: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    url: str = Field(default="", max_length=2000)
    sha256: str = Field(max_length=64)
    n_bytes: int
    n_characters: int
    outline: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    notices: list[str] = Field(default_factory=list, sa_type=JSON)
    added_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    added_at: datetime = Field(sa_type=UtcDateTime)
    set_aside_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    set_aside_reason: str = Field(default="", max_length=500)


class SourceFile(SQLModel, table=True):
    """The bytes of a document as they came: kept apart, for they are seldom read."""

    __tablename__ = "source_file"

    source_id: int = Field(foreign_key="source.id", ondelete="RESTRICT", primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class SourcePart(SQLModel, table=True):
    """A stretch of a document's text, about as much as one page shows.

    The parts in their order, one after the other, are the text: no character is left out.
    """

    __tablename__ = "source_part"
    __table_args__ = (UniqueConstraint("source_id", "start"),)

    source_id: int = Field(foreign_key="source.id", ondelete="RESTRICT", primary_key=True)
    place: int = Field(primary_key=True)
    start: int
    text: str


class Excerpt(SQLModel, table=True):
    """The passage a card came from: characters `start` to `stop` of a source, the last excluded.

    Places are counted in Unicode code points of the source's text. A card merged from passages
    that do not touch has one row for each.
    """

    __table_args__ = (
        UniqueConstraint("card_id", "place"),
        Index("ix_excerpt_source_id_start", "source_id", "start"),
        CheckConstraint("start >= 0 AND stop > start", name="is_a_passage"),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    card_id: int = Field(foreign_key="card.id", ondelete="RESTRICT")
    place: int = 0
    source_id: int = Field(foreign_key="source.id", ondelete="RESTRICT")
    start: int
    stop: int


class CardLineage(SQLModel, table=True):
    """One card came from another: by splitting it, or by merging it with others."""

    __tablename__ = "card_lineage"
    __table_args__ = (Index("ix_card_lineage_to_id", "to_id"),)

    from_id: int = Field(foreign_key="card.id", ondelete="RESTRICT", primary_key=True)
    to_id: int = Field(foreign_key="card.id", ondelete="RESTRICT", primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT", index=True)
    kind: str = Field(max_length=10)
    reason: str = Field(default="", max_length=500)
    by_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    at: datetime = Field(sa_type=UtcDateTime)
