"""Which piles of two participants may mean the same: proposals for people to confirm."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.agreement.ratings import BoolArray, IntArray
from app.agreement.sorts.likeness import ALIKE, name_likeness
from app.agreement.sorts.sorting import Sorts


class Basis(StrEnum):
    """Why piles are proposed to belong together; the member's text is what people read."""

    OVERLAP = "they hold the same cards"
    NAMES = "their names are alike"
    NOTHING = "its cards are spread or left out by the others, and no name is like its own"


@dataclass(frozen=True, slots=True)
class Match:
    """Piles of two participants that may belong together, any number on either side.

    Parameters
    ----------
    piles, other_piles : tuple of int
        Of the first and of the second participant, each ascending; one side is empty if a pile
        found no partner.
    n_shared : int
        Cards that lie in the group for both participants.
    n_cards : int
        Cards, of those both sorted, that lie in the group for either participant.
    basis : Basis
        The weakest reason that was needed: `NAMES` if a pile came in by its name alone.
    """

    piles: tuple[int, ...]
    other_piles: tuple[int, ...]
    n_shared: int
    n_cards: int
    basis: Basis

    @property
    def score(self) -> float:
        """Jaccard index of the two sides, from 0 (no card in common) to 1 (the same cards)."""
        return self.n_shared / self.n_cards if self.n_cards else 0.0

    @property
    def reason(self) -> str:
        """The basis and the numbers behind it, as words."""
        if not self.piles or not self.other_piles:
            return str(self.basis)
        return f"{self.basis}: {self.n_shared} of {self.n_cards} cards lie on both sides"


def overlap_table(sorts: Sorts, first: int, second: int) -> IntArray:
    """Return how many cards each pile of one participant shares with each pile of another.

    Parameters
    ----------
    sorts : Sorts
        The sorts.
    first, second : int
        Columns of the two participants.

    Returns
    -------
    ndarray of int, shape (n_piles of the first, n_piles of the second)
        Cards both sorted; all 0 in the row or column of a pile that holds none of them.

    Examples
    --------
    >>> sorts = Sorts([[0, 0], [0, 1], [1, 1]], ("ant", "bee", "cow"), ("Ada", "Ben"))
    >>> overlap_table(sorts, 0, 1).tolist()
    [[1, 1], [0, 1]]
    """
    table = np.zeros(sorts.n_piles[[first, second]], dtype=np.int64)
    both = sorts.sorted[:, first] & sorts.sorted[:, second]
    np.add.at(table, (sorts.piles[both, first], sorts.piles[both, second]), 1)
    return table


def propose_matches(
    table: IntArray, names: Sequence[str], other_names: Sequence[str]
) -> tuple[Match, ...]:
    """Return every pile of two participants in exactly one proposed match.

    Cards come first. Two piles are linked if more than half of the cards of either lie in the
    other, or if each is the one the other shares most cards with. Piles linked through others
    belong together, so that one coarse pile meets the several fine ones it holds (n:m). Among equal
    overlaps the more alike name decides, then the order of the piles. Only a pile that shares too
    little to be linked is joined by its name, to the pile with the name most like it.

    Parameters
    ----------
    table : ndarray of int, shape (n_first, n_second)
        Cards in both piles, of those both participants sorted.
    names, other_names : sequence of str
        Names of the piles; blank ones are like no other.

    Returns
    -------
    tuple of Match
        The ones with the higher score first; at the end piles without a partner.

    Raises
    ------
    ValueError
        If the names do not fit the table.

    Examples
    --------
    >>> matches = propose_matches(np.array([[4, 3], [0, 0]]), ("Pets", "Misc"), ("Dogs", "Cats"))
    >>> [(match.piles, match.other_piles, match.score) for match in matches]
    [((0,), (0, 1), 1.0), ((1,), (), 0.0)]
    """
    if table.shape != (len(names), len(other_names)):
        raise ValueError("There is one name for each pile.")
    by_cards = _linked_by_cards(table, names, other_names)
    by_names = _linked_by_names(by_cards, names, other_names)
    found = [
        _match(table, rows, columns, by_names) for rows, columns in _connected(by_cards | by_names)
    ]
    return tuple(sorted(found, key=_rank))


def _rank(match: Match) -> tuple[object, ...]:
    is_alone = not match.piles or not match.other_piles
    return is_alone, -match.score, match.piles, match.other_piles


def _linked_by_cards(
    table: IntArray, names: Sequence[str], other_names: Sequence[str]
) -> BoolArray:
    """Return which piles are linked by a majority or as each other's nearest."""
    sizes, other_sizes = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    is_linked: BoolArray = (2 * table > sizes) | (2 * table > other_sizes)
    nearest = _nearest(table, names, other_names)
    for other, pile in enumerate(_nearest(table.T, other_names, names)):
        if pile >= 0 and nearest[pile] == other:
            is_linked[pile, other] = True
    return is_linked


def _nearest(table: IntArray, names: Sequence[str], other_names: Sequence[str]) -> list[int]:
    """Return for each row the column with the largest overlap, -1 without any."""
    found = []
    for row, name in zip(table, names, strict=True):
        largest = np.flatnonzero((row == row.max(initial=0)) & (row > 0)).tolist()
        if len(largest) > 1:  # the first of the most alike
            largest.sort(key=lambda other: -name_likeness(name, other_names[other]))
        found.append(largest[0] if largest else -1)
    return found


def _linked_by_names(
    by_cards: BoolArray, names: Sequence[str], other_names: Sequence[str]
) -> BoolArray:
    """Return links from piles that no card links to the pile with the name most like theirs."""
    is_linked = np.zeros_like(by_cards)
    for row in np.flatnonzero(~by_cards.any(axis=1)).tolist():
        for other in _most_alike(names[row], other_names):
            is_linked[row, other] = True
    for column in np.flatnonzero(~by_cards.any(axis=0)).tolist():
        for pile in _most_alike(other_names[column], names):
            is_linked[pile, column] = True
    return is_linked


def _most_alike(name: str, others: Sequence[str]) -> Iterator[int]:
    """Yield the place of the name most like this one, if one is like it at all."""
    likeness = [name_likeness(name, other) for other in others]
    if max(likeness, default=0.0) >= ALIKE:
        yield likeness.index(max(likeness))


def _connected(is_linked: BoolArray) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the rows and columns of each group that links hold together."""
    seen: set[int] = set()
    for row in range(is_linked.shape[0]):
        if row in seen:
            continue
        rows, columns = {row}, set[int]()
        grown = True
        while grown:
            columns = set(np.flatnonzero(is_linked[sorted(rows)].any(axis=0)).tolist())
            more = set(np.flatnonzero(is_linked[:, sorted(columns)].any(axis=1)).tolist())
            grown = not more <= rows
            rows |= more
        seen |= rows
        yield sorted(rows), sorted(columns)
    for column in np.flatnonzero(~is_linked.any(axis=0)).tolist():
        yield [], [column]


def _match(table: IntArray, rows: list[int], columns: list[int], by_names: BoolArray) -> Match:
    n_shared = int(table[np.ix_(rows, columns)].sum())
    n_cards = int(table[rows].sum() + table[:, columns].sum()) - n_shared
    basis = Basis.NAMES if by_names[np.ix_(rows, columns)].any() else Basis.OVERLAP
    if not rows or not columns:
        basis = Basis.NOTHING
    return Match(tuple(rows), tuple(columns), n_shared, n_cards, basis)
