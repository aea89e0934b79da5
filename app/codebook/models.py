from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class Facet(SQLModel, table=True):
    """One question asked of every card, or of those its gate lets through.

    This row is the draft; published versions are copies. `gate` holds a `content.Gate` as it was
    declared: categories of it that merged since are followed when the draft is read.
    """

    __table_args__ = (
        UniqueConstraint("study_id", "name_key"),
        CheckConstraint("choice IN ('single', 'multiple')", name="choice"),
        CheckConstraint("scale IN ('nominal', 'ordinal')", name="scale"),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    name: str = Field(max_length=200)
    name_key: str | None = Field(default=None, max_length=400)
    description: str = Field(default="", max_length=20_000)
    choice: str = Field(default="single", max_length=10)
    scale: str = Field(default="nominal", max_length=10)
    gate: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    position: int = 0
    revision: int = 1
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Category(SQLModel, table=True):
    """One answer to a facet. Its id never changes or disappears: placements refer to it.

    A retired row gives its `name_key` back (NULL), so that the name can be used again.
    """

    __table_args__ = (UniqueConstraint("facet_id", "name_key"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    facet_id: int = Field(foreign_key="facet.id", ondelete="RESTRICT", index=True)
    external_id: str = Field(default="", max_length=200)
    name: str = Field(max_length=200)
    name_key: str | None = Field(default=None, max_length=400)
    brief: str = Field(default="", max_length=2000)
    definition: str = Field(default="", max_length=20_000)
    inclusion: str = Field(default="", max_length=20_000)
    exclusion: str = Field(default="", max_length=20_000)
    examples: str = Field(default="", max_length=20_000)
    near_misses: str = Field(default="", max_length=20_000, sa_column_kwargs={"server_default": ""})
    tone: int = 1
    position: int = 0
    parent_id: int | None = Field(default=None, foreign_key="category.id", ondelete="RESTRICT")
    revision: int = 1
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CodebookVersion(SQLModel, table=True):
    """A published codebook: a complete copy that never changes (see `codebook.content`).

    `changes` says what became of each category since the version before, and of which class the
    change is (see `codebook.changes`).
    """

    __tablename__ = "codebook_version"
    __table_args__ = (UniqueConstraint("study_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    number: int
    note: str = Field(default="", max_length=2000)
    content: dict[str, Any] = Field(sa_type=JSON)
    content_hash: str = Field(max_length=64)
    changes: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    published_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    published_at: datetime = Field(sa_type=UtcDateTime)


class Lineage(SQLModel, table=True):
    """Where a category came from: `from_id` went into `to_id` by a merge or came apart by a split.

    Without a version it is part of the draft. Both ids stay for good.
    """

    __tablename__ = "category_lineage"
    __table_args__ = (CheckConstraint("kind IN ('merged', 'split')", name="kind"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT", index=True)
    kind: str = Field(max_length=10)
    from_id: int = Field(foreign_key="category.id", ondelete="RESTRICT")
    to_id: int = Field(foreign_key="category.id", ondelete="RESTRICT")
    version_id: int | None = Field(
        default=None, foreign_key="codebook_version.id", ondelete="RESTRICT"
    )
    at: datetime = Field(sa_type=UtcDateTime)


class StagedCodebook(SQLModel, table=True):
    """An uploaded codebook between its preview and the decision to take it over."""

    __tablename__ = "staged_codebook"

    id: str = Field(primary_key=True, max_length=36)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT", index=True)
    account_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    file_name: str = Field(max_length=200)
    content: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)
