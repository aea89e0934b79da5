"""A coder at work: the desk, the card in hand, and the row that a judgement becomes."""

from dataclasses import dataclass

from sqlalchemy import bindparam, insert
from sqlmodel import Session, col, select

from app.activity.bell import ring_after_commit
from app.codebook.content import Codebook
from app.codebook.published import codebook_of_version
from app.coding.models import Assignment, Placement, Round, RoundCoder
from app.coding.own_tabs import desk_topic
from app.coding.progress import progress_topic
from app.coding.rules import Phase, Value, refuse_work
from app.coding.visibility import own_on_card
from app.db import now
from app.errors import Conflict, NotFound

NOT_A_CODER = "You do not sort in this round. Only its coders do."


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a coder says of a card on a facet, and the turn the coder's page showed."""

    card_id: int
    facet_id: int
    value: Value
    category_ids: tuple[int, ...] = ()
    confidence: int | None = None
    memo: str = ""
    seen_turn: int = 0
    pile_numbers: tuple[int, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """A coder at work in an open round: the rows that every act needs, locked for this act."""

    round_: Round
    coder: RoundCoder
    codebook: Codebook

    @property
    def round_id(self) -> int:
        if self.round_.id is None:
            raise RuntimeError("the round was not saved")
        return self.round_.id


# Built once: every act begins with them.
_ROUND = select(Round).where(col(Round.id) == bindparam("round_id")).with_for_update(read=True)
_CODER = (
    select(RoundCoder)
    .with_for_update()
    .where(
        col(RoundCoder.round_id) == bindparam("round_id"),
        col(RoundCoder.coder_id) == bindparam("coder_id"),
    )
)


def sit_down(session: Session, round_id: int, coder_id: int) -> Desk:
    """Return the coder's desk in the round; 404 if the coder has no part in it.

    On PostgreSQL the round's row is locked against closing and the coder's against the coder's
    own other tabs; SQLite has one writer anyway.
    """
    round_, coder = lock_desk(session, round_id, coder_id)
    closed = f"on {round_.closed_at:%Y-%m-%d at %H:%M} UTC" if round_.closed_at else "by its lead"
    reason = refuse_work(
        Phase(round_.phase), closed=closed, has_submitted=coder.submitted_at is not None
    )
    if reason is not None:
        raise Conflict(reason)
    if round_.codebook_version_id is None:
        raise RuntimeError("an open round has a codebook version")
    return Desk(round_, coder, codebook_of_version(session, round_.codebook_version_id))


def lock_desk(session: Session, round_id: int, coder_id: int) -> tuple[Round, RoundCoder]:
    """Return the rows of a coder's part in a round, locked; 404 if the coder has none."""
    ids = {"round_id": round_id, "coder_id": coder_id}
    # What was read before the lock may have changed while waiting for it.
    anew = {"populate_existing": True}
    round_ = session.exec(_ROUND, params=ids, execution_options=anew).first()
    coder = session.exec(_CODER, params=ids, execution_options=anew).first()
    if round_ is None or coder is None:
        raise NotFound(NOT_A_CODER)
    ring_after_commit(session, desk_topic(round_id, coder_id), progress_topic(round_id))
    return round_, coder


@dataclass(frozen=True, slots=True)
class Hand:
    """A card taken up at the desk, and what the coder has said of it so far, by facet."""

    desk: Desk
    assignment: Assignment
    saved: dict[int, Placement]


def take_card(session: Session, desk: Desk, card_id: int) -> Hand:
    """Return the card in the coder's hand; 404 for a card that was not given to this coder."""
    assignment = assignment_at(session, desk, card_id)
    return Hand(desk, assignment, own_on_card(session, desk.round_, desk.coder.coder_id, card_id))


# Built once: every act on a card runs it.
_ASSIGNMENT = select(Assignment).where(
    col(Assignment.round_id) == bindparam("round_id"),
    col(Assignment.coder_id) == bindparam("coder_id"),
    col(Assignment.card_id) == bindparam("card_id"),
)


def assignment_at(session: Session, desk: Desk, card_id: int) -> Assignment:
    """Return the coder's row for a card; 404 for a card that was not given to this coder."""
    ids = {"round_id": desk.round_id, "coder_id": desk.coder.coder_id, "card_id": card_id}
    found = session.exec(_ASSIGNMENT, params=ids).first()
    if found is None:
        raise NotFound
    return found


def add_placement(
    session: Session,
    desk: Desk,
    said: Judgement,
    *,
    turn: int,
    undoes: int | None = None,
    follows: int | None = None,
    is_gated: bool = False,
) -> Placement:
    """Add the row of a judgement, as the coder's next act or with the one that it follows."""
    placement = Placement(
        study_id=desk.round_.study_id,
        round_id=desk.round_id,
        coder_id=desk.coder.coder_id,
        card_id=said.card_id,
        facet_id=said.facet_id,
        turn=turn,
        act=count_act(desk),
        undoes=undoes,
        follows=follows,
        is_gated=is_gated,
        value=said.value,
        category_ids=sorted(set(said.category_ids)),
        pile_numbers=sorted(set(said.pile_numbers)),
        confidence=said.confidence,
        memo=said.memo,
        seconds=said.seconds,
        at=now(),
    )
    # Straight into the table: the row will never change, so the session need not watch it.
    session.connection().execute(_ADD, placement.model_dump(exclude={"id"}))
    return placement


_ADD = insert(Placement)


def count_act(desk: Desk) -> int:
    """Return the number of the act that begins now."""
    desk.coder.n_acts += 1
    return desk.coder.n_acts
