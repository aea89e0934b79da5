"""Closing a round, and the team's talk about what its coders disagree on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.activity.service import record
from app.codebook.content import Choice, FacetContent
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.coding.rules import Phase, Value, refuse_value
from app.corpus.models import Card
from app.db import now
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.negotiation.models import Decision, Disagreement
from app.negotiation.positions import answer_of, positions_of
from app.negotiation.rules import (
    Cause,
    Outcome,
    Position,
    refuse_decision,
    refuse_outcome,
)
from app.studies.models import Membership
from app.studies.rules import Role


def disagreements(
    session: Session, round_: Round, *, facet_id: int | None = None, state: str = ""
) -> Sequence[Disagreement]:
    """Return the round's disagreements, the most confused pairs first."""
    statement = select(Disagreement).where(Disagreement.round_id == round_.id)
    if facet_id is not None:
        statement = statement.where(Disagreement.facet_id == facet_id)
    if state:
        statement = statement.where(Disagreement.state == state)
    order = (
        col(Disagreement.cluster_size).desc(),
        col(Disagreement.cluster),
        col(Disagreement.flag),
        col(Disagreement.card_id),
    )
    return session.exec(statement.order_by(*order)).all()


def find_disagreement(session: Session, round_: Round, disagreement_id: int) -> Disagreement:
    """Return a disagreement of this round; 404 for any other."""
    found = session.get(Disagreement, disagreement_id)
    if found is None or found.round_id != round_.id:
        raise NotFound
    return found


def counts_by_state(session: Session, round_: Round) -> dict[str, int]:
    """Return how many disagreements of the round are open, decided and deferred."""
    statement = (
        select(Disagreement.state, func.count())
        .where(Disagreement.round_id == round_.id)
        .group_by(Disagreement.state)
    )
    counts = {"open": 0, "decided": 0, "deferred": 0}
    counts.update(dict(session.exec(statement).all()))
    return counts


def decisions_on(session: Session, disagreement: Disagreement) -> Sequence[Decision]:
    """Return what was decided, the newest first; only that one counts."""
    statement = select(Decision).where(Decision.disagreement_id == disagreement.id)
    return session.exec(statement.order_by(col(Decision.revision).desc())).all()


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """What the team decided, and the revision of the page it was decided on."""

    value: Value
    category_ids: tuple[int, ...]
    outcome: Outcome
    cause: Cause
    rationale: str
    revision: int


class StaleDecision(Conflict):
    """Somebody else decided, or changed the decision, since the page was opened."""


def record_decision(
    session: Session, disagreement: Disagreement, draft: DecisionDraft, *, by: Membership
) -> Decision:
    """Add a decision; it replaces an earlier one without touching it, nor any placement."""
    round_ = check_negotiating(session, disagreement)
    session.refresh(disagreement, with_for_update=True)
    if disagreement.revision != draft.revision:
        raise StaleDecision(
            "Somebody decided this while your page was open. Read their decision below; "
            "what you wrote is still here and was not saved."
        )
    facet = _facet_of(session, round_, disagreement)
    _check_label(facet, draft)
    said = positions_of(session, round_, facet.id, disagreement.card_id)[disagreement.card_id]
    _check_role(said, draft, by)
    _check_outcome(said, facet, draft)
    decision = Decision(
        study_id=disagreement.study_id,
        disagreement_id=id_of(disagreement),
        revision=disagreement.revision,
        value=draft.value,
        category_ids=sorted(set(draft.category_ids)),
        outcome=draft.outcome,
        cause=draft.cause,
        rationale=draft.rationale.strip(),
        decided_by=by.id,
        at=now(),
    )
    disagreement.revision += 1
    disagreement.state = "deferred" if draft.outcome is Outcome.DEFERRED else "decided"
    session.add(disagreement)
    session.add(decision)
    record(
        session,
        disagreement.study_id,
        account_id=by.account_id,
        kind="disagreement decided",
        subject=str(disagreement.id),
        detail={
            "outcome": draft.outcome,
            "cause": draft.cause,
            "card": session.get_one(Card, disagreement.card_id).key,
            "facet": facet.name,
            "round_id": round_.id,
        },
    )
    return decision


def check_negotiating(session: Session, disagreement: Disagreement) -> Round:
    """Return the round of a disagreement; 409 when its negotiation is over."""
    # The lock waits for whoever is finishing the round, and lets others decide meanwhile.
    round_ = session.get_one(
        Round, disagreement.round_id, with_for_update={"read": True}, populate_existing=True
    )
    if round_.phase != Phase.NEGOTIATING:
        raise Conflict(f"This round is {round_.phase}; its negotiation is over.")
    return round_


def _facet_of(session: Session, round_: Round, disagreement: Disagreement) -> FacetContent:
    facets = {facet.id: facet for facet in facets_of_round(session, round_)}
    return facets[disagreement.facet_id]


def _check_label(facet: FacetContent, draft: DecisionDraft) -> None:
    if draft.value is Value.NOT_JUDGED:
        return
    known = {category.id for category in facet.categories}
    reason = refuse_value(
        draft.value, draft.category_ids, known, is_multiple=facet.choice is Choice.MULTIPLE
    )
    if reason is not None:
        raise Invalid(reason, field="category_ids")


def _check_role(said: Sequence[Position], draft: DecisionDraft, by: Membership) -> None:
    if by.role == Role.OBSERVER:
        raise Forbidden("Observers read along; they do not decide.")
    is_party = any(one.coder_id == by.id for one in said)
    reason = refuse_decision(
        draft.outcome,
        has_label=draft.value is not Value.NOT_JUDGED,
        rationale=draft.rationale,
        is_arbiter=by.role in {Role.ARBITER, Role.LEAD},
        is_party=is_party,
    )
    if reason is not None:
        raise Invalid(reason, field="outcome")


def _check_outcome(said: Sequence[Position], facet: FacetContent, draft: DecisionDraft) -> None:
    if draft.value is Value.NOT_JUDGED:
        return
    reason = refuse_outcome(
        draft.outcome,
        answer_of(draft),
        {one.answer for one in said},
        is_multiple=facet.choice is Choice.MULTIPLE,
    )
    if reason is not None:
        raise Invalid(reason, field="outcome")


def id_of(disagreement: Disagreement) -> int:
    if disagreement.id is None:
        raise RuntimeError("the disagreement was not saved")
    return disagreement.id
