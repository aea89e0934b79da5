from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class Card(SQLModel, table=True):
    """One excerpt, the unit that is sorted. `key` is the id the team gave it.

    `search_text` holds every word of the card in the form in which `comparable` texts are equal:
    one column to search, alike on both databases and for all scripts.
    """

    __table_args__ = (
        UniqueConstraint("study_id", "key_folded"),
        Index("ix_card_study_id_position", "study_id", "position"),
        Index("ix_card_study_id_text_hash", "study_id", "text_hash"),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    key: str = Field(max_length=200)
    key_folded: str = Field(max_length=400)
    title: str = Field(default="", max_length=2000)
    text: str
    source_url: str = Field(default="", max_length=2000)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    text_hash: str = Field(max_length=64)
    search_text: str = ""
    position: int
    created_at: datetime = Field(sa_type=UtcDateTime)


class StagedImport(SQLModel, table=True):
    """An uploaded file between its preview and the decision to import it."""

    __tablename__ = "staged_import"

    id: str = Field(primary_key=True, max_length=36)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT", index=True)
    account_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    file_name: str = Field(max_length=200)
    content: bytes = Field(sa_type=LargeBinary)
    mapping: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    job_id: int | None = Field(default=None, foreign_key="job.id", ondelete="RESTRICT")
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
