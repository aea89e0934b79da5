"""Judgements that a codebook version puts in question."""

from collections.abc import Iterable, Sequence

from sqlalchemy import insert
from sqlmodel import Session, col, select

from app.coding.models import AffectedCard, Round
from app.coding.rules import CardChoice


def note_affected(
    session: Session, study_id: int, version_id: int, rows: Iterable[tuple[int, int, int, str]]
) -> None:
    """Store who should judge which card again: (coder, card, facet, reason) of each."""
    values = [
        {
            "study_id": study_id,
            "version_id": version_id,
            "coder_id": coder_id,
            "card_id": card_id,
            "facet_id": facet_id,
            "reason": reason,
        }
        for coder_id, card_id, facet_id, reason in rows
    ]
    if values:
        session.connection().execute(insert(AffectedCard), values)


def affected_by(session: Session, version_id: int) -> Sequence[AffectedCard]:
    """Return who should judge which card again because of a version."""
    statement = select(AffectedCard).where(AffectedCard.version_id == version_id)
    order = (col(AffectedCard.facet_id), col(AffectedCard.card_id), col(AffectedCard.coder_id))
    return session.exec(statement.order_by(*order)).all()


def recode_round_of(session: Session, study_id: int, version_id: int) -> Round | None:
    """Return the first round that codes again what a version puts in question, if there is one."""
    rounds = session.exec(select(Round).where(Round.study_id == study_id).order_by(col(Round.id)))
    return next(
        (
            one
            for one in rounds
            if one.plan.get("cards") == CardChoice.AFFECTED
            and one.plan.get("affected_by") == version_id
        ),
        None,
    )
