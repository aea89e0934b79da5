"""Moving several cards as one act: all of them or none, and one undoing takes all back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.codebook.content import Choice, FacetContent
from app.coding.act_groups import note_as_one
from app.coding.desks import Desk, Hand, Judgement
from app.coding.models import Assignment, Placement
from app.coding.pile_rules import key_of
from app.coding.placing import lay_down
from app.coding.rules import Value
from app.coding.said import Said, judgement_of
from app.coding.sorted_facets import facet_at
from app.coding.visibility import own_on_cards
from app.errors import Conflict, Invalid, NotFound

MOST_AT_ONCE = 500
ASK_BEYOND = 50


@dataclass(frozen=True, slots=True)
class Lot:
    """A card to be moved, the turn the page showed of it, and the key of the pile it leaves."""

    card_id: int
    seen_turn: int
    leaves: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the cards go: into categories and own piles, or to one of the ways to have none."""

    value: Value
    category_ids: tuple[int, ...] = ()
    pile_numbers: tuple[int, ...] = ()


class StaleCards(Conflict):
    """The coder judged some of the cards elsewhere meanwhile; none was moved."""

    def __init__(self, card_ids: Sequence[int], n_all: int) -> None:
        n = len(card_ids)
        some = "1 card was" if n == 1 else f"{n} cards were"
        super().__init__(
            f"{some} judged in another tab since this page was opened. "
            f"None of the {n_all} was moved."
        )
        self.card_ids = tuple(card_ids)


def place_together(
    session: Session, desk: Desk, facet_id: int, lots: Sequence[Lot], goal: Goal
) -> int:
    """Lay all these cards there, as one act; return how many did not lie there yet.

    Where a facet takes several piles, a card leaves the one named in its lot and keeps the others.
    """
    facet = facet_at(desk.round_, desk.codebook, facet_id)
    by_card = {lot.card_id: lot for lot in lots}
    if not by_card:
        raise Invalid("Pick the cards to move first.", field="cards")
    if len(by_card) > MOST_AT_ONCE:
        raise Invalid(
            f"At most {MOST_AT_ONCE} cards move at once; you picked {len(by_card):,}. "
            "Nothing was moved.",
            field="cards",
        )
    hands = _take_cards(session, desk, list(by_card))
    stale = [one for one, hand in hands.items() if _turn(hand, facet_id) != by_card[one].seen_turn]
    if stale:
        raise StaleCards(stale, len(by_card))
    first, n_moved = desk.coder.n_acts + 1, 0
    with session.no_autoflush:  # nothing that is asked in between depends on the rows added
        for card_id, lot in by_card.items():
            saved = hands[card_id].saved.get(facet_id)
            said = _judgement(facet, lot, goal, saved)
            if not _is_so(said, saved):
                lay_down(session, hands[card_id], said)
                n_moved += 1
    note_as_one(session, desk, first)
    return n_moved


def _take_cards(session: Session, desk: Desk, card_ids: Sequence[int]) -> Mapping[int, Hand]:
    """Return the cards in the coder's hand, read at once; 404 if one was not given to them."""
    coder_id = desk.coder.coder_id
    statement = select(Assignment).where(
        Assignment.round_id == desk.round_id,
        Assignment.coder_id == coder_id,
        col(Assignment.card_id).in_(card_ids),
    )
    given = {found.card_id: found for found in session.exec(statement)}
    if len(given) < len(card_ids):
        raise NotFound
    saved = own_on_cards(session, desk.round_, coder_id, card_ids)
    return {one: Hand(desk, given[one], saved[one]) for one in card_ids}


def _turn(hand: Hand, facet_id: int) -> int:
    newest = hand.saved.get(facet_id)
    return newest.turn if newest else 0


def _judgement(facet: FacetContent, lot: Lot, goal: Goal, saved: Placement | None) -> Judgement:
    categories, piles = set(goal.category_ids), set(goal.pile_numbers)
    if facet.choice is Choice.MULTIPLE and goal.value is Value.CATEGORIES and lot.leaves and saved:
        categories |= {one for one in saved.category_ids if str(one) != lot.leaves}
        piles |= {one for one in saved.pile_numbers if key_of(one) != lot.leaves}
    said = Said(
        card_id=lot.card_id,
        facet_id=facet.id,
        seen_turn=lot.seen_turn,
        value=goal.value,
        category_ids=sorted(categories),
        pile_numbers=sorted(piles),
        confidence=None,
        has_confidence=False,
        memo=None,
    )
    return judgement_of(said, saved)


def _is_so(said: Judgement, saved: Placement | None) -> bool:
    """Whether the card lies there already."""
    if saved is None:
        return said.value is Value.NOT_JUDGED
    return (said.value, list(said.category_ids), list(said.pile_numbers)) == (
        saved.value,
        sorted(saved.category_ids),
        sorted(saved.pile_numbers),
    )
