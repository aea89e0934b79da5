"""What a decision does to the talk about the facets whose gates ask for it.

A facet that cannot apply any more is settled along, never dropped: its disagreement gets a decision
of its own, and comes back on the agenda if the gate opens after all. What the team has decided
there by itself stays; its label follows the gate when it is read (`resolution.gated`).
"""

from sqlmodel import Session, select

from app.codebook.content import FacetContent
from app.coding.gating import kept_out
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.coding.rules import Value
from app.negotiation.events import note_event
from app.negotiation.gates import gate_decided
from app.negotiation.models import Disagreement
from app.negotiation.on_the_table import end_open_proposal
from app.negotiation.rules import Outcome, Stage
from app.negotiation.service import decisions_on
from app.negotiation.settling import Ending, Settlement, settle
from app.studies.models import Membership

BY_THE_GATE = "By the gate: "


def follow_decision(
    session: Session, round_: Round, found: Disagreement, said: Settlement, *, by: Membership
) -> None:
    """Settle what the gates behind this facet close on the card, and reopen what they open."""
    session.flush()  # what was just decided is read again
    for facet in facets_of_round(session, round_):
        if facet.gate is None or facet.gate.facet_id != found.facet_id:
            continue
        behind = _disagreement(session, round_, facet.id, found.card_id)
        if behind is None or behind.stage == Stage.SEALED:
            continue
        if kept_out(facet.gate, said) is Value.NOT_APPLICABLE:
            _close(session, round_, facet, behind, said, by=by)
        elif _is_by_the_gate(session, behind):
            behind.state, behind.stage = "open", Stage.OPENED
            behind.revision += 1
            session.add(behind)
            note_event(session, round_, behind, "opened", by=by.id)


def settle_if_gated(
    session: Session, round_: Round, behind: Disagreement, *, by: Membership
) -> None:
    """Settle a card whose statements have just opened, if its gate was closed meanwhile."""
    facets = {facet.id: facet for facet in facets_of_round(session, round_)}
    facet = facets[behind.facet_id]
    closed, words = gate_decided(session, round_, facet, behind.card_id)
    if closed is Value.NOT_APPLICABLE and words:
        said = Settlement(Value.NOT_APPLICABLE, (), Outcome.GATED, "", words)
        _close(session, round_, facet, behind, said, by=by)


def _disagreement(
    session: Session, round_: Round, facet_id: int, card_id: int
) -> Disagreement | None:
    statement = select(Disagreement).where(
        Disagreement.round_id == round_.id,
        Disagreement.facet_id == facet_id,
        Disagreement.card_id == card_id,
    )
    return session.exec(statement.with_for_update()).first()


def _close(
    session: Session,
    round_: Round,
    facet: FacetContent,
    behind: Disagreement,
    said: Settlement,
    *,
    by: Membership,
) -> None:
    if behind.state == "decided":
        return
    _, words = gate_decided(session, round_, facet, behind.card_id)
    end_open_proposal(session, behind, "replaced")
    # What an arbiter decides is never counted as what the coders settled themselves.
    is_arbitrated = said.outcome is Outcome.ARBITRATED
    settlement = Settlement(
        value=Value.NOT_APPLICABLE,
        category_ids=(),
        outcome=Outcome.ARBITRATED if is_arbitrated else Outcome.GATED,
        cause=said.cause,
        rationale=f"{BY_THE_GATE}{words}",
    )
    event = "arbitrated" if is_arbitrated else "decided"
    settle(session, round_, behind, settlement, Ending(event), by=by)
    follow_decision(session, round_, behind, settlement, by=by)


def _is_by_the_gate(session: Session, behind: Disagreement) -> bool:
    newest = next(iter(decisions_on(session, behind)), None)
    return (
        behind.state == "decided"
        and newest is not None
        and newest.proposal_id is None
        and newest.rationale.startswith(BY_THE_GATE)
    )
