"""Bootstrap: the figures of very many resamples of the cards, from tables alone.

Every table is a sum over cards, so a resample is the product of each distinct pattern's tables
(its features) with how often it was drawn. No card is looked at twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from app.agreement.counting import is_unanimous
from app.agreement.counts import Counts, Margins
from app.agreement.grouping import Drawing, Unit, distinct_rows, group_cards
from app.agreement.ratings import CodeArray, CountArray, FloatArray, IntArray, Ratings
from app.agreement.values import Values, evaluate, joined

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MOST_FEATURES = 2_000_000
_MOST_DENSE = 20_000_000  # features of all groups held as a full table; beyond, most of it is 0
_MOST_EXACT = 2**24  # up to here 32 bits hold every whole number

Entry = tuple[str, IntArray, IntArray]  # name of a table, cells in it, column of each
Progress = Callable[[float], None]


class TooLarge(ValueError):
    """Resampling would take more memory than can be counted on; the text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """The figures of all resamples.

    Parameters
    ----------
    values : Values
        With a leading axis of length `n_resamples`; NaN where a resample has no value.
    unit : Unit
        What was drawn.
    n_drawn : int
        How many of them make up a resample.
    n_resamples, seed : int
        As asked for.
    """

    values: Values
    unit: Unit
    n_drawn: int
    n_resamples: int
    seed: int


class _Layout:
    """Where each table of `Counts` lies in one long vector of features."""

    def __init__(self, counts: Counts, *, is_ordered: bool) -> None:
        q, m, n_pairs = counts.n_categories, counts.n_coders, len(counts.pairs)
        self._like, self.n_categories, self.is_ordered = counts, q, is_ordered
        self.shapes: dict[str, tuple[int, ...]] = {
            "pair_tables": (n_pairs, q, q) if is_ordered else (n_pairs, 0, 0),
            "pair_first": (n_pairs, q),
            "pair_second": (n_pairs, q),
            "pair_agreeing": (n_pairs,),
            "size_tables": (m + 1, q, q) if is_ordered else (m + 1, 0, 0),
            "agreeing": (m + 1, q),
            "size_labels": (m + 1, q),
            "coder_labels": (m, q),
            "units_by_size": (m + 1,),
            "n_unanimous": (),
        }
        self.slices: dict[str, slice] = {}
        end = 0
        for name, shape in self.shapes.items():
            self.slices[name] = slice(end, end + int(np.prod(shape)))
            end = self.slices[name].stop
        self.n_features = end

    def counts(self, features: FloatArray) -> Counts:
        """Return the tables of resamples, features of shape (n_resamples, n_features)."""
        tables = {
            name: features[:, self.slices[name]].reshape(len(features), *shape)
            for name, shape in self.shapes.items()
        }
        like = self._like
        margins = (tables.pop(f"pair_{name}") for name in ("first", "second", "agreeing"))
        return Counts(
            n_units=like.n_units,
            active=like.active,
            pairs=like.pairs,
            n_declared=like.n_declared,
            pair_margins=Margins(*margins),
            **tables,
        )


def _entries(columns: CodeArray, place: IntArray, layout: _Layout) -> Iterator[Entry]:
    """Give what each card adds to which cell of which table.

    Parameters
    ----------
    columns : ndarray of int, shape (m, n_units)
        Judgements by coder; -1 = not judged.
    place : ndarray of int, shape (n_units,)
        The column of features each card belongs to.
    layout : _Layout
        Which tables are needed.
    """
    q, is_ordered = layout.n_categories, layout.is_ordered
    judged = columns >= 0
    sizes = judged.sum(axis=0, dtype=np.int64)
    codes = columns.astype(np.int64)
    for position, (first, second) in enumerate(combinations(range(len(columns)), 2)):
        both = np.flatnonzero(judged[first] & judged[second])
        one, other = codes[first, both], codes[second, both]
        yield "pair_first", position * q + one, place[both]
        yield "pair_second", position * q + other, place[both]
        if is_ordered:
            yield "pair_tables", (position * q + one) * q + other, place[both]
            yield "size_tables", (sizes[both] * q + one) * q + other, place[both]
        same = both[one == other]
        yield "pair_agreeing", np.full(same.size, position), place[same]
        yield "agreeing", sizes[same] * q + codes[first, same], place[same]
    for position, (column, is_judged) in enumerate(zip(codes, judged, strict=True)):
        chosen = np.flatnonzero(is_judged)
        yield "size_labels", sizes[chosen] * q + column[chosen], place[chosen]
        yield "coder_labels", position * q + column[chosen], place[chosen]
    yield "units_by_size", sizes, place
    alike = np.flatnonzero(is_unanimous(columns, sizes))
    yield "n_unanimous", np.zeros(alike.size, dtype=np.int64), place[alike]


