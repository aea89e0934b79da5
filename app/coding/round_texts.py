"""The words of a round's cards, read once: the cards of a round and their texts never change.

What is kept belongs to the round, not to a coder, and follows from no judgement.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlmodel import Session, col, select

from app.coding.models import Assignment, Round
from app.coding.rounds import round_id_of
from app.corpus.models import Card
from app.corpus.nearness import word_vectors

_MOST_KEPT = 4


@dataclass(frozen=True, slots=True)
class RoundTexts:
    """The vectors of a round's cards and the row of each card; None where no card has a word."""

    rows: Mapping[int, int]
    vectors: Any


# By the engine, for a number means another round in another database.
_kept: MutableMapping[Engine | Connection, dict[int, RoundTexts]] = WeakKeyDictionary()
_reading = Lock()


def round_texts(session: Session, round_: Round) -> RoundTexts:
    """Return the vectors of the cards of an opened round."""
    known = _kept.setdefault(session.get_bind(), {})
    with _reading:  # two who ask at once would both take a second for it
        found = known.pop(round_id_of(round_), None) or _read(session, round_)
        while len(known) >= _MOST_KEPT:
            known.pop(next(iter(known)))
        known[round_id_of(round_)] = found
    return found


def _read(session: Session, round_: Round) -> RoundTexts:
    assigned = select(Assignment.card_id).where(Assignment.round_id == round_.id)
    statement = select(Card.id, Card.text).where(col(Card.id).in_(assigned)).order_by(col(Card.id))
    cards = session.exec(statement).all()
    rows = {card_id or 0: row for row, (card_id, _) in enumerate(cards)}
    return RoundTexts(rows, word_vectors([text for _, text in cards]))
