"""What a form of sorting says of a card, and the judgement that it makes of what is saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.coding.desks import Judgement
from app.coding.models import Placement
from app.coding.rules import Value
from app.coding.sorting import NOTHING_SAID, held


@dataclass(frozen=True, slots=True)
class Said:
    """What a form says; None, and `has_confidence` False, leave what is saved as it is.

    With `new_pile` the card goes into a pile of this name that is made with the judgement.
    """

    card_id: int
    facet_id: int
    seen_turn: int
    value: Value | None
    category_ids: Sequence[int]
    confidence: int | None
    has_confidence: bool
    memo: str | None
    pile_numbers: Sequence[int] = ()
    new_pile: str = ""
    new_description: str = ""
    seconds: float | None = None


def judgement_of(said: Said, newest: Placement | None) -> Judgement:
    """Return the whole judgement, what the form leaves out taken from what is saved."""
    saved = held(newest) if newest else NOTHING_SAID
    return Judgement(
        card_id=said.card_id,
        facet_id=said.facet_id,
        value=saved.value if said.value is None else said.value,
        category_ids=saved.category_ids if said.value is None else tuple(said.category_ids),
        pile_numbers=saved.pile_numbers if said.value is None else tuple(said.pile_numbers),
        confidence=said.confidence if said.has_confidence else saved.confidence,
        memo=saved.memo if said.memo is None else said.memo,
        seen_turn=said.seen_turn,
        seconds=None if said.value is None else said.seconds,
    )
