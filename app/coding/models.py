from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    false,
)
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class Round(SQLModel, table=True):
    """Cards × coders × codebook version. `plan` is how the lead wants the cards drawn.

    `headline` and `threshold` are settled beforehand and freeze when the round opens. Rounds
    opened before these existed have no threshold: the study's holds for them. `protocol` are the
    rules of the talk after closing (see `coding.rules.Protocol`); it freezes, too. `aligned_at`
    is when piles of coders' own became shared categories; before that such a round has no figure.
    From then on `codebook_version_id` is the version that holds these categories, and
    `sorted_version_id` the one that coders had before them.
    """

    __table_args__ = (
        UniqueConstraint("study_id", "number"),
        UniqueConstraint("study_id", "name_key"),
        CheckConstraint(
            "phase IN ('draft', 'open', 'aligning', 'negotiating', 'done', 'void')", name="phase"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    number: int
    name: str = Field(max_length=200)
    name_key: str = Field(max_length=400)
    kind: str = Field(default="independent", max_length=20)
    sort: str = Field(default="closed", max_length=10)
    phase: str = Field(default="draft", max_length=20)
    codebook_version_id: int | None = Field(
        default=None, foreign_key="codebook_version.id", ondelete="RESTRICT"
    )
    plan: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    facet_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    seed: int = 0
    headline: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    threshold: float | None = None
    protocol: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )
    revision: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    aligned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sorted_version_id: int | None = None
    close_reason: str = Field(default="", max_length=2000)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    end_reason: str = Field(default="", max_length=2000)


class RoundCoder(SQLModel, table=True):
    """A coder's part in a round. `n_acts` counts the coder's own acts, nobody else's."""

    __tablename__ = "round_coder"

    round_id: int = Field(primary_key=True, foreign_key="round.id", ondelete="RESTRICT")
    coder_id: int = Field(primary_key=True, foreign_key="membership.id", ondelete="RESTRICT")
    place: int = 0
    n_acts: int = 0
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Assignment(SQLModel, table=True):
    """One card for one coder, at its place in that coder's own shuffle; frozen at opening.

    `is_done` and `is_parked` follow the coder's own acts, so that progress is one index scan. A
    done card may be parked, too, for a second look. `is_exposed` marks a card that had been talked
    about when the round opened: it is coded, and never counts as reliability.
    """

    __table_args__ = (
        UniqueConstraint("round_id", "coder_id", "card_id"),
        Index("ix_assignment_progress", "round_id", "coder_id", "is_done", "is_parked", "position"),
        ForeignKeyConstraint(
            ["round_id", "coder_id"],
            ["round_coder.round_id", "round_coder.coder_id"],
            ondelete="RESTRICT",
        ),
    )

    round_id: int = Field(primary_key=True)
    coder_id: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    card_id: int = Field(foreign_key="card.id", ondelete="RESTRICT")
    is_done: bool = False
    is_parked: bool = False
    is_exposed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Seal(SQLModel, table=True):
    """A card whose judgements stay hidden after closing, until every party stated its reasons.

    While `opened_at` is empty nobody sees what others said of the card on the facet.
    """

    round_id: int = Field(primary_key=True, foreign_key="round.id", ondelete="RESTRICT")
    facet_id: int = Field(primary_key=True, foreign_key="facet.id", ondelete="RESTRICT")
    card_id: int = Field(primary_key=True, foreign_key="card.id", ondelete="RESTRICT")
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Exposure(SQLModel, table=True):
    """A card that the team has talked about; it never enters a reliability sample again."""

    card_id: int = Field(primary_key=True, foreign_key="card.id", ondelete="RESTRICT")
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT", index=True)
    round_id: int = Field(foreign_key="round.id", ondelete="RESTRICT")
    at: datetime = Field(sa_type=UtcDateTime)


class AffectedCard(SQLModel, table=True):
    """A judgement that a codebook version puts in question: who should code which card again.

    `reason` names the rule of the impact list that found it (see `evolution.impact`).
    """

    __tablename__ = "affected_card"

    version_id: int = Field(
        primary_key=True, foreign_key="codebook_version.id", ondelete="RESTRICT"
    )
    coder_id: int = Field(primary_key=True, foreign_key="membership.id", ondelete="RESTRICT")
    card_id: int = Field(primary_key=True, foreign_key="card.id", ondelete="RESTRICT")
    facet_id: int = Field(primary_key=True, foreign_key="facet.id", ondelete="RESTRICT")
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    reason: str = Field(max_length=20)


class Placement(SQLModel, table=True):
    """One coder's judgement of one card on one facet. A row is never altered.

    Judging again adds a row with the next `turn`; the highest turn counts. `category_ids` is a
    JSON list because a placement is written and read as a whole, tens of thousands at a time;
    so is `pile_numbers`, the coder's own piles (see `pile_models`). `seconds`, told by the browser,
    is how long the card was in view; only its coder sees it.

    What the codebook's gate says `is_gated`. A row that came with another judgement of the coder's
    `follows` its act: it is taken back and redone with it, never by itself (see `gating`).
    """

    __table_args__ = (
        UniqueConstraint("round_id", "coder_id", "card_id", "facet_id", "turn"),
        UniqueConstraint("round_id", "coder_id", "act"),
        CheckConstraint(
            "value IN ('categories', 'none_applies', 'not_applicable', 'cannot_judge', "
            "'not_judged')",
            name="value",
        ),
        CheckConstraint("confidence IN (1, 2, 3)", name="confidence"),
        ForeignKeyConstraint(
            ["round_id", "coder_id", "card_id"],
            ["assignment.round_id", "assignment.coder_id", "assignment.card_id"],
            ondelete="RESTRICT",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    round_id: int
    coder_id: int
    card_id: int
    facet_id: int = Field(foreign_key="facet.id", ondelete="RESTRICT")
    turn: int
    act: int
    undoes: int | None = None
    follows: int | None = None
    is_gated: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    value: str = Field(max_length=20)
    category_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    pile_numbers: list[int] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    confidence: int | None = None
    memo: str = Field(default="", max_length=20_000)
    seconds: float | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class Parking(SQLModel, table=True):
    """A coder put a card aside or took it back; rows are only added.

    Where a judgement took the card back, the row has the number of the judgement's act.
    """

    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "coder_id", "card_id"],
            ["assignment.round_id", "assignment.coder_id", "assignment.card_id"],
            ondelete="RESTRICT",
        ),
    )

    round_id: int = Field(primary_key=True)
    coder_id: int = Field(primary_key=True)
    act: int = Field(primary_key=True)
    undoes: int | None = None
    card_id: int
    is_parked: bool
    at: datetime = Field(sa_type=UtcDateTime)


class Snapshot(SQLModel, table=True):
    """The agreement figures of one facet, frozen when its round closed."""

    __table_args__ = (UniqueConstraint("round_id", "facet_id"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    round_id: int = Field(foreign_key="round.id", ondelete="RESTRICT")
    facet_id: int = Field(foreign_key="facet.id", ondelete="RESTRICT")
    figures: dict[str, Any] = Field(sa_type=JSON)
    input_hash: str = Field(max_length=64)
    algorithm_version: str = Field(max_length=40)
    taken_at: datetime = Field(sa_type=UtcDateTime)


class Bootstrap(SQLModel, table=True):
    """The bootstrap intervals of a Snapshot. A row is never altered, and neither is the Snapshot.

    With `seed`, `n_resamples` and `algorithm_version` anybody draws the same resamples again.
    """

    __table_args__ = (UniqueConstraint("snapshot_id", "algorithm_version"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    snapshot_id: int = Field(foreign_key="snapshot.id", ondelete="RESTRICT")
    seed: int
    n_resamples: int
    algorithm_version: str = Field(max_length=40)
    unit: str = Field(max_length=40)
    intervals: dict[str, Any] = Field(sa_type=JSON)
    taken_at: datetime = Field(sa_type=UtcDateTime)
