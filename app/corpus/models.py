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
    set_aside_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    set_aside_reason: str = Field(default="", max_length=500)


class AlikePair(SQLModel, table=True):
    """Two cards whose texts are nearly the same, and what the lead made of it.

    `verdict` is empty, `stay` or `aside`. A pair is found once; what was decided stands.
    """

    __tablename__ = "alike_pair"
    __table_args__ = (Index("ix_alike_pair_study_id_likeness", "study_id", "likeness"),)

    first_id: int = Field(foreign_key="card.id", ondelete="RESTRICT", primary_key=True)
    second_id: int = Field(foreign_key="card.id", ondelete="RESTRICT", primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    likeness: float
    verdict: str = Field(default="", max_length=10)
    found_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AlikeSearch(SQLModel, table=True):
    """When the cards of a study were last compared, and up to which card."""

    __tablename__ = "alike_search"

    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT", primary_key=True)
    last_card_id: int
    n_cards: int
    at: datetime = Field(sa_type=UtcDateTime)


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
