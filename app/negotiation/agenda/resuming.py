"""Where somebody stopped in a negotiation, and with which card they go on."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from app.coding.models import Round
from app.corpus.models import Card
from app.db import now
from app.negotiation.agenda.listing import Entry
from app.negotiation.agenda.pages import Step
from app.negotiation.agenda.reading import Standing
from app.negotiation.agenda.words import on_day
from app.negotiation.models import Disagreement, TalkEvent
from app.negotiation.naming import agenda_url
from app.studies.deps import Here


@dataclass(frozen=True, slots=True)
class Stopped:
    """The card on which somebody acted last."""

    disagreement_id: int
    step: Step


def where_stopped(session: Session, here: Here, round_: Round) -> Stopped | None:
    """Return the card on which this person acted last in the round."""
    statement = (
        select(col(TalkEvent.disagreement_id), col(Card.key), col(TalkEvent.at))
        .join(Disagreement, col(Disagreement.id) == col(TalkEvent.disagreement_id))
        .join(Card, col(Card.id) == col(Disagreement.card_id))
        .where(
            col(TalkEvent.round_id) == round_.id,
            col(TalkEvent.member_id) == here.member_id,
            col(TalkEvent.kind) != "opened",
        )
        .order_by(col(TalkEvent.id).desc())
        .limit(1)
    )
    row = session.connection().execute(statement).first()
    if row is None or row[0] is None:
        return None
    found, key, at = row[0], row[1], row[2]
    words = f"{key} {on_day(at.date(), now().date())}"
    return Stopped(found, Step(words, f"{agenda_url(here, round_)}/{found}"))


def next_entry(standing: Standing, stopped: Stopped | None) -> Entry | None:
    """Return with which card to go on.

    First what others wait for; then the card where this person stopped, or what follows it in its
    cluster; then the first open card; last what was deferred.
    """
    talked = standing.talked
    answers = (one for one in talked if one.id in standing.to_answer)
    is_open = [one for one in talked if one.state == "open"]
    last = next((one for one in talked if stopped and one.id == stopped.disagreement_id), None)
    return (
        next(answers, None)
        or (_from(last, is_open) if last else None)
        or next(iter(is_open), None)
        or next((one for one in talked if one.state == "deferred"), None)
    )


def _from(last: Entry, is_open: Iterable[Entry]) -> Entry | None:
    ahead = sorted(
        is_open, key=lambda one: (one.key != last.key, one.number < last.number, one.number)
    )
    return next((one for one in ahead if one.id == last.id), None) or next(iter(ahead), None)
