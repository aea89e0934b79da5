"""Acts of a coder that are one: moving many cards at once, and taking that back."""

from sqlmodel import Session, col, select

from app.coding.board_models import ActGroup
from app.coding.desks import Desk


def note_as_one(session: Session, desk: Desk, first_act: int) -> None:
    """Note that all acts from this number to the coder's last one are one."""
    if desk.coder.n_acts > first_act:
        session.add(
            ActGroup(
                round_id=desk.round_id,
                coder_id=desk.coder.coder_id,
                first_act=first_act,
                last_act=desk.coder.n_acts,
            )
        )


def group_with(session: Session, desk: Desk, act: int) -> ActGroup | None:
    """Return the group to which an act belongs; None for an act by itself."""
    statement = (
        select(ActGroup)
        .where(
            ActGroup.round_id == desk.round_id,
            ActGroup.coder_id == desk.coder.coder_id,
            ActGroup.first_act <= act,
        )
        .order_by(col(ActGroup.first_act).desc())
        .limit(1)
    )
    nearest = session.exec(statement).first()
    return nearest if nearest is not None and act <= nearest.last_act else None
