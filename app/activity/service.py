"""The audit trail, and the rule that a write sent twice happens once."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, column, table, update
from sqlmodel import Session, col, select

from app.activity.models import Activity, Operation
from app.db import insert_new, now
from app.errors import Conflict

# The counter lives on the study's row, whose model belongs to a feature further up.
_study = table("study", column("id"), column("seq"))


def record(
    session: Session,
    study_id: int,
    *,
    account_id: int | None,
    kind: str,
    subject: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add a line to the study's audit trail.

    Placements are not recorded here: they are their own history, and a number that moves with
    every coder's placement would tell the others that somebody is at work.
    """
    session.add(
        Activity(
            study_id=study_id,
            seq=_next_seq(session, study_id),
            at=now(),
            account_id=account_id,
            kind=kind,
            subject=subject[:200],
            detail=dict(detail or {}),
        )
    )


def _next_seq(session: Session, study_id: int) -> int:
    """Count up on the study's row: its lock makes the order that of the commits."""
    statement = (
        update(_study).where(_study.c.id == study_id).values(seq=_study.c.seq + 1)
    ).returning(_study.c.seq)
    return int(session.connection().execute(statement).scalar_one())


def latest(session: Session, study_id: int, *, limit: int = 50) -> Sequence[Activity]:
    """Return the newest lines of a study's audit trail, newest first."""
    statement = (
        select(Activity)
        .where(Activity.study_id == study_id)
        .order_by(col(Activity.seq).desc())
        .limit(limit)
    )
    return session.exec(statement).all()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation led to, and whether it had been carried out before."""

    result: str
    is_repeat: bool


# Built once: every write of every page runs it.
_NOTE_OUTCOME = (
    update(Operation)
    .where(
        col(Operation.account_id) == bindparam("of_account"),
        col(Operation.operation_id) == bindparam("of_operation"),
    )
    .values(outcome=bindparam("result"))
)


def once(
    session: Session,
    *,
    account_id: int,
    operation_id: str,
    content: Mapping[str, object],
    act: Callable[[], str],
) -> Outcome:
    """Carry out a write unless it was carried out before; return its first outcome either way.

    Raises Conflict when the operation id was used for something else.
    """
    fingerprint = hashlib.sha256(
        json.dumps(content, sort_keys=True, default=str, ensure_ascii=True).encode()
    ).hexdigest()
    key = {"account_id": account_id, "operation_id": operation_id}
    fresh = insert_new(
        session, Operation, {**key, "fingerprint": fingerprint, "outcome": "", "at": now()}
    )
    if not fresh:
        return _first_outcome(session, account_id, operation_id, fingerprint)
    result = act()
    outcome = {"of_account": account_id, "of_operation": operation_id, "result": result}
    session.connection().execute(_NOTE_OUTCOME, outcome)
    return Outcome(result, is_repeat=False)


def _first_outcome(
    session: Session, account_id: int, operation_id: str, fingerprint: str
) -> Outcome:
    earlier = session.get_one(Operation, (account_id, operation_id))
    if earlier.fingerprint != fingerprint:
        raise Conflict(
            "This form was already sent with other content. Nothing was changed; "
            "open the page again and repeat your change."
        )
    return Outcome(earlier.outcome, is_repeat=True)
