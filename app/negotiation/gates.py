"""What has been decided on the facet that another facet's gate asks for."""

from sqlmodel import Session, select

from app.codebook.content import FacetContent
from app.coding.gating import kept_out
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.coding.rules import Value
from app.negotiation.models import Decision, Disagreement
from app.negotiation.naming import named_answer, words_of
from app.negotiation.positions import answer_of
from app.negotiation.service import decisions_on


def gate_decided(
    session: Session, round_: Round, facet: FacetContent, card_id: int
) -> tuple[Value | None, str]:
    """Return what the gate of a facet makes of a card by decision, and that in words.

    Without words nothing that bears on the facet was decided.
    """
    if facet.gate is None:
        return None, ""
    asked = next(
        (one for one in facets_of_round(session, round_) if one.id == facet.gate.facet_id), None
    )
    decision = _decision_on(session, round_, facet.gate.facet_id, card_id)
    if asked is None or decision is None:
        return None, ""
    closed = kept_out(facet.gate, decision)
    answer = words_of(named_answer(asked, answer_of(decision)))
    follows = "applies" if closed is None else "does not apply"
    return closed, f"{asked.name} was decided as “{answer}”, so {facet.name} {follows}."


def _decision_on(session: Session, round_: Round, facet_id: int, card_id: int) -> Decision | None:
    statement = select(Disagreement).where(
        Disagreement.round_id == round_.id,
        Disagreement.facet_id == facet_id,
        Disagreement.card_id == card_id,
        Disagreement.state == "decided",
    )
    found = session.exec(statement).first()
    newest = next(iter(decisions_on(session, found)), None) if found else None
    return newest if newest is not None and newest.value != Value.NOT_JUDGED else None
