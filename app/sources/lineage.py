"""Which card came from which: cards that were split or merged, and their descendants."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from app.corpus.models import Card
from app.sources.models import CardLineage


class LineageKind(StrEnum):
    SPLIT = "split"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Relative:
    """A card on the other end of a split or merge."""

    card_id: int
    key: str
    kind: str
    reason: str


def came_from(session: Session, card_id: int) -> tuple[Relative, ...]:
    """Return the cards that a card was cut from."""
    statement = (
        select(CardLineage, Card.key)
        .join(Card, col(Card.id) == col(CardLineage.from_id))
        .where(CardLineage.to_id == card_id)
        .order_by(col(CardLineage.from_id))
    )
    rows = session.exec(statement).all()
    return tuple(Relative(one.from_id, key, one.kind, one.reason) for one, key in rows)


def went_into(session: Session, card_id: int) -> tuple[Relative, ...]:
    """Return the cards that were cut from a card."""
    statement = (
        select(CardLineage, Card.key)
        .join(Card, col(Card.id) == col(CardLineage.to_id))
        .where(CardLineage.from_id == card_id)
        .order_by(col(CardLineage.to_id))
    )
    rows = session.exec(statement).all()
    return tuple(Relative(one.to_id, key, one.kind, one.reason) for one, key in rows)


def with_descendants(session: Session, study_id: int, card_ids: Iterable[int]) -> set[int]:
    """Return these cards and all that were cut from them: who knows one knows the words of both."""
    found = set(card_ids)
    statement = select(CardLineage.from_id, CardLineage.to_id).where(
        CardLineage.study_id == study_id
    )
    children: dict[int, list[int]] = {}
    for from_id, to_id in session.exec(statement):
        children.setdefault(from_id, []).append(to_id)
    waiting = [card_id for card_id in children if card_id in found]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found
