"""What an act on piles does to the cards that lie in them."""

from collections.abc import Sequence

from sqlmodel import Session

from app.coding.desks import Desk, Judgement, add_placement, take_card
from app.coding.judged import placed_in_piles
from app.coding.models import Placement
from app.coding.pile_rules import OwnPile
from app.coding.placing import lay_down
from app.coding.rules import Value
from app.coding.visibility import Viewer


def lay_all(session: Session, desk: Desk, made: OwnPile, card_ids: Sequence[int]) -> None:
    """Lay cards into a pile, each out of what it lay in."""
    for card_id in dict.fromkeys(card_ids):
        hand = take_card(session, desk, card_id)
        newest = hand.saved.get(made.facet_id)
        said = Judgement(
            card_id=card_id,
            facet_id=made.facet_id,
            value=Value.CATEGORIES,
            pile_numbers=(made.number,),
            confidence=newest.confidence if newest else None,
            memo=newest.memo if newest else "",
            seen_turn=newest.turn if newest else 0,
        )
        lay_down(session, hand, said)


def lying_in(session: Session, desk: Desk, pile: OwnPile) -> list[Placement]:
    """Return what the coder says of the cards that lie in an own pile."""
    own = placed_in_piles(session, Viewer(desk.coder.coder_id), desk.round_, pile.facet_id)
    return [one for one in own if pile.number in one.pile_numbers]


def pour(session: Session, desk: Desk, pile: OwnPile, into: int) -> None:
    """Lay all cards of a pile into another one."""
    shift(session, desk, lying_in(session, desk, pile), pile.number, into)


def shift(
    session: Session, desk: Desk, lying: Sequence[Placement], source: int, target: int
) -> None:
    """Lay cards from one own pile into another; what else is said of them stays."""
    # Straight in: nothing but the pile changes, so a card put aside for a second look stays so.
    for one in lying:
        piles = {target if number == source else number for number in one.pile_numbers}
        said = Judgement(
            card_id=one.card_id,
            facet_id=one.facet_id,
            value=Value(one.value),
            category_ids=tuple(one.category_ids),
            pile_numbers=tuple(piles),
            confidence=one.confidence,
            memo=one.memo,
        )
        add_placement(session, desk, said, turn=one.turn + 1)
