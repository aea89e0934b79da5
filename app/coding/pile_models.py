from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class Pile(SQLModel, table=True):
    """A pile that a coder made. A row is never altered; what changes is in `PileTurn`.

    `number` counts this coder's own piles in this round, so that no address or form holds a
    number that moves with what somebody else does.
    """

    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "coder_id"],
            ["round_coder.round_id", "round_coder.coder_id"],
            ondelete="RESTRICT",
        ),
    )

    round_id: int = Field(primary_key=True)
    coder_id: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    facet_id: int = Field(foreign_key="facet.id", ondelete="RESTRICT")
    tone: int
    letter: str = Field(default="", max_length=1)
    split_from: int | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class PileTurn(SQLModel, table=True):
    """What a pile is from an act on; rows are only added, and the highest turn counts.

    An act that moves cards as well takes in the judgements with the numbers `act` to `last_act`:
    they are undone together.
    """

    __tablename__ = "pile_turn"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "coder_id", "number"],
            ["pile.round_id", "pile.coder_id", "pile.number"],
            ondelete="RESTRICT",
        ),
    )

    round_id: int = Field(primary_key=True)
    coder_id: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    turn: int = Field(primary_key=True)
    act: int
    last_act: int
    undoes: int | None = None
    name: str = Field(max_length=200)
    description: str = Field(default="", max_length=20_000)
    parent: int | None = None
    is_gone: bool = False
    merged_into: int | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class PileAnswer(SQLModel, table=True):
    """What a pile counts as since the team agreed on it: written once, with `Round.aligned_at`.

    `category_ids` are of the version that the round has from then on. What no shared category
    holds counts as an answer without one.
    """

    __tablename__ = "pile_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "coder_id", "number"],
            ["pile.round_id", "pile.coder_id", "pile.number"],
            ondelete="RESTRICT",
        ),
        CheckConstraint("value IN ('categories', 'none_applies', 'cannot_judge')", name="value"),
    )

    round_id: int = Field(primary_key=True)
    coder_id: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    value: str = Field(max_length=20)
    category_ids: list[int] = Field(default_factory=list, sa_type=JSON)
