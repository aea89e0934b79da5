"""What is drawn in a resample: distinct cards, source documents, or random groups of cards."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from app.agreement.ratings import CountArray, IntArray

MOST_DISTINCT = 50_000  # cards drawn one by one; beyond, random groups of them
N_RANDOM_GROUPS = 2_000
MOST_CLUSTERS = 4_000

_BATCH = 64  # resamples at once
_BATCH_BYTES = 64 * 2**20

Weights = npt.NDArray[np.float32]
"""How often each column was drawn: whole numbers below 2**24, so exact."""


class Unit(StrEnum):
    """What one resample draws with replacement."""

    CARDS = "cards"
    CLUSTERS = "source documents"
    GROUPS = "random groups of cards"


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Which cards are drawn together.

    Parameters
    ----------
    unit : Unit
        What the groups are.
    column : ndarray of int, shape (n_units,)
        For each card, the position of its features: the distinct pattern it shows if cards are
        drawn, its group otherwise.
    n_columns : int
        Number of distinct patterns or groups.
    """

    unit: Unit
    column: IntArray
    n_columns: int


def distinct_rows(rows: CountArray) -> tuple[CountArray, IntArray]:
    """Return the distinct rows of a table and, for each row, which of them it is.

    Rows of small numbers are compared as one whole number each, which sorts fastest.

    Examples
    --------
    >>> found, which = distinct_rows(np.array([[1, 2], [0, 0], [1, 2]]))
    >>> found.tolist(), which.tolist()
    ([[0, 0], [1, 2]], [1, 0, 1])
    """
    lowest = int(rows.min(initial=0))
    width = int(rows.max(initial=0)) - lowest + 1
    if width ** rows.shape[1] < 2**62:
        keys = np.zeros(len(rows), dtype=np.int64)
        for column in rows.T:
            keys = keys * width + (column.astype(np.int64) - lowest)
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        return rows[first], which.astype(np.int64)
    found, which = np.unique(rows, axis=0, return_inverse=True)
    return found, which.ravel().astype(np.int64)


def group_cards(
    patterns: IntArray,
    clusters: IntArray | None,
    seed: int,
    *,
    most_distinct: int = MOST_DISTINCT,
) -> Grouping:
    """Return what to draw.

    Cards that share a source are not independent, so whole sources are drawn. Very many cards are
    put into random groups of equal size and whole groups are drawn: groups of independent cards
    are independent too, and the spread of a coefficient over 2,000 of them is known to 2 %.

    Parameters
    ----------
    patterns : ndarray of int, shape (n_units,)
        For each card, which distinct pattern of judgements it shows.
    clusters : ndarray of int, shape (n_units,), or None
        For each card, the number of its source document; `None` if cards are independent.
    seed : int
        Of the random groups.
    most_distinct : int
        Cards drawn one by one; beyond, random groups of them.

    Returns
    -------
    Grouping
        The same for the same seed.

    References
    ----------
    Clusters: Davison, A. C. & Hinkley, D. V. (1997). Bootstrap Methods and their Application,
    section 3.8. doi:10.1017/CBO9780511802843. Random groups: Wolter, K. M. (2007). Introduction
    to Variance Estimation, 2nd ed., ch. 2. doi:10.1007/978-0-387-35099-8

    Examples
    --------
    >>> group_cards(np.array([0, 1, 0]), None, seed=1).n_columns
    2
    """
    chance = np.random.default_rng([seed, 1])
    if clusters is not None:
        _, column = np.unique(clusters, return_inverse=True)
        n_clusters = int(column.max(initial=-1)) + 1
        if n_clusters > MOST_CLUSTERS:
            column = _spread_evenly(n_clusters, chance)[column]
            n_clusters = N_RANDOM_GROUPS
        return Grouping(Unit.CLUSTERS, column.astype(np.int64), n_clusters)
    if patterns.size > most_distinct:
        return Grouping(Unit.GROUPS, _spread_evenly(patterns.size, chance), N_RANDOM_GROUPS)
    return Grouping(Unit.CARDS, patterns, int(patterns.max(initial=-1)) + 1)


def _spread_evenly(n_units: int, chance: np.random.Generator) -> IntArray:
    found: IntArray = chance.permutation(np.arange(n_units, dtype=np.int64) % N_RANDOM_GROUPS)
    return found


class Drawing:
    """Draws resamples: as many cards, documents or groups, with replacement, as there are.

    Parameters
    ----------
    grouping : Grouping
        What is drawn.
    seed : int
        The same seed draws the same.
    n_features : int
        Numbers that are made of each resample; decides how many are drawn at once.

    Examples
    --------
    >>> drawing = Drawing(group_cards(np.array([0, 1, 0]), None, seed=1), 1, n_features=2)
    >>> [float(resample.sum()) for batch in drawing.batches(2) for resample in batch]
    [3.0, 3.0]
    """

    def __init__(self, grouping: Grouping, seed: int, *, n_features: int) -> None:
        self._grouping, self._seed = grouping, seed
        self._step = int(max(1, min(_BATCH, _BATCH_BYTES // (8 * max(n_features, 1)))))
        self._n_cards = np.bincount(grouping.column, minlength=grouping.n_columns)
        self.n_done = 0

    @property
    def n_drawn(self) -> int:
        """How many cards, documents or groups make up a resample."""
        grouping = self._grouping
        return grouping.column.size if grouping.unit is Unit.CARDS else grouping.n_columns

    @property
    def most_cards(self) -> int:
        """The most cards a resample can hold: those of the largest group, drawn every time."""
        of_one = 1 if self._grouping.unit is Unit.CARDS else int(self._n_cards.max(initial=0))
        return self.n_drawn * of_one

    def batches(self, n_resamples: int) -> Iterator[Weights]:
        """Give how often each column comes in each resample, shape (some, n_columns)."""
        draw = self._draw_cards if self._grouping.unit is Unit.CARDS else self._draw_groups
        for start in range(0, n_resamples, self._step):
            chance = np.random.Generator(np.random.SFC64([self._seed, 0, start]))
            size = min(self._step, n_resamples - start)
            self.n_done = start + size
            yield draw(chance, size)

    def _draw_cards(self, chance: np.random.Generator, n_resamples: int) -> Weights:
        column, n_units = self._grouping.column, self._grouping.column.size
        if n_units >= 12 * self._grouping.n_columns:  # splitting a total is then cheaper
            totals = chance.multinomial(n_units, self._n_cards / n_units, size=n_resamples)
            return totals.astype(np.float32)
        kind = np.uint16 if n_units <= np.iinfo(np.uint16).max else np.uint32
        found = np.empty((n_resamples, self._grouping.n_columns), dtype=np.float32)
        for resample in found:  # one at a time stays in the processor's cache
            cards = chance.integers(0, n_units, size=n_units, dtype=kind)
            resample[:] = np.bincount(column[cards], minlength=resample.size)
        return found

    def _draw_groups(self, chance: np.random.Generator, n_resamples: int) -> Weights:
        n_groups = self._grouping.n_columns
        cell = chance.integers(0, n_groups, size=(n_resamples, n_groups))
        cell += np.arange(n_resamples)[:, None] * n_groups
        found = np.bincount(cell.ravel(), minlength=n_resamples * n_groups)
        return found.reshape(n_resamples, n_groups).astype(np.float32)
