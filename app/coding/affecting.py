"""Judgements that a codebook version puts in question."""

from collections.abc import Iterable, Sequence

from sqlalchemy import insert
from sqlmodel import Session, col, select

from app.coding.models import AffectedCard, Round
from app.coding.rules import CardChoice, Phase


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


def recode_rounds_of(session: Session, study_id: int, version_id: int) -> list[Round]:
    """Return the rounds that code again what a version puts in question; void ones do not."""
    statement = select(Round).where(Round.study_id == study_id, Round.phase != Phase.VOID)
    rounds = session.exec(statement.order_by(col(Round.id)))
    return [
        one
        for one in rounds
        if is_of_affected_cards(one) and one.plan.get("affected_by") == version_id
    ]


def is_of_affected_cards(round_: Round) -> bool:
    """Whether a round codes again what a version puts in question."""
    return bool(round_.plan.get("cards") == CardChoice.AFFECTED)


def asked_again(session: Session, round_: Round) -> set[tuple[int, int]]:
    """Return the (facet, card) pairs that a recode round puts anew, by the version it is about."""
    statement = select(AffectedCard.facet_id, AffectedCard.card_id).where(
        AffectedCard.study_id == round_.study_id,
        AffectedCard.version_id == round_.plan.get("affected_by"),
    )
    return set(session.exec(statement.distinct()).all())


def may_settle(session: Session, round_: Round, facet_id: int, card_id: int) -> bool:
    """Whether a round's label of a card counts: a recode round's only where it was in question."""
    return not is_of_affected_cards(round_) or (facet_id, card_id) in asked_again(session, round_)
