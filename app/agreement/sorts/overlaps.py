"""How the piles of two participants overlap: all that a figure of two sorts is a function of."""

from dataclasses import dataclass

import numpy as np

from app.agreement.ratings import IntArray
from app.agreement.sorts.sorting import Sorts


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """Which piles of two participants share how many of the cards that both sorted.

    Only overlaps that occur are listed, at most one for each card: two people who leave every
    card alone would otherwise need a table of all cards by all cards.

    Parameters
    ----------
    first, second : ndarray of int, shape (n_cells,)
        Pile of the first participant and of the second, numbered from 0 in each.
    shared : ndarray of int, shape (n_cells,)
        Cards in both piles, at least 1.
    sizes : ndarray of int, shape (n_first,)
        Cards in each pile of the first, of the cards both sorted.
    other_sizes : ndarray of int, shape (n_second,)
        Cards in each pile of the second, of the cards both sorted.
    """

    first: IntArray
    second: IntArray
    shared: IntArray
    sizes: IntArray
    other_sizes: IntArray

    @property
    def n_cards(self) -> int:
        """Cards both sorted."""
        return int(self.shared.sum())

    @property
    def n_pairs(self) -> int:
        """Pairs of cards both sorted."""
        return self.n_cards * (self.n_cards - 1) // 2

    @property
    def is_same(self) -> bool:
        """Whether the two sorts are the same partition of the cards both sorted."""
        return self.shared.size == self.sizes.size == self.other_sizes.size

    @property
    def is_bare(self) -> bool:
        """Whether the sorts are the same and tell nothing: one pile, or each card alone."""
        return self.is_same and self.sizes.size in {1, self.n_cards}

    def as_table(self) -> IntArray:
        """Return the cards in each pile of the first (row) and of the second (column)."""
        table = np.zeros((self.sizes.size, self.other_sizes.size), dtype=np.int64)
        table[self.first, self.second] = self.shared
        return table


def overlap_of(sorts: Sorts, first: int, second: int) -> Overlap:
    """Return how the piles of two participants overlap on the cards both sorted.

    Parameters
    ----------
    sorts : Sorts
        The sorts.
    first, second : int
        Columns of the two participants. Piles that hold no card both sorted are left out, and the
        others are numbered anew in their order.

    Examples
    --------
    >>> sorts = Sorts([[0, 0], [0, 0], [0, 1], [1, -1]], tuple("abcd"), ("Ada", "Ben"))
    >>> overlap_of(sorts, 0, 1).as_table().tolist()
    [[2, 1]]
    """
    both = sorts.sorted[:, first] & sorts.sorted[:, second]
    one, sizes = _renumbered(sorts.piles[both, first])
    other, other_sizes = _renumbered(sorts.piles[both, second])
    width = max(1, other_sizes.size)
    cells, shared = np.unique(one * width + other, return_counts=True)
    return Overlap(cells // width, cells % width, shared, sizes, other_sizes)


def _renumbered(piles: IntArray) -> tuple[IntArray, IntArray]:
    """Return the piles numbered without gaps, and how many cards each holds."""
    sizes = np.bincount(piles)
    used = sizes > 0
    return (np.cumsum(used) - 1)[piles], sizes[used]
