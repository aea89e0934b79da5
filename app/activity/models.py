from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class Activity(SQLModel, table=True):
    """One line of a study's audit trail; lines are only ever added."""

    __table_args__ = (Index("ix_activity_study_id_seq", "study_id", "seq", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    seq: int
    at: datetime = Field(sa_type=UtcDateTime)
    account_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    kind: str = Field(max_length=60)
    subject: str = Field(default="", max_length=200)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Operation(SQLModel, table=True):
    """A write that was carried out, under the id its client gave it.

    The key includes the account, so nobody learns from a collision what another person did.
    """

    account_id: int = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    operation_id: str = Field(primary_key=True, max_length=64)
    fingerprint: str = Field(max_length=64)
    outcome: str = Field(default="", max_length=2000)
    at: datetime = Field(sa_type=UtcDateTime)
