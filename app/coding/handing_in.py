"""The end of a coder's work in a round, and its taking back while the round is open."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.coding.desks import lock_desk, sit_down
from app.coding.models import Assignment
from app.coding.rules import Phase
from app.db import now
from app.errors import Conflict


def hand_in(session: Session, round_id: int, coder_id: int) -> None:
    """Say that the coder is finished; 409 while a card is not dealt with."""
    desk = sit_down(session, round_id, coder_id)
    n_left = session.exec(
        select(func.count())
        .select_from(Assignment)
        .where(
            Assignment.round_id == round_id,
            Assignment.coder_id == coder_id,
            col(Assignment.is_done).is_(False),
        )
    ).one()
    if n_left:
        cards = "1 card still waits" if n_left == 1 else f"{n_left} cards still wait"
        raise Conflict(f"{cards} for you. Judge each, or say that you cannot judge it.")
    desk.coder.submitted_at = now()
    session.add(desk.coder)


def take_back(session: Session, round_id: int, coder_id: int) -> None:
    """Reopen the coder's own work; only while the round is open.

    What the others chose and how far they are is still hidden then, from a lead who codes here
    too: handing in shows only who else has (`progress.visible_progress`).
    """
    # Locked like any other act: a closing that has begun is waited for, and wins.
    round_, coder = lock_desk(session, round_id, coder_id)
    if round_.phase != Phase.OPEN:
        raise Conflict("This round is closed; what was handed in stays as it is.")
    coder.submitted_at = None
    session.add(coder)
