from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime

_VALUES = "value IN ('categories', 'none_applies', 'not_applicable', 'cannot_judge', 'not_judged')"


class Disagreement(SQLModel, table=True):
    """A card that the team talks about on a facet, flagged when the round closed.

    `flags` holds every rule that raised it, one bit each; `flag` is the first of them, by which it
    is ranked. `cluster` is the pair of answers that is confused, `cluster_size` how often in this
    facet. `place` is where it stands on the agenda of the facet: the team may reorder. `state` is
    what became of it, `stage` how far the talk is (see `rules.Stage`).
    """

    __table_args__ = (
        UniqueConstraint("round_id", "facet_id", "card_id"),
        Index("ix_disagreement_agenda", "round_id", "facet_id", "cluster_size", "flag"),
        Index("ix_disagreement_place", "round_id", "facet_id", "place"),
        CheckConstraint("state IN ('open', 'decided', 'deferred')", name="state"),
        CheckConstraint(
            "stage IN ('sealed', 'opened', 'proposed', 'escalated', 'closed')", name="stage"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    round_id: int = Field(foreign_key="round.id", ondelete="RESTRICT")
    facet_id: int = Field(foreign_key="facet.id", ondelete="RESTRICT")
    card_id: int = Field(foreign_key="card.id", ondelete="RESTRICT")
    flag: int
    flags: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    cluster: str = Field(max_length=500)
    cluster_size: int
    divergence: float = Field(default=0, sa_column_kwargs={"server_default": "0"})
    place: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    state: str = Field(default="open", max_length=20)
    stage: str = Field(
        default="opened", max_length=20, sa_column_kwargs={"server_default": "opened"}
    )
    revision: int = 1


class Statement(SQLModel, table=True):
    """A party's first position, written before it saw the others'; never altered.

    `evidence` holds stretches of the card's text as [first, last) in characters.
    """

    __table_args__ = (UniqueConstraint("disagreement_id", "member_id"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    disagreement_id: int = Field(foreign_key="disagreement.id", ondelete="RESTRICT")
    member_id: int = Field(foreign_key="membership.id", ondelete="RESTRICT")
    text: str = Field(max_length=20_000)
    evidence: list[list[int]] = Field(default_factory=list, sa_type=JSON)
    sealed_at: datetime = Field(sa_type=UtcDateTime)


class Comment(SQLModel, table=True):
    """What somebody said on a disagreement, perhaps in answer to another; never altered."""

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    disagreement_id: int = Field(foreign_key="disagreement.id", ondelete="RESTRICT", index=True)
    member_id: int = Field(foreign_key="membership.id", ondelete="RESTRICT")
    reply_to: int | None = Field(default=None, foreign_key="comment.id")
    text: str = Field(max_length=20_000)
    at: datetime = Field(sa_type=UtcDateTime)


class Proposal(SQLModel, table=True):
    """What somebody proposes to decide; it counts once every party has confirmed it.

    What it says never changes; only `status` does. Proposals of one act, which settle a cluster
    with one rationale, share their `batch`.
    """

    __table_args__ = (
        UniqueConstraint("disagreement_id", "number"),
        Index("ix_proposal_batch", "batch"),
        CheckConstraint(_VALUES, name="value"),
        CheckConstraint("status IN ('open', 'withdrawn', 'replaced', 'accepted')", name="status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    disagreement_id: int = Field(foreign_key="disagreement.id", ondelete="RESTRICT")
    number: int
    member_id: int = Field(foreign_key="membership.id", ondelete="RESTRICT")
    value: str = Field(max_length=20)
    category_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    outcome: str = Field(max_length=30)
    cause: str = Field(max_length=30)
    rationale: str = Field(max_length=20_000)
    batch: str = Field(default="", max_length=36)
    status: str = Field(default="open", max_length=20)
    at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Voice(SQLModel, table=True):
    """A party's answer to a proposal: it confirms, or accepts it and keeps a dissent."""

    __table_args__ = (CheckConstraint("kind IN ('confirm', 'dissent')", name="kind"),)

    proposal_id: int = Field(primary_key=True, foreign_key="proposal.id", ondelete="RESTRICT")
    member_id: int = Field(primary_key=True, foreign_key="membership.id", ondelete="RESTRICT")
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    kind: str = Field(max_length=10)
    text: str = Field(default="", max_length=20_000)
    at: datetime = Field(sa_type=UtcDateTime)


class Decision(SQLModel, table=True):
    """What was decided on a disagreement. The highest revision counts; earlier ones stay.

    `decided_by` proposed it, arbitrated it or put it off. A deferred one names who takes care of
    it until when.
    """

    __table_args__ = (
        UniqueConstraint("disagreement_id", "revision"),
        CheckConstraint(_VALUES, name="value"),
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
    proposal_id: int | None = Field(default=None, foreign_key="proposal.id")
    owner_id: int | None = Field(default=None, foreign_key="membership.id")
    due_on: date | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class Clause(SQLModel, table=True):
    """What a proposal writes into the codebook; the ledger is made of these.

    It waits until the proposal is accepted, goes into the draft then, and is published with a
    version. `category_id` is the category it is about; `into_id` where that one goes in a merge,
    `name` what a new category is called. What it says never changes; only `state` does.
    """

    __table_args__ = (
        Index("ix_clause_study_id_state", "study_id", "state"),
        CheckConstraint(
            "kind IN ('rule', 'exclusion', 'example', 'near_miss', 'redefine', 'add', 'merge', "
            "'split', 'retire')",
            name="kind",
        ),
        CheckConstraint(
            "state IN ('proposed', 'waiting', 'in_draft', 'published', 'dropped')", name="state"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    proposal_id: int = Field(foreign_key="proposal.id", ondelete="RESTRICT", index=True)
    kind: str = Field(max_length=20)
    facet_id: int = Field(foreign_key="facet.id", ondelete="RESTRICT")
    category_id: int | None = Field(default=None, foreign_key="category.id", ondelete="RESTRICT")
    into_id: int | None = Field(default=None, foreign_key="category.id", ondelete="RESTRICT")
    name: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=20_000)
    state: str = Field(default="proposed", max_length=20)
    reason: str = Field(default="", max_length=2000)
    version_id: int | None = Field(
        default=None, foreign_key="codebook_version.id", ondelete="RESTRICT"
    )
    at: datetime = Field(sa_type=UtcDateTime)


class Meeting(SQLModel, table=True):
    """A talk of several at once: the pages of those who follow show what the presenter shows."""

    __table_args__ = (Index("ix_meeting_round_id", "round_id"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    round_id: int = Field(foreign_key="round.id", ondelete="RESTRICT")
    presenter_id: int = Field(foreign_key="membership.id", ondelete="RESTRICT")
    current_id: int | None = Field(default=None, foreign_key="disagreement.id", ondelete="RESTRICT")
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Attendance(SQLModel, table=True):
    """Who took part in a meeting."""

    meeting_id: int = Field(primary_key=True, foreign_key="meeting.id", ondelete="RESTRICT")
    member_id: int = Field(primary_key=True, foreign_key="membership.id", ondelete="RESTRICT")
    joined_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TalkEvent(SQLModel, table=True):
    """One act of a negotiation, in order; minutes and open pages follow these. Only added to.

    `detail` holds what the minutes need and nothing that is sealed.
    """

    __tablename__ = "talk_event"
    __table_args__ = (Index("ix_talk_event_round_id", "round_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    round_id: int = Field(foreign_key="round.id", ondelete="RESTRICT")
    disagreement_id: int | None = Field(
        default=None, foreign_key="disagreement.id", ondelete="RESTRICT"
    )
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", ondelete="RESTRICT")
    member_id: int | None = Field(default=None, foreign_key="membership.id", ondelete="RESTRICT")
    kind: str = Field(max_length=20)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = Field(sa_type=UtcDateTime)
