"""Which cards the team has talked about: they are coded again, and never count as reliability."""

from collections.abc import Iterable

from sqlmodel import Session, select

from app.coding.models import Exposure, Round
from app.db import insert_new, now
from app.sources.lineage import with_descendants


def expose_cards(session: Session, round_: Round, card_ids: Iterable[int]) -> None:
    """Note that these cards were talked about; the first time counts."""
    at = now()
    for card_id in card_ids:
        row = {"card_id": card_id, "study_id": round_.study_id, "round_id": round_.id}
        insert_new(session, Exposure, {**row, "at": at})


def exposed_card_ids(session: Session, study_id: int) -> set[int]:
    """Return the cards of a study that the team has talked about, and what was cut from them."""
    statement = select(Exposure.card_id).where(Exposure.study_id == study_id)
    return with_descendants(session, study_id, session.exec(statement).all())
