"""A coder's acts: judge a card, put it aside, hand the round in (see `undoing`, too)."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, insert
from sqlmodel import Session, col, select

from app.activity.bell import ring_after_commit
from app.codebook.content import Choice, Codebook
from app.codebook.published import codebook_of_version
from app.coding.models import Assignment, Parking, Placement, Round, RoundCoder
from app.coding.own_tabs import desk_topic
from app.coding.progress import progress_topic
from app.coding.rules import Phase, Value, is_judged, refuse_value, refuse_work
from app.coding.seen_piles import check_own_piles
from app.coding.sorted_facets import facet_at
from app.coding.visibility import own_on_card
from app.db import now
from app.errors import Conflict, Invalid, NotFound

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


class StaleJudgement(Conflict):
    """The coder judged the same card elsewhere meanwhile, in another tab for example."""

    def __init__(self, newer: Placement) -> None:
        super().__init__(
            "You judged this card in another tab since this page was opened. "
            "Below is what is saved and what you chose here; choose which one counts."
        )
        self.newer = newer


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
    round_, coder = _lock(session, round_id, coder_id)
    closed = f"on {round_.closed_at:%Y-%m-%d at %H:%M} UTC" if round_.closed_at else "by its lead"
    reason = refuse_work(
        Phase(round_.phase), closed=closed, has_submitted=coder.submitted_at is not None
    )
    if reason is not None:
        raise Conflict(reason)
    if round_.codebook_version_id is None:
        raise RuntimeError("an open round has a codebook version")
    return Desk(round_, coder, codebook_of_version(session, round_.codebook_version_id))


def _lock(session: Session, round_id: int, coder_id: int) -> tuple[Round, RoundCoder]:
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


def lay_down(session: Session, hand: Hand, said: Judgement) -> Hand:
    """Add the coder's judgement as a new row; return the hand with it.

    Raises Conflict when a category is gone or (StaleJudgement) the page showed an older turn
    than the newest.
    """
    _check(session, hand.desk, said)
    newest = hand.saved.get(said.facet_id)
    if said.seen_turn != (newest.turn if newest else 0):
        if newest is None:
            raise Conflict("This page is out of step with what is saved. Open the card again.")
        raise StaleJudgement(newest)
    placement = add_placement(session, hand.desk, said, turn=said.seen_turn + 1)
    hand = Hand(hand.desk, hand.assignment, hand.saved | {said.facet_id: placement})
    note_whether_done(session, hand)
    if hand.assignment.is_done and hand.assignment.is_parked:
        # Part of the same act, so that undoing the judgement parks the card again.
        add_parking(session, hand.desk, hand.assignment, is_parked=False, act=placement.act)
    return hand


def place_card(session: Session, round_id: int, coder_id: int, said: Judgement) -> Placement:
    """Sit down, take the card, lay it down; return the new row."""
    hand = take_card(session, sit_down(session, round_id, coder_id), said.card_id)
    return lay_down(session, hand, said).saved[said.facet_id]


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


def _check(session: Session, desk: Desk, said: Judgement) -> None:
    facet = facet_at(desk.round_, desk.codebook, said.facet_id)
    if said.pile_numbers:
        check_own_piles(session, desk.round_, desk.coder.coder_id, facet.id, said.pile_numbers)
    known = {category.id for category in facet.categories}
    if said.value is Value.CATEGORIES and not known.issuperset(said.category_ids):
        raise Conflict(
            "A category you chose was removed from this round's codebook. Choose another."
        )
    # A pile stands for a category here; its number must not be taken for a category's id.
    piles = [-number for number in said.pile_numbers]
    reason = refuse_value(
        said.value,
        [*said.category_ids, *piles],
        known.union(piles),
        is_multiple=facet.choice is Choice.MULTIPLE,
    )
    if reason is not None:
        raise Invalid(reason, field="category_ids")


def add_placement(
    session: Session, desk: Desk, said: Judgement, *, turn: int, undoes: int | None = None
) -> Placement:
    """Add the row of a judgement, as the coder's next act."""
    placement = Placement(
        study_id=desk.round_.study_id,
        round_id=desk.round_id,
        coder_id=desk.coder.coder_id,
        card_id=said.card_id,
        facet_id=said.facet_id,
        turn=turn,
        act=count_act(desk),
        undoes=undoes,
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


def note_whether_done(session: Session, hand: Hand) -> None:
    """Note on the coder's own assignment whether the card is dealt with on every facet."""
    judged = {facet for facet, found in hand.saved.items() if is_judged(Value(found.value))}
    hand.assignment.is_done = judged.issuperset(hand.desk.round_.facet_ids)
    session.add(hand.assignment)


def park_card(
    session: Session, round_id: int, coder_id: int, card_id: int, *, is_parked: bool
) -> None:
    """Sit down and put a card aside to be looked at again, or take it back."""
    park_at(session, sit_down(session, round_id, coder_id), card_id, is_parked=is_parked)


def park_at(session: Session, desk: Desk, card_id: int, *, is_parked: bool) -> Assignment:
    """Put a card aside or take it back, judged or not; return the coder's row for it."""
    assignment = assignment_at(session, desk, card_id)
    if assignment.is_parked != is_parked:
        add_parking(session, desk, assignment, is_parked=is_parked, act=count_act(desk))
    return assignment


def add_parking(
    session: Session,
    desk: Desk,
    assignment: Assignment,
    *,
    is_parked: bool,
    act: int,
    undoes: int | None = None,
) -> None:
    """Add the row of a parking or its end, as an act of its own or as part of a judgement's."""
    assignment.is_parked = is_parked
    session.add(assignment)
    session.add(
        Parking(
            round_id=desk.round_id,
            coder_id=desk.coder.coder_id,
            act=act,
            undoes=undoes,
            card_id=assignment.card_id,
            is_parked=is_parked,
            at=now(),
        )
    )


def hand_in(session: Session, round_id: int, coder_id: int) -> None:
    """Say that the coder is finished; 409 while a card is not dealt with."""
    desk = sit_down(session, round_id, coder_id)
    n_left = session.exec(
        select(func.count())
        .select_from(Assignment)
        .where(
            Assignment.round_id == round_id,
            Assignment.coder_id == coder_id,
            col(Assignment.is_done).is_(False),
        )
    ).one()
    if n_left:
        cards = "1 card still waits" if n_left == 1 else f"{n_left} cards still wait"
        raise Conflict(f"{cards} for you. Judge each, or say that you cannot judge it.")
    desk.coder.submitted_at = now()
    session.add(desk.coder)


def take_back(session: Session, round_id: int, coder_id: int) -> None:
    """Reopen the coder's own work; only while the round is open.

    What the others chose and how far they are is still hidden then, from a lead who codes here
    too: handing in shows only who else has (`progress.visible_progress`).
    """
    # Locked like any other act: a closing that has begun is waited for, and wins.
    round_, coder = _lock(session, round_id, coder_id)
    if round_.phase != Phase.OPEN:
        raise Conflict("This round is closed; what was handed in stays as it is.")
    coder.submitted_at = None
    session.add(coder)
