"""The tables every coefficient is a function of, made in one pass over the judgements.

A table is never made card by card: each two coders cost one count over whole columns, split by
how many coders judged the card, so that missing judgements need no second pass.
"""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from app.agreement.ratings import BoolArray, IntArray, Ratings, SetRatings

_BLOCK = 16_384  # cards taken at once; keeps a block in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How often which categories met on one card.

    Tables may carry leading axes: `collapse` and `count_categories` give one table for each
    category along the first axis, and every coefficient then comes out once for each category.

    Parameters
    ----------
    n_units : int
        Cards, judged or not.
    active : ndarray of int, shape (m,)
        Columns of the coders who judged anything; the others are left out of every table.
    pairs : tuple of (int, int), length m(m-1)/2
        Columns of each two active coders, in order.
    units_by_size : ndarray of int, shape (m + 1,)
        Cards judged by exactly 0, 1, ... m coders.
    pair_tables : ndarray of int, shape (..., n_pairs, q, q)
        Cards both coders of the pair judged, by the first coder's category (row) and the
        second's (column).
    size_tables : ndarray of int, shape (..., m + 1, q, q)
        The same, over all pairs, by the number of coders who judged the card.
    size_labels : ndarray of int, shape (..., m + 1, q)
        Judgements of each category by the number of coders who judged the card.
    coder_labels : ndarray of int, shape (..., m, q)
        Judgements of each category by coder.
    n_unanimous : int
        Cards judged by at least two coders who all agree.
    n_declared : int
        Answers a coder could choose from: the declared categories, also after `collapse`; 2 for
        a category that may or may not be put on a card.
    """

    n_units: int
    active: IntArray
    pairs: tuple[tuple[int, int], ...]
    units_by_size: IntArray
    pair_tables: IntArray
    size_tables: IntArray
    size_labels: IntArray
    coder_labels: IntArray
    n_unanimous: int
    n_declared: int

    @property
    def n_coders(self) -> int:
        """Coders who judged at least one card."""
        return int(self.active.size)

    @property
    def n_pairable(self) -> int:
        """Cards judged by at least two coders."""
        return int(self.units_by_size[2:].sum())

    @property
    def n_labels(self) -> int:
        """Judgements in all."""
        return int(self.units_by_size @ np.arange(self.units_by_size.size))

    @property
    def n_categories(self) -> int:
        """Declared categories of each table."""
        return int(self.size_labels.shape[-1])


def _active_columns(judged: BoolArray) -> tuple[IntArray, tuple[tuple[int, int], ...]]:
    active = np.flatnonzero(judged.any(axis=0)).astype(np.int64)
    return active, tuple(combinations(active.tolist(), 2))


def _unit_sizes(judged: BoolArray) -> IntArray:
    sizes = np.zeros(judged.shape[0], dtype=np.int64)
    for column in judged.T:
        sizes += column
    return sizes


def _count_unanimous(columns: IntArray, sizes: IntArray) -> int:
    highest = np.zeros(sizes.size, dtype=np.int64)
    lowest = np.full(sizes.size, np.iinfo(np.int64).max)
    for column in columns.T:
        np.maximum(highest, column, out=highest)
        np.minimum(lowest, np.where(column == 0, lowest, column), out=lowest)
    return int(np.count_nonzero((sizes >= 2) & (highest == lowest)))


def count(ratings: Ratings) -> Counts:
    """Return the tables of judgements that give each card one category.

    Examples
    --------
    >>> count(Ratings([[0, 0], [0, 1], [1, 1]], ("a", "b"))).pair_tables[0].tolist()
    [[1, 1], [0, 1]]
    """
    active, pairs = _active_columns(ratings.judged)
    n_sizes, width = active.size + 1, len(ratings.categories) + 1
    sizes = _unit_sizes(ratings.judged)
    shifted = ratings.codes + 1  # 0 = not judged, cut off every table below
    pair_tables = np.zeros((len(pairs), width - 1, width - 1), dtype=np.int64)
    size_tables = np.zeros((n_sizes, width - 1, width - 1), dtype=np.int64)
    offset = sizes * width**2
    for position, (first, second) in enumerate(pairs):
        cell = offset + shifted[:, first] * width + shifted[:, second]
        table = np.bincount(cell, minlength=n_sizes * width**2).reshape(n_sizes, width, width)
        pair_tables[position] = table[:, 1:, 1:].sum(axis=0)
        size_tables += table[:, 1:, 1:]
    labels = np.zeros((active.size, n_sizes, width - 1), dtype=np.int64)
    for position, column in enumerate(active):
        flat = np.bincount(sizes * width + shifted[:, column], minlength=n_sizes * width)
        labels[position] = flat.reshape(n_sizes, width)[:, 1:]
    return Counts(
        n_units=ratings.n_units,
        active=active,
        pairs=pairs,
        units_by_size=np.bincount(sizes, minlength=n_sizes),
        pair_tables=pair_tables,
        size_tables=size_tables,
        size_labels=labels.sum(axis=0),
        coder_labels=labels.sum(axis=1),
        n_unanimous=_count_unanimous(shifted, sizes),
        n_declared=width - 1,
    )


def _split_tables(tables: IntArray) -> IntArray:
    both = np.diagonal(tables, axis1=-2, axis2=-1)
    first, second = tables.sum(axis=-1), tables.sum(axis=-2)
    total = tables.sum(axis=(-2, -1))[..., None]
    return _square(both, first, second, total)


def _square(both: IntArray, first: IntArray, second: IntArray, total: IntArray) -> IntArray:
    cells = np.stack([both, first - both, second - both, total - first - second + both], axis=-1)
    return np.moveaxis(cells.reshape(*cells.shape[:-1], 2, 2), -3, 0)


def _split_labels(labels: IntArray) -> IntArray:
    rest = labels.sum(axis=-1, keepdims=True) - labels
    return np.moveaxis(np.stack([labels, rest], axis=-1), -2, 0)


def collapse(counts: Counts) -> Counts:
    """Return the tables of each category (position 0) against all others (position 1).

    Parameters
    ----------
    counts : Counts
        Tables over q categories.

    Returns
    -------
    Counts
        Two-category tables with a leading axis of length q.

    Examples
    --------
    >>> counts = count(Ratings([[0, 0], [1, 2], [2, 2]], ("a", "b", "c")))
    >>> collapse(counts).pair_tables[2, 0].tolist()
    [[1, 0], [1, 1]]
    """
    return replace(
        counts,
        pair_tables=_split_tables(counts.pair_tables),
        size_tables=_split_tables(counts.size_tables),
        size_labels=_split_labels(counts.size_labels),
        coder_labels=_split_labels(counts.coder_labels),
    )


def count_categories(ratings: SetRatings) -> Counts:
    """Return the tables of each category, put on the card (position 0) or not (position 1).

    Parameters
    ----------
    ratings : SetRatings
        Judgements that give each card a set of q categories.

    Returns
    -------
    Counts
        Two-category tables with a leading axis of length q. `n_unanimous` is 0: unanimity is a
        matter of whole sets, see `sets.meet`.

    Examples
    --------
    >>> pairs = [[[True, True], [True, False]], [[False, False], [True, False]]]
    >>> counts = count_categories(SetRatings(pairs, [[True, True]] * 2, ("a", "b")))
    >>> counts.pair_tables[0, 0].tolist()
    [[1, 0], [1, 0]]
    """
    active, pairs = _active_columns(ratings.judged)
    n_sizes, n_categories = active.size + 1, len(ratings.categories)
    sizes = _unit_sizes(ratings.judged)
    met = np.zeros((3, len(pairs), n_sizes, n_categories))
    used = np.zeros((active.size, n_sizes, n_categories))
    judged = np.zeros((active.size, n_sizes), dtype=np.int64)
    shared = np.zeros((len(pairs), n_sizes), dtype=np.int64)
    for start in range(0, ratings.n_units, _BLOCK):
        block = slice(start, start + _BLOCK)
        is_size = (np.arange(n_sizes)[:, None] == sizes[block]).astype(np.float32)
        held = np.ascontiguousarray(ratings.members[block].transpose(1, 0, 2), dtype=np.float32)
        for position, column in enumerate(active):
            used[position] += is_size @ held[column]
            judged[position] += (is_size @ ratings.judged[block, column]).astype(np.int64)
        for position, (first, second) in enumerate(pairs):
            both = ratings.judged[block, first] & ratings.judged[block, second]
            chosen = is_size * both
            shared[position] += chosen.sum(axis=1).astype(np.int64)
            met[0, position] += chosen @ (held[first] * held[second])
            met[1, position] += chosen @ held[first]
            met[2, position] += chosen @ held[second]
    both_hold, first_holds, second_holds = met.astype(np.int64)
    cells = _square(both_hold, first_holds, second_holds, shared[..., None])
    labels = used.astype(np.int64)
    split = np.moveaxis(np.stack([labels, judged[..., None] - labels], axis=-1), -2, 0)
    return Counts(
        n_units=ratings.n_units,
        active=active,
        pairs=pairs,
        units_by_size=np.bincount(sizes, minlength=n_sizes),
        pair_tables=cells.sum(axis=2),
        size_tables=cells.sum(axis=1),
        size_labels=split.sum(axis=1),
        coder_labels=split.sum(axis=2),
        n_unanimous=0,
        n_declared=2,
    )