def _exact_type(drawing: Drawing, n_pairs: int) -> npt.DTypeLike:
    """Return the smallest type in which every table of a resample is exact.

    A card adds at most one to a cell for each two coders.
    """
    return np.float32 if drawing.most_cards * max(1, n_pairs) < _MOST_EXACT else np.float64


def sparse_matrix(
    values: CountArray, row: IntArray, column: IntArray, shape: tuple[int, int]
) -> "csr_array":
    """Return a matrix that holds the sums of the values given for each cell."""
    # A server starts without SciPy; the first closing of a round may wait for it.
    from scipy.sparse import coo_array

    return coo_array((values, (row, column)), shape).tocsr()


def _sparse_features(
    entries: Iterator[Entry], layout: _Layout, n_columns: int, kind: npt.DTypeLike
) -> "csr_array":
    """Return one column of features for each pattern or group of cards, the zeros left out."""
    rows, columns = [], []
    for name, cell, column in entries:
        rows.append(cell + layout.slices[name].start)
        columns.append(column)
    row, column = np.concatenate(rows), np.concatenate(columns)
    ones = np.ones(row.size, dtype=kind)
    return sparse_matrix(ones, row, column, (layout.n_features, n_columns)).T


def _dense_features(
    entries: Iterator[Entry], layout: _Layout, n_columns: int, kind: npt.DTypeLike
) -> CountArray:
    """Return one row of features for each group of cards."""
    found = np.zeros((n_columns, layout.n_features), dtype=kind)
    for name, cell, column in entries:
        part = layout.slices[name]
        width = part.stop - part.start
        cells = np.bincount(column * width + cell, minlength=n_columns * width)
        found[:, part] += cells.reshape(n_columns, width)
    return found


def resample(
    ratings: Ratings,
    counts: Counts,
    *,
    n_resamples: int,
    seed: int,
    clusters: IntArray | None = None,
    progress: Progress | None = None,
) -> Resamples:
    """Return the figures of resamples drawn with replacement.

    Tables of resamples hold whole numbers, which are added without loss whatever the order and
    however many threads add them: the same seed gives the same tables on every machine.

    Parameters
    ----------
    ratings : Ratings
        The judgements.
    counts : Counts
        Their tables.
    n_resamples : int
        How many resamples; each draws as many cards (or documents, or groups) as there are.
    seed : int
        The same seed gives the same resamples.
    clusters : ndarray of int, shape (n_units,), optional
        For each card, the number of its source document.
    progress : callable, optional
        Told the share of resamples done.

    Returns
    -------
    Resamples
        NaN where a figure is undefined in a resample.

    Raises
    ------
    TooLarge
        If the tables are too large to be resampled.

    References
    ----------
    Efron, B. & Tibshirani, R. J. (1993). An Introduction to the Bootstrap.
    doi:10.1007/978-1-4899-4541-9

    Examples
    --------
    >>> from app.agreement.counting import count
    >>> ratings = Ratings([[0, 0]] * 20 + [[0, 1]] * 5 + [[1, 1]] * 15, ("a", "b"))
    >>> drawn = resample(ratings, count(ratings), n_resamples=100, seed=1)
    >>> drawn.n_drawn, {found.shape for found in drawn.values.over_all.values()}
    (40, {(100,)})
    """
    layout = _Layout(counts, is_ordered=ratings.scale.is_ordered)
    if layout.n_features > MOST_FEATURES:
        raise TooLarge("There are too many categories for resampling.")
    columns = np.ascontiguousarray(ratings.codes.T[counts.active])
    patterns, which = distinct_rows(columns.T)
    grouping = group_cards(which, clusters, seed)
    drawing = Drawing(grouping, seed, n_features=layout.n_features)
    kind, n_columns = _exact_type(drawing, len(counts.pairs)), grouping.n_columns
    if grouping.unit is Unit.CARDS:
        entries = _entries(np.ascontiguousarray(patterns.T), np.arange(n_columns), layout)
    else:
        entries = _entries(columns, grouping.column, layout)
    is_full = grouping.unit is not Unit.CARDS and n_columns * layout.n_features <= _MOST_DENSE
    tabulate = _dense_features if is_full else _sparse_features
    of_columns = tabulate(entries, layout, n_columns, kind)
    parts: list[Values] = []
    for drawn in drawing.batches(n_resamples):
        tables = drawn @ of_columns
        resampled = layout.counts(tables.astype(np.float64, copy=False))
        parts.append(evaluate(resampled, ratings.scale, ratings.values))
        if progress is not None:
            progress(drawing.n_done / n_resamples)
    return Resamples(joined(parts), grouping.unit, drawing.n_drawn, n_resamples, seed)
