"""From which causes the disagreements of a round came, as decided so far."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.coding.models import Round
from app.negotiation.models import Decision, Disagreement
from app.negotiation.rules import WORDS_FOR_CAUSE, Cause, Flag


@dataclass(frozen=True, slots=True)
class Causes:
    """How many decided disagreements came from each cause, and how many are open."""

    counts: tuple[tuple[str, int], ...]
    n_open: int


def causes_of(session: Session, round_: Round, facet_id: int) -> Causes:
    """Return the causes on one facet, counted in the database: there may be 100,000."""
    every = aliased(Decision)
    newest = select(func.max(every.revision)).where(
        col(every.disagreement_id) == col(Disagreement.id)
    )
    decided = (col(Decision.disagreement_id) == col(Disagreement.id)) & (
        col(Decision.revision) == newest.scalar_subquery()
    )
    statement = (
        select(Decision.cause, func.count())
        .select_from(Disagreement)
        .outerjoin(Decision, decided)
        .where(
            col(Disagreement.round_id) == round_.id,
            col(Disagreement.facet_id) == facet_id,
            col(Disagreement.flag) < Flag.FRAGILE_AGREEMENT,
        )
        .group_by(Decision.cause)
    )
    found: dict[str | None, int] = dict(session.exec(statement).all())
    return Causes(
        counts=tuple((WORDS_FOR_CAUSE[one], found[one]) for one in Cause if one in found),
        n_open=found.get(None, 0),
    )
