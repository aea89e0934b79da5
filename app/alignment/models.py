from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class AlignmentAct(SQLModel, table=True):
    """One act of the team on the map of a round: who did it and why. Rows are only added.

    `undoes` is the act that this one takes back.
    """

    __tablename__ = "alignment_act"

    round_id: int = Field(primary_key=True, foreign_key="round.id", ondelete="RESTRICT")
    number: int = Field(primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    facet_id: int = Field(foreign_key="facet.id", ondelete="RESTRICT")
    member_id: int = Field(foreign_key="membership.id", ondelete="RESTRICT")
    kind: str = Field(max_length=20)
    reason: str = Field(default="", max_length=2_000)
    undoes: int | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class SharedTurn(SQLModel, table=True):
    """What a shared category is from an act on; the row of its newest act counts.

    `number` counts the new categories of a round. They join the codebook when the lead confirms.
    """

    __tablename__ = "shared_category_turn"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "act"],
            ["alignment_act.round_id", "alignment_act.number"],
            ondelete="RESTRICT",
        ),
    )

    round_id: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    act: int = Field(primary_key=True)
    facet_id: int = Field(foreign_key="facet.id", ondelete="RESTRICT")
    name: str = Field(max_length=200)
    definition: str = Field(default="", max_length=20_000)
    is_gone: bool = False


class MappedTurn(SQLModel, table=True):
    """Where a coder's pile goes from an act on; the row of its newest act counts.

    `targets` are keys: "s3" is a shared category, "c17" one of the codebook. Without any, `value`
    says what the pile counts as, and "open" that it is not matched (again).
    """

    __tablename__ = "pile_mapping_turn"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "act"],
            ["alignment_act.round_id", "alignment_act.number"],
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["round_id", "coder_id", "pile"],
            ["pile.round_id", "pile.coder_id", "pile.number"],
            ondelete="RESTRICT",
        ),
        CheckConstraint(
            "value IN ('categories', 'none_applies', 'cannot_judge', 'open')", name="value"
        ),
    )

    round_id: int = Field(primary_key=True)
    coder_id: int = Field(primary_key=True)
    pile: int = Field(primary_key=True)
    act: int = Field(primary_key=True)
    value: str = Field(max_length=20)
    targets: list[str] = Field(default_factory=list, sa_type=JSON)
