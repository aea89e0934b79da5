"""Who laid which card into which pile of a closed round, as tables: what every view starts from."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlmodel import Session, col, select

from app.agreement.ratings import BoolArray
from app.agreement.sorts.sorting import Sorts
from app.codebook.content import FacetContent
from app.coding.models import Assignment, Round
from app.coding.partitions import Heap, Partition, piles_of_round
from app.coding.rules import WORDS_FOR_VALUE, Kind
from app.coding.visibility import Viewer
from app.corpus.models import Card
from app.resolution.labels import exposed_in


@dataclass(frozen=True)
class Piles:
    """The piles of each coder; `inside` has a row for each card, a column for each own pile.

    Cards stand in the order of their keys, `without` says by card why one lies in no pile, where
    its coder said so. `n_talked` cards were talked about before the round and are not in it.
    """

    coders: tuple[str, ...]
    card_ids: tuple[int, ...]
    keys: tuple[str, ...]
    titles: tuple[str, ...]
    heaps: tuple[tuple[Heap, ...], ...]
    inside: tuple[BoolArray, ...]
    without: tuple[dict[int, str], ...]
    n_talked: int = 0

    @property
    def n_cards(self) -> int:
        return len(self.card_ids)

    @cached_property
    def is_sorted(self) -> BoolArray:
        """Which card lies in a pile of which coder."""
        columns = [one.any(axis=1) for one in self.inside]
        return np.array(columns, dtype=np.bool_).reshape(len(columns), self.n_cards).T

    @cached_property
    def n_twice(self) -> int:
        """How often a card lies in several piles of one coder: then a sort is no partition."""
        return sum(int((one.sum(axis=1) > 1).sum()) for one in self.inside)

    @cached_property
    def sorts(self) -> Sorts:
        """The piles as partitions; only where no card lies in several."""
        columns = [np.where(one.any(axis=1), one.argmax(axis=1), -1) for one in self._filled]
        table = np.array(columns, dtype=np.int64).reshape(len(columns), self.n_cards).T
        return Sorts(table, self.keys, self.coders)

    @cached_property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """The names of each coder's piles, in the order of the heaps."""
        return tuple(tuple(one.name for one in own) for own in self.heaps)

    @cached_property
    def digest(self) -> str:
        """What is different whenever other cards lie in other piles."""
        found = hashlib.sha256(repr((self.coders, self.keys, self.names)).encode())
        for one in self.inside:
            found.update(np.packbits(one).tobytes())
        return found.hexdigest()

    @property
    def _filled(self) -> list[BoolArray]:
        """Tables without piles have no largest column."""
        empty = np.zeros((self.n_cards, 1), dtype=np.bool_)
        return [one if one.shape[1] else empty for one in self.inside]


def piles_to_look_at(
    session: Session, viewer: Viewer, round_: Round, facet: FacetContent, *, is_for_figures: bool
) -> Piles:
    """Return the piles that hold a card, of a round that has closed.

    Figures leave out cards that were talked about before the round opened, as those of any round.
    """
    found = piles_of_round(session, viewer, round_, facet)
    is_strict = is_for_figures and round_.kind != Kind.CALIBRATION
    talked = exposed_in(session, round_) if is_strict else set()
    cards = [card for card in _cards(session, round_) if card[0] not in talked]
    places = {card_id: place for place, (card_id, *_) in enumerate(cards)}
    heaps = tuple(
        tuple(heap for heap in one.heaps if not places.keys().isdisjoint(heap.card_ids))
        for one in found
    )
    return Piles(
        coders=tuple(one.coder.label for one in found),
        card_ids=tuple(places),
        keys=tuple(key for _, key, _ in cards),
        titles=tuple(title for *_, title in cards),
        heaps=heaps,
        inside=tuple(_table(own, places) for own in heaps),
        without=tuple(_without(one) for one in found),
        n_talked=len(talked),
    )


def _cards(session: Session, round_: Round) -> list[tuple[int, str, str]]:
    statement = (
        select(Card.id, Card.key, Card.title)
        .join(Assignment, col(Assignment.card_id) == col(Card.id))
        .where(Assignment.round_id == round_.id)
        .distinct()
    )
    found = [(card_id or 0, key, title) for card_id, key, title in session.exec(statement)]
    return sorted(found, key=lambda card: card[1])


def _table(own: Sequence[Heap], places: dict[int, int]) -> BoolArray:
    table = np.zeros((len(places), len(own)), dtype=np.bool_)
    for column, heap in enumerate(own):
        rows = [places[card_id] for card_id in heap.card_ids if card_id in places]
        table[rows, column] = True
    return table


def _without(one: Partition) -> dict[int, str]:
    return {
        card_id: WORDS_FOR_VALUE[value] for value, cards in one.without.items() for card_id in cards
    }
