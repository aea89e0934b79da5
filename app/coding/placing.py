"""A coder's acts: judge a card, put it aside (see `undoing` and `handing_in`, too)."""

from sqlmodel import Session

from app.codebook.content import Choice
from app.coding.desks import (
    Desk,
    Hand,
    Judgement,
    add_placement,
    assignment_at,
    count_act,
    sit_down,
    take_card,
)
from app.coding.gate_rows import follow_gates, is_kept_out
from app.coding.models import Assignment, Parking, Placement
from app.coding.rules import Value, is_judged, refuse_value
from app.coding.seen_piles import check_own_piles
from app.coding.sorted_facets import facet_at
from app.db import now
from app.errors import Conflict, Invalid


class StaleJudgement(Conflict):
    """The coder judged the same card elsewhere meanwhile, in another tab for example."""

    def __init__(self, newer: Placement) -> None:
        super().__init__(
            "You judged this card in another tab since this page was opened. "
            "Below is what is saved and what you chose here; choose which one counts."
        )
        self.newer = newer


def lay_down(session: Session, hand: Hand, said: Judgement) -> Hand:
    """Add the coder's judgement as a new row, and what gates make of it; return the hand with both.

    Raises Conflict when a category is gone, the facet's gate is closed or (StaleJudgement) the
    page showed an older turn than the newest.
    """
    _check(session, hand.desk, said)
    newest = hand.saved.get(said.facet_id)
    if said.seen_turn != (newest.turn if newest else 0):
        if newest is None:
            raise Conflict("This page is out of step with what is saved. Open the card again.")
        raise StaleJudgement(newest)
    is_gated = is_kept_out(hand, said) and newest is not None and newest.is_gated
    placement = add_placement(session, hand.desk, said, turn=said.seen_turn + 1, is_gated=is_gated)
    hand = Hand(hand.desk, hand.assignment, hand.saved | {said.facet_id: placement})
    hand = follow_gates(session, hand, placement.act)
    note_whether_done(session, hand)
    if hand.assignment.is_done and hand.assignment.is_parked:
        # Part of the same act, so that undoing the judgement parks the card again.
        add_parking(session, hand.desk, hand.assignment, is_parked=False, act=placement.act)
    return hand


def place_card(session: Session, round_id: int, coder_id: int, said: Judgement) -> Placement:
    """Sit down, take the card, lay it down; return the new row."""
    hand = take_card(session, sit_down(session, round_id, coder_id), said.card_id)
    return lay_down(session, hand, said).saved[said.facet_id]


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
