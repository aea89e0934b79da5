"""What becomes of decided clauses: the lead takes or drops those that wait; a version ends them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.codebook.models import Category
from app.errors import Conflict, Invalid, NotFound
from app.negotiation.clauses import ClauseDraft, ClauseKind, carry_out
from app.negotiation.models import Clause
from app.text import is_blank

_OUT_OF_THE_DRAFT = frozenset({ClauseKind.MERGE, ClauseKind.SPLIT, ClauseKind.RETIRE})


def waiting_clauses(session: Session, study_id: int) -> Sequence[Clause]:
    """Return what the team decided and what did not fit into the draft, oldest first."""
    statement = select(Clause).where(Clause.study_id == study_id, Clause.state == "waiting")
    return session.exec(statement.order_by(col(Clause.id))).all()


def find_clause(session: Session, study_id: int, clause_id: int) -> Clause:
    """Return a clause of this study; 404 for any other."""
    found = session.get(Clause, clause_id)
    if found is None or found.study_id != study_id or found.state == "proposed":
        raise NotFound
    return found


def take_clause(session: Session, clause: Clause, wanted: ClauseDraft, *, by: int | None) -> None:
    """Write a waiting clause into the draft as the lead words it; raises where it does not fit."""
    _check_waits(session, clause)
    carry_out(session, clause, wanted, by=by)


def drop_clause(session: Session, clause: Clause, *, reason: str) -> None:
    """Let a waiting clause be, and keep why."""
    _check_waits(session, clause)
    if is_blank(reason):
        raise Invalid("Say why this is not taken into the codebook.", field="reason")
    clause.state, clause.reason = "dropped", reason.strip()
    session.add(clause)


def _check_waits(session: Session, clause: Clause) -> None:
    session.refresh(clause, with_for_update=True)
    if clause.state != "waiting":
        raise Conflict(
            "Somebody dealt with this while your page was open. Nothing was changed; "
            "open the codebook again to see what became of it."
        )


def publish_clauses(session: Session, study_id: int, version_id: int) -> None:
    """Note the version in which the clauses of the draft were published.

    A merge, split or retirement that was taken back before publishing is dropped.
    """
    statement = select(Clause).where(Clause.study_id == study_id, Clause.state == "in_draft")
    for clause in session.exec(statement).all():
        row = session.get(Category, clause.category_id) if clause.category_id else None
        if clause.kind in _OUT_OF_THE_DRAFT and row is not None and row.retired_at is None:
            clause.state, clause.reason = "dropped", "It was taken back before publishing."
        else:
            clause.state, clause.version_id = "published", version_id
        session.add(clause)
