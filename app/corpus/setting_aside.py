"""Cards that no round takes in any more, and back. Nothing is deleted; open rounds keep theirs."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.activity.service import record
from app.corpus.models import Card
from app.db import now
from app.errors import Conflict, NotFound


def locked_cards(session: Session, study_id: int, card_ids: Sequence[int]) -> list[Card]:
    """Return cards of this study in the order asked for, locked; one of another is not found."""
    statement = (
        select(Card)
        .where(Card.study_id == study_id, col(Card.id).in_(card_ids))
        .order_by(col(Card.id))
        .with_for_update()
    )
    found = {card.id: card for card in session.exec(statement)}
    if len(found) < len(set(card_ids)):
        raise NotFound
    return [found[card_id] for card_id in card_ids]


def set_aside(session: Session, cards: Sequence[Card], reason: str) -> None:
    """Keep these cards out of rounds to come."""
    check_in_use(cards)
    for card in cards:
        card.set_aside_at, card.set_aside_reason = now(), reason
        session.add(card)


def check_in_use(cards: Sequence[Card]) -> None:
    """Raise `Conflict` when one of the cards is set aside."""
    for card in cards:
        if card.set_aside_at is not None:
            raise Conflict(f"Card {card.key} is set aside already. Nothing was changed.")


def set_card_aside(session: Session, card: Card, reason: str, *, by: int) -> None:
    set_aside(session, [card], reason)
    record(
        session,
        card.study_id,
        account_id=by,
        kind="card set aside",
        subject=card.key,
        detail={"reason": reason},
    )


def take_card_back(session: Session, card: Card, *, by: int) -> None:
    """Let rounds to come take the card in again."""
    if card.set_aside_at is None:
        raise Conflict(f"Card {card.key} is not set aside.")
    card.set_aside_at, card.set_aside_reason = None, ""
    session.add(card)
    record(session, card.study_id, account_id=by, kind="card taken back", subject=card.key)
