"""What of a round was put off when a meeting ended: who takes care of it, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from app.coding.models import Round
from app.corpus.models import Card
from app.negotiation.models import Decision, Disagreement, TalkEvent
from app.negotiation.naming import agenda_url
from app.negotiation.rules import Outcome
from app.studies.deps import Here


@dataclass(frozen=True, slots=True)
class PutOff:
    """A card that nobody talks about before somebody has taken care of it."""

    card_key: str
    url: str
    in_charge: str
    due_on: date | None

    @property
    def words(self) -> str:
        """Say that it was put off, and until when."""
        return f"put off until {self.due_on:%Y-%m-%d}" if self.due_on else "put off"


def put_off_at(
    session: Session, here: Here, round_: Round, at: datetime, names: Mapping[int, str]
) -> tuple[PutOff, ...]:
    """Return what was put off at that moment, in the order of the days it is put off to."""
    decided = session.exec(
        select(Decision, Card.key)
        .join(Disagreement, col(Disagreement.id) == col(Decision.disagreement_id))
        .join(Card, col(Card.id) == col(Disagreement.card_id))
        .where(Disagreement.round_id == round_.id, Decision.at <= at)
        .order_by(col(Decision.revision), col(Decision.id))
    ).all()
    newest = {one.disagreement_id: (one, key) for one, key in decided}
    taken_up = _taken_up(session, round_, at)
    return tuple(
        PutOff(
            card_key=key,
            url=f"{agenda_url(here, round_)}/{one.disagreement_id}",
            in_charge=names.get(one.owner_id or 0, ""),
            due_on=one.due_on,
        )
        for one, key in sorted(newest.values(), key=lambda row: (row[0].due_on or date.max, row[1]))
        if one.outcome == Outcome.DEFERRED and taken_up.get(one.disagreement_id, one.at) <= one.at
    )


def _taken_up(session: Session, round_: Round, at: datetime) -> dict[int, datetime]:
    """Return when each card was last opened for the talk, or handed to an arbiter."""
    events = session.exec(
        select(TalkEvent.disagreement_id, TalkEvent.at)
        .where(
            TalkEvent.round_id == round_.id,
            col(TalkEvent.kind).in_(("opened", "escalated")),
            TalkEvent.at <= at,
        )
        .order_by(col(TalkEvent.at))
    ).all()
    return {found: when for found, when in events if found is not None}
