"""How a disagreement comes to an end: a decision is added, nothing before it is touched."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import Session

from app.activity.service import record
from app.codebook.content import Choice, FacetContent
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.coding.rules import Value, refuse_value
from app.corpus.models import Card
from app.db import now
from app.errors import Invalid
from app.negotiation.events import note_event
from app.negotiation.gates import gate_decided
from app.negotiation.models import Decision, Disagreement
from app.negotiation.positions import answer_of, positions_on_card
from app.negotiation.rules import Cause, Outcome, Stage, refuse_outcome, refuse_words
from app.negotiation.service import id_of
from app.studies.models import Membership


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a card is to count as, what came of the talk, and why.

    What is put off, and an agreement that is upheld, has no cause.
    """

    value: Value
    category_ids: tuple[int, ...]
    outcome: Outcome
    cause: Cause | Literal[""]
    rationale: str

    @property
    def has_label(self) -> bool:
        return self.value is not Value.NOT_JUDGED


@dataclass(frozen=True, slots=True)
class Ending:
    """Under which circumstances a decision came about."""

    event: str
    proposal_id: int | None = None
    owner_id: int | None = None
    due_on: date | None = None
    n_absent: int = 0  # coders who judged the card and left before they could answer


def facet_of_disagreement(session: Session, round_: Round, found: Disagreement) -> FacetContent:
    """Return the facet as the round's codebook version has it."""
    facets = {facet.id: facet for facet in facets_of_round(session, round_)}
    return facets[found.facet_id]


def check_settlement(
    session: Session, round_: Round, found: Disagreement, settlement: Settlement
) -> None:
    """Raise Invalid, naming the field, when a card cannot be settled like this."""
    facet = facet_of_disagreement(session, round_, found)
    is_multiple = facet.choice is Choice.MULTIPLE
    reason = refuse_words(
        settlement.outcome, has_label=settlement.has_label, rationale=settlement.rationale
    )
    if reason is not None:
        field = "rationale" if not settlement.rationale.strip() else "outcome"
        raise Invalid(reason, field=field)
    if not settlement.has_label:
        return
    closed, words = gate_decided(session, round_, facet, found.card_id)
    if closed is Value.NOT_APPLICABLE and settlement.value is not closed:
        raise Invalid(f"{words} Decide that facet anew first.", field="category_ids")
    known = {category.id for category in facet.categories}
    reason = refuse_value(settlement.value, settlement.category_ids, known, is_multiple=is_multiple)
    if reason is not None:
        raise Invalid(reason, field="category_ids")
    said = {one.answer for one in positions_on_card(session, round_, found)}
    reason = refuse_outcome(
        settlement.outcome, answer_of(settlement), said, is_multiple=is_multiple
    )
    if reason is not None:
        raise Invalid(reason, field="outcome")


def settle(
    session: Session,
    round_: Round,
    found: Disagreement,
    settlement: Settlement,
    ending: Ending,
    *,
    by: Membership,
) -> Decision:
    """Add the decision that counts from now on; `by` proposed it, arbitrated it or put it off."""
    decision = Decision(
        study_id=found.study_id,
        disagreement_id=id_of(found),
        revision=found.revision,
        value=settlement.value,
        category_ids=sorted(set(settlement.category_ids)),
        outcome=settlement.outcome,
        cause=settlement.cause,
        rationale=settlement.rationale.strip(),
        decided_by=by.id,
        proposal_id=ending.proposal_id,
        owner_id=ending.owner_id,
        due_on=ending.due_on,
        at=now(),
    )
    found.revision += 1
    found.state = "deferred" if settlement.outcome is Outcome.DEFERRED else "decided"
    found.stage = Stage.CLOSED
    session.add(found)
    session.add(decision)
    detail: dict[str, object] = {"outcome": settlement.outcome}
    if ending.n_absent:
        detail["n_absent"] = ending.n_absent
    note_event(session, round_, found, ending.event, by=by.id, detail=detail)
    facet = facet_of_disagreement(session, round_, found)
    record(
        session,
        found.study_id,
        account_id=by.account_id,
        kind="disagreement decided",
        subject=str(found.id),
        detail={
            "outcome": settlement.outcome,
            "cause": settlement.cause,
            "card": session.get_one(Card, found.card_id).key,
            "facet": facet.name,
            "round_id": round_.id,
        },
    )
    return decision
