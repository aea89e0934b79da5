"""The proposal that waits for voices on a card, and its end without a decision."""

from sqlmodel import Session, select

from app.db import now
from app.negotiation.clauses import drop_clauses
from app.negotiation.models import Disagreement, Proposal


def end_open_proposal(session: Session, found: Disagreement, status: str) -> None:
    """End the proposal that waits for voices, if there is one; its clauses are let go."""
    row = open_proposal(session, found)
    if row is not None:
        row.status, row.ended_at = status, now()
        session.add(row)
        drop_clauses(session, row, reason=f"The proposal was {status}.")
        session.flush()  # the next one may come in the same transaction


def open_proposal(session: Session, found: Disagreement) -> Proposal | None:
    """Return the proposal that waits for voices, if there is one."""
    statement = select(Proposal).where(
        Proposal.disagreement_id == found.id, Proposal.status == "open"
    )
    return session.exec(statement).first()
