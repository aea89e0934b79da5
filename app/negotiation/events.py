"""The acts of a negotiation, in order: minutes and open pages follow them."""

from collections.abc import Mapping

from sqlmodel import Session

from app.activity.bell import Topic, ring_after_commit
from app.coding.exposing import expose_cards
from app.coding.models import Round
from app.coding.rounds import round_id_of
from app.db import now
from app.negotiation.models import Disagreement, TalkEvent


def talk_topic(round_id: int) -> Topic:
    """Return what wakes the open pages of a round's talk."""
    return ("talk", round_id, 0)


def note_event(
    session: Session,
    round_: Round,
    found: Disagreement | None,
    kind: str,
    *,
    by: int | None,
    meeting_id: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add an act; `detail` must hold nothing that is sealed from anybody in the study.

    Whatever happens on a card but sealing a statement means that it is talked about.
    """
    session.add(
        TalkEvent(
            study_id=round_.study_id,
            round_id=round_id_of(round_),
            disagreement_id=found.id if found else None,
            meeting_id=meeting_id,
            member_id=by,
            kind=kind,
            detail=dict(detail or {}),
            at=now(),
        )
    )
    ring_after_commit(session, talk_topic(round_id_of(round_)))
    if found is not None and kind != "sealed":
        expose_cards(session, round_, [found.card_id])
