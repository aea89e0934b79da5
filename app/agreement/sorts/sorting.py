"""Who put which card into which own pile, checked once on the way in."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.agreement.ratings import BoolArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Sorts:
    """Open sorts of the same cards: each participant made piles of their own.

    Parameters
    ----------
    piles : array_like of int, shape (n_cards, n_sorts)
        Number of the pile the participant put the card into, 0 and up; -1 = not sorted. Numbers
        mean nothing beyond one participant: pile 0 of one has nothing to do with pile 0 of
        another. Each card lies in one pile of a participant at most, for a sort is a partition.
    cards : tuple of str, length n_cards
        Distinct names. Where similarities tie, their order as text decides.
    participants : tuple of str, length n_sorts
        Distinct names.

    Raises
    ------
    ValueError
        If the piles are not a whole-number table of that shape, lie below -1, or a name occurs
        twice.

    Examples
    --------
    >>> sorts = Sorts([[0, 0], [0, 1], [1, -1]], ("ant", "bee", "cow"), ("Ada", "Ben"))
    >>> sorts.n_cards, sorts.n_piles.tolist()
    (3, [2, 2])
    """

    piles: IntArray
    cards: tuple[str, ...]
    participants: tuple[str, ...]

    def __post_init__(self) -> None:
        given = np.asarray(self.piles)
        if given.shape != (len(self.cards), len(self.participants)):
            raise ValueError("Piles form a table: a row for each card, a column for each person.")
        if given.size and given.dtype.kind not in "iu":
            raise ValueError("Piles are whole numbers, -1 = not sorted.")
        if given.size and given.min() < -1:
            raise ValueError("Piles are numbered from 0; only -1, not sorted, lies below.")
        for names, what in ((self.cards, "cards"), (self.participants, "participants")):
            if len(set(names)) != len(names):
                raise ValueError(f"Two {what} have the same name.")
        piles = _numbered_from_0(given)
        piles.setflags(write=False)
        object.__setattr__(self, "piles", piles)
        object.__setattr__(self, "cards", tuple(self.cards))
        object.__setattr__(self, "participants", tuple(self.participants))

    @property
    def n_cards(self) -> int:
        """Number of cards, sorted or not."""
        return int(self.piles.shape[0])

    @property
    def sorted(self) -> BoolArray:
        """Which participant sorted which card, shape (n_cards, n_sorts)."""
        return self.piles >= 0

    @property
    def n_piles(self) -> IntArray:
        """Piles of each participant that hold a card, shape (n_sorts,)."""
        n_piles: IntArray = self.piles.max(axis=0, initial=-1) + 1
        return n_piles

    @property
    def active(self) -> IntArray:
        """Columns of the participants who sorted any card."""
        return np.flatnonzero(self.sorted.any(axis=0))


def _numbered_from_0(given: npt.NDArray[np.integer]) -> IntArray:
    """Return the table with each column's piles numbered without gaps, -1 kept."""
    piles = np.full(given.shape, -1, dtype=np.int64, order="F")
    for column in range(given.shape[1]):
        is_sorted = given[:, column] >= 0
        _, piles[is_sorted, column] = np.unique(given[is_sorted, column], return_inverse=True)
    return piles
