"""Closing a round, and the team's talk about what its coders disagree on."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.coding.models import Round
from app.coding.rules import Phase
from app.errors import Conflict, NotFound
from app.negotiation.differing import IS_DISAGREEMENT
from app.negotiation.models import Decision, Disagreement
from app.negotiation.rules import Stage


def disagreements(
    session: Session, round_: Round, *, facet_id: int | None = None, state: str = ""
) -> Sequence[Disagreement]:
    """Return the round's disagreements in the order of the agenda, facet by facet."""
    statement = select(Disagreement).where(Disagreement.round_id == round_.id, IS_DISAGREEMENT)
    if facet_id is not None:
        statement = statement.where(Disagreement.facet_id == facet_id)
    if state:
        statement = statement.where(Disagreement.state == state)
    order = (col(Disagreement.facet_id), col(Disagreement.place), col(Disagreement.id))
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
        .where(Disagreement.round_id == round_.id, IS_DISAGREEMENT)
        .group_by(Disagreement.state)
    )
    counts = {"open": 0, "decided": 0, "deferred": 0}
    counts.update(dict(session.exec(statement).all()))
    return counts


def n_proposed_anew(session: Session, round_: Round) -> int:
    """Return on how many settled cards a new proposal waits for an answer."""
    statement = select(func.count()).where(
        Disagreement.round_id == round_.id,
        Disagreement.stage == Stage.PROPOSED,
        Disagreement.state != "open",
    )
    return session.exec(statement).one()


def decisions_on(session: Session, disagreement: Disagreement) -> Sequence[Decision]:
    """Return what was decided, the newest first; only that one counts."""
    statement = select(Decision).where(Decision.disagreement_id == disagreement.id)
    return session.exec(statement.order_by(col(Decision.revision).desc())).all()


class StaleDecision(Conflict):
    """Somebody else decided, or changed the decision, since the page was opened."""


def check_is_not_decided(disagreement: Disagreement) -> None:
    """Raise Conflict where a decision counts: only the parties together may undo it."""
    if disagreement.state == "decided":
        raise Conflict(
            "This card is decided. To change that, propose something else: it counts when every "
            "coder of the card has confirmed it. Nothing was changed."
        )


def check_negotiating(session: Session, disagreement: Disagreement) -> Round:
    """Return the round of a disagreement; 409 when its negotiation is over."""
    # The lock waits for whoever is finishing the round, and lets others decide meanwhile.
    round_ = session.get_one(
        Round, disagreement.round_id, with_for_update={"read": True}, populate_existing=True
    )
    if round_.phase != Phase.NEGOTIATING:
        raise Conflict(f"This round is {round_.phase}; its negotiation is over.")
    return round_


def id_of(disagreement: Disagreement) -> int:
    if disagreement.id is None:
        raise RuntimeError("the disagreement was not saved")
    return disagreement.id
