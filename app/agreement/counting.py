"""From judgements to tables, in one pass.

A table is never made card by card: each two coders cost one count over whole columns, split by
how many coders judged the card, so that missing judgements need no second pass.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from app.agreement.counts import Counts, diagonal, margins_of, square
from app.agreement.ratings import BoolArray, CodeArray, IntArray, Ratings, SetRatings

_BLOCK = 16_384  # cards taken at once; keeps a block in the processor's cache
_MOST_CELLS = 4_000_000  # cells of pair tables held at once while counting


def _active_columns(judged: BoolArray) -> tuple[IntArray, tuple[tuple[int, int], ...]]:
    active = np.flatnonzero(judged.any(axis=0)).astype(np.int64)
    return active, tuple(combinations(active.tolist(), 2))


def _how_often_judged(columns: CodeArray) -> CodeArray:
    """Return how many coders judged each card, from one row for each coder, in few bytes."""
    kind = np.int8 if columns.shape[0] <= np.iinfo(np.int8).max else np.int16
    found: CodeArray = np.add.reduce((columns >= 0).view(np.int8), axis=0, dtype=kind)
    return found


def is_unanimous(columns: CodeArray, sizes: CodeArray) -> BoolArray:
    """Return which cards at least two coders judged, all of them alike.

    Parameters
    ----------
    columns : ndarray of int, shape (m, n_units)
        Judgements by coder; -1 = not judged.
    sizes : ndarray of int, shape (n_units,)
        How many coders judged each card.
    """
    # Read without a sign, "not judged" is the largest number and so never the least.
    unsigned = columns.view(f"u{columns.dtype.itemsize}")
    lowest = unsigned.min(axis=0, initial=np.iinfo(unsigned.dtype).max)
    found: BoolArray = (sizes >= 2) & (lowest == columns.max(axis=0, initial=-1))
    return found


class _PairCounter:
    """Counts each two coders' judgements block by block, codes and sizes as one number."""

    def __init__(self, columns: CodeArray, sizes: CodeArray, n_categories: int) -> None:
        self.columns, self.sizes = columns, sizes
        self.width = n_categories + 1  # position 0 = not judged, cut off in the end
        self.n_sizes = columns.shape[0] + 1
        self.n_cells = self.n_sizes * self.width**2

    def tables(self, places: Sequence[tuple[int, int]]) -> IntArray:
        """Return tables of shape (n_places, n_sizes, q + 1, q + 1)."""
        found = np.zeros((len(places), self.n_cells), dtype=np.int64)
        step = max(_BLOCK, 2 * self.n_cells)  # a large table costs more to add than to fill
        for start in range(0, self.sizes.size, step):
            codes = self.columns[:, start : start + step].astype(np.intp)
            rows = codes * self.width
            sizes = self.sizes[start : start + step].astype(np.intp)
            rows += sizes * self.width**2 + (self.width + 1)  # 1 + 1: codes begin at -1
            cell = np.empty(codes.shape[1], dtype=np.intp)
            for position, (first, second) in enumerate(places):
                np.add(rows[first], codes[second], out=cell)
                found[position] += np.bincount(cell, minlength=self.n_cells)
        return found.reshape(len(places), self.n_sizes, self.width, self.width)

    def labels_of_only_coder(self) -> IntArray:
        """Return the judgements by size and category, shape (n_sizes, q + 1)."""
        cell = self.sizes.astype(np.intp) * self.width + (self.columns[0] + 1)
        found = np.bincount(cell, minlength=self.n_sizes * self.width)
        return found.reshape(self.n_sizes, self.width)


def count(ratings: Ratings) -> Counts:
    """Return the tables of judgements that give each card one category.

    One count over the columns of each two coders is all that touches the cards: what a coder
    said, and on cards of which size, stands in the margins of any table of theirs.

    Parameters
    ----------
    ratings : Ratings
        Judgements over q categories.

    Returns
    -------
    Counts
        Tables of shape (q, q), in whole numbers of 64 bits.

    Examples
    --------
    >>> count(Ratings([[0, 0], [0, 1], [1, 1]], ("a", "b"))).pair_tables[0].tolist()
    [[1, 1], [0, 1]]
    """
    active, pairs = _active_columns(ratings.judged)
    columns = ratings.codes.T if active.size == ratings.codes.shape[1] else ratings.codes.T[active]
    sizes = _how_often_judged(columns)
    q, m = len(ratings.categories), active.size
    counter = _PairCounter(columns, sizes, q)
    pair_tables = np.zeros((len(pairs), q, q), dtype=np.int64)
    size_tables = np.zeros((m + 1, q, q), dtype=np.int64)
    labels = np.zeros((m, m + 1, q + 1), dtype=np.int64)
    places = list(combinations(range(m), 2))
    step = max(1, _MOST_CELLS // counter.n_cells)
    for start in range(0, len(places), step):
        chunk = places[start : start + step]
        tables = counter.tables(chunk)
        pair_tables[start : start + step] = tables.sum(axis=1)[:, 1:, 1:]
        size_tables += tables.sum(axis=0)[:, 1:, 1:]
        by_first, by_second = tables.sum(axis=3), tables.sum(axis=2)
        for position, (first, second) in enumerate(chunk):
            labels[first], labels[second] = by_first[position], by_second[position]
    if m == 1:
        labels[0] = counter.labels_of_only_coder()
    units_by_size = labels[0].sum(axis=1) if m else np.array([ratings.n_units])
    return Counts(
        n_units=ratings.n_units,
        active=active,
        pairs=pairs,
        units_by_size=units_by_size,
        pair_tables=pair_tables,
        pair_margins=margins_of(pair_tables),
        size_tables=size_tables,
        agreeing=diagonal(size_tables),
        size_labels=labels[..., 1:].sum(axis=0),
        coder_labels=labels[..., 1:].sum(axis=1),
        n_unanimous=np.asarray(np.count_nonzero(is_unanimous(columns, sizes))),
        n_declared=q,
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
    sizes = ratings.judged.sum(axis=1, dtype=np.int64)
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
            own = sizes[block][ratings.judged[block, column]]
            judged[position] += np.bincount(own, minlength=n_sizes)
        for position, (first, second) in enumerate(pairs):
            both = ratings.judged[block, first] & ratings.judged[block, second]
            chosen = is_size * both
            shared[position] += chosen.sum(axis=1).astype(np.int64)
            met[0, position] += chosen @ (held[first] * held[second])
            met[1, position] += chosen @ held[first]
            met[2, position] += chosen @ held[second]
    both_hold, first_holds, second_holds = met.astype(np.int64)
    cells = square(both_hold, first_holds, second_holds, shared[..., None])
    labels = used.astype(np.int64)
    split = np.moveaxis(np.stack([labels, judged[..., None] - labels], axis=-1), -2, 0)
    pair_tables, size_tables = cells.sum(axis=2), cells.sum(axis=1)
    return Counts(
        n_units=ratings.n_units,
        active=active,
        pairs=pairs,
        units_by_size=np.bincount(sizes, minlength=n_sizes),
        pair_tables=pair_tables,
        pair_margins=margins_of(pair_tables),
        size_tables=size_tables,
        agreeing=diagonal(size_tables),
        size_labels=split.sum(axis=1),
        coder_labels=split.sum(axis=2),
        n_unanimous=np.zeros((), dtype=np.int64),
        n_declared=2 if n_categories else 0,
    )
