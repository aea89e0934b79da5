"""When a coder saved last, and how fast the coder goes: from the own rows, for the coder alone."""

import math
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from statistics import median
from typing import Annotated, Any

from pydantic import BeforeValidator
from sqlmodel import Session, col

from app.coding.models import Placement, Round
from app.coding.visibility import Viewer, visible_history

LONGEST = 3600.0  # seconds; a card that stays in view longer was not read all the time
FEWEST_CARDS = 5
NEWEST_ACTS = 200


def _measured(value: Any) -> float | None:
    """Return what a browser measured, within bounds; a clock that is odd must lose no judgement."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return round(min(seconds, LONGEST), 1) if math.isfinite(seconds) and seconds >= 0 else None


Seconds = Annotated[float | None, BeforeValidator(_measured)]


@dataclass(frozen=True, slots=True)
class OwnPace:
    """The median of the coder's last cards."""

    seconds: float
    n_cards: int

    def minutes_for(self, n_cards: int) -> int:
        return math.ceil(self.seconds * n_cards / 60)


def own_pace(session: Session, round_: Round, coder_id: int) -> OwnPace | None:
    """Return how long the coder needs for a card, all its facets; None before anybody can tell.

    Only the newest acts count, so that the estimate follows a coder who finds a rhythm or tires.
    The card at hand is left out: its facets may not all be judged.
    """
    statement = (
        visible_history(Viewer(coder_id), round_)
        .where(Placement.coder_id == coder_id, col(Placement.seconds).is_not(None))
        .with_only_columns(col(Placement.card_id), col(Placement.seconds))
        .order_by(col(Placement.act).desc())
        .limit(NEWEST_ACTS)
    )
    rows = session.connection().execute(statement).all()
    timed = [(card_id, seconds or 0.0) for card_id, seconds in rows]
    cards = [sum(one[1] for one in acts) for _, acts in groupby(timed, key=lambda one: one[0])][1:]
    return OwnPace(median(cards), len(cards)) if len(cards) >= FEWEST_CARDS else None


def last_own_save(session: Session, round_: Round, coder_id: int) -> datetime | None:
    """Return when the coder last judged a card of the round."""
    newest = (
        visible_history(Viewer(coder_id), round_)
        .where(Placement.coder_id == coder_id)
        .with_only_columns(col(Placement.at))
        .order_by(col(Placement.act).desc())
        .limit(1)
    )
    return session.execute(newest).scalars().first()
