"""When a coder saved last, and how fast the coder goes: from the own rows, for the coder alone."""

from datetime import datetime

from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app.coding.models import Placement, Round
from app.coding.visibility import Viewer, visible_history


def last_own_save(session: Session, round_: Round, coder_id: int) -> datetime | None:
    """Return when the coder last judged a card of the round."""
    newest = (
        visible_history(Viewer(coder_id), round_)
        .where(Placement.coder_id == coder_id)
        .order_by(col(Placement.act).desc())
        .limit(1)
        .subquery()
    )
    return session.execute(select_columns(newest.c.at)).scalars().first()
