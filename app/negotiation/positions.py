"""Who said what in a closed round, as text that can be compared."""

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlmodel import Session

from app.coding.judged import Judged, judged, judged_on_card
from app.coding.models import Placement, Round
from app.coding.rules import Value
from app.coding.visibility import NOBODY
from app.negotiation.models import Decision, Disagreement, Proposal
from app.negotiation.rules import Answer, Position

if TYPE_CHECKING:
    from app.negotiation.settling import Settlement


def answer_of(placement: "Judged | Placement | Decision | Proposal | Settlement") -> Answer:
    """Return a judgement as comparable text (see `rules.Answer`)."""
    if placement.value == Value.CATEGORIES:
        return "+".join(map(str, sorted(placement.category_ids)))
    return placement.value


def positions_of(session: Session, round_: Round, facet_id: int) -> dict[int, list[Position]]:
    """Return who said what in a closed round, by card; taken-back judgements are left out."""
    positions: dict[int, list[Position]] = defaultdict(list)
    for found in judged(session, NOBODY, round_, facet_id):
        said = Position(found.coder_id, answer_of(found), found.confidence)
        positions[found.card_id].append(said)
    return positions


def positions_on_card(session: Session, round_: Round, found: Disagreement) -> list[Position]:
    """Return who said what of the card of a disagreement; for rules, never to be shown."""
    return [
        Position(one.coder_id, answer_of(one), one.confidence)
        for one in judged_on_card(session, round_, found.facet_id, found.card_id)
    ]
