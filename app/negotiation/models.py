from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class Disagreement(SQLModel, table=True):
    """A card on which coders differ on a facet, flagged when the round closed.

    `flag` says which rule raised it (lower is discussed earlier), `cluster` which pair of values
    is confused, `cluster_size` how often in this facet.
    """

    __table_args__ = (
        UniqueConstraint("round_id", "facet_id", "card_id"),
        Index("ix_disagreement_agenda", "round_id", "facet_id", "cluster_size", "flag"),
        CheckConstraint("state IN ('open', 'decided', 'deferred')", name="state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    round_id: int = Field(foreign_key="round.id", ondelete="RESTRICT")
    facet_id: int = Field(foreign_key="facet.id", ondelete="RESTRICT")
    card_id: int = Field(foreign_key="card.id", ondelete="RESTRICT")
    flag: int
    cluster: str = Field(max_length=500)
    cluster_size: int
    state: str = Field(default="open", max_length=20)
    revision: int = 1


class Comment(SQLModel, table=True):
    """What somebody said on a disagreement; never altered."""

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    disagreement_id: int = Field(foreign_key="disagreement.id", ondelete="RESTRICT", index=True)
    member_id: int = Field(foreign_key="membership.id", ondelete="RESTRICT")
    text: str = Field(max_length=20_000)
    at: datetime = Field(sa_type=UtcDateTime)


class Decision(SQLModel, table=True):
    """What the team decided on a disagreement. The highest revision counts; earlier ones stay."""

    __table_args__ = (
        UniqueConstraint("disagreement_id", "revision"),
        CheckConstraint(
            "value IN ('categories', 'none_applies', 'not_applicable', 'cannot_judge', "
            "'not_judged')",
            name="value",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    disagreement_id: int = Field(foreign_key="disagreement.id", ondelete="RESTRICT")
    revision: int
    value: str = Field(max_length=20)
    category_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    outcome: str = Field(max_length=30)
    cause: str = Field(max_length=30)
    rationale: str = Field(max_length=20_000)
    decided_by: int | None = Field(default=None, foreign_key="membership.id", ondelete="RESTRICT")
    at: datetime = Field(sa_type=UtcDateTime)
