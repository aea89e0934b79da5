"""The tables every coefficient is a function of."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from app.agreement.ratings import BoolArray, CountArray, FloatArray, IntArray, ratio


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """What unweighted coefficients of two coders need of a table of theirs.

    Parameters
    ----------
    first, second : ndarray of int, shape (..., q)
        Cards of the table by the first coder's category, and by the second's.
    agreeing : ndarray of int, shape (...)
        Cards both put in the same category.
    """

    first: CountArray
    second: CountArray
    agreeing: CountArray


def margins_of(tables: CountArray) -> Margins:
    """Return the margins of tables of shape (..., q, q).

    Examples
    --------
    >>> margins_of(np.array([[20, 5], [10, 15]])).second.tolist()
    [30, 20]
    """
    agreeing = np.asarray(np.einsum("...kk->...", tables))
    return Margins(tables.sum(axis=-1), tables.sum(axis=-2), agreeing)


@dataclass(frozen=True, eq=False)
class Counts:
    """How often which categories met on one card.

    What several coefficients share is computed once, on first use.

    Every table may carry leading axes, written (...): one set of tables for each resample, or,
    from `collapse` and `count_categories`, one for each category along the first axis. Every
    coefficient then comes out once for each. Resampled tables hold whole numbers as floats.

    Parameters
    ----------
    n_units : int
        Cards, judged or not.
    active : ndarray of int, shape (m,)
        Columns of the coders who judged anything; the others are left out of every table.
    pairs : tuple of (int, int), length m(m-1)/2
        Columns of each two active coders, in order.
    units_by_size : ndarray of int, shape (..., m + 1)
        Cards judged by exactly 0, 1, ... m coders.
    pair_tables : ndarray of int, shape (..., n_pairs, q, q)
        Cards both coders of the pair judged, by the first coder's category (row) and the
        second's (column); empty in resamples of a nominal scale, which need the margins only.
    pair_margins : Margins
        Their margins, of shape (..., n_pairs, q).
    size_tables : ndarray of int, shape (..., m + 1, q, q)
        The same, over all pairs, by the number of coders who judged the card; empty in resamples
        of a nominal scale, which need the diagonal only.
    agreeing : ndarray of int, shape (..., m + 1, q)
        That diagonal: agreeing pairs by the number of coders and the category.
    size_labels : ndarray of int, shape (..., m + 1, q)
        Judgements of each category by the number of coders who judged the card.
    coder_labels : ndarray of int, shape (..., m, q)
        Judgements of each category by coder.
    n_unanimous : ndarray of int, shape (...)
        Cards judged by at least two coders who all agree.
    n_declared : int
        Answers a coder could choose from: the declared categories, also after `collapse`; 2 for
        a category that may or may not be put on a card, 0 if there is none of them.
    """

    n_units: int
    active: IntArray
    pairs: tuple[tuple[int, int], ...]
    units_by_size: CountArray
    pair_tables: CountArray
    pair_margins: Margins
    size_tables: CountArray
    agreeing: CountArray
    size_labels: CountArray
    coder_labels: CountArray
    n_unanimous: CountArray
    n_declared: int

    @property
    def n_coders(self) -> int:
        """Coders who judged at least one card."""
        return int(self.active.size)

    @property
    def n_pairable(self) -> int:
        """Cards judged by at least two coders; only for tables without leading axes."""
        return int(self.pairable_units)

    @property
    def n_labels(self) -> int:
        """Judgements in all; only for tables without leading axes."""
        return int(self.units_by_size @ self.sizes.astype(np.int64))

    @cached_property
    def sizes(self) -> FloatArray:
        """0, 1, ... m: how many coders can have judged a card."""
        return np.arange(self.units_by_size.shape[-1], dtype=np.float64)

    @cached_property
    def judged_units(self) -> CountArray:
        """Cards judged at all, shape (...)."""
        return np.asarray(self.units_by_size[..., 1:].sum(axis=-1))

    @cached_property
    def pairable_units(self) -> CountArray:
        """Cards judged by at least two coders, shape (...)."""
        return np.asarray(self.units_by_size[..., 2:].sum(axis=-1))

    @cached_property
    def observed(self) -> FloatArray:
        """Percent agreement, the mean over cards, shape (...); NaN if no card was judged twice."""
        pairs = (self.sizes * (self.sizes - 1))[2:]
        shares = (2 * self.agreeing[..., 2:, :].sum(axis=-1) / pairs).sum(axis=-1)
        return ratio(shares, self.pairable_units)

    @cached_property
    def shares(self) -> FloatArray:
        """Each category's mean share of a card's judgements, (..., q); NaN if none was judged."""
        per_card = (self.size_labels[..., 1:, :] / self.sizes[1:, None]).sum(axis=-2)
        return ratio(per_card, self.judged_units[..., None])

    @cached_property
    def is_varied(self) -> BoolArray:
        """Whether more than one category was used, shape (...)."""
        found: BoolArray = np.count_nonzero(self.shares > 0, axis=-1) > 1
        return found

    @property
    def n_categories(self) -> int:
        """Declared categories of each table."""
        return int(self.size_labels.shape[-1])


def diagonal(tables: CountArray) -> CountArray:
    """Return the diagonals of tables of shape (..., q, q)."""
    return np.diagonal(tables, axis1=-2, axis2=-1)


def square(
    both: CountArray, first: CountArray, second: CountArray, total: CountArray
) -> CountArray:
    """Return two-by-two tables, category by category along a new first axis, from their counts."""
    cells = np.stack([both, first - both, second - both, total - first - second + both], axis=-1)
    return np.moveaxis(cells.reshape(*cells.shape[:-1], 2, 2), -3, 0)


def square_margins(
    both: CountArray, first: CountArray, second: CountArray, total: CountArray
) -> Margins:
    """Return the margins of such two-by-two tables, categories along the last axis as they came.

    Parameters
    ----------
    both, first, second : ndarray, shape (...)
        Cards on which both coders, the first coder and the second named the category.
    total : ndarray, broadcast to the same shape
        Cards both judged.

    Examples
    --------
    >>> margins = square_margins(np.array([20]), np.array([25]), np.array([30]), np.array([50]))
    >>> margins.first.tolist(), margins.second.tolist(), margins.agreeing.tolist()
    ([[25, 25]], [[30, 20]], [35])
    """
    return Margins(
        np.stack([first, total - first], axis=-1),
        np.stack([second, total - second], axis=-1),
        total - first - second + 2 * both,
    )


def _split_tables(tables: CountArray) -> CountArray:
    first, second = tables.sum(axis=-1), tables.sum(axis=-2)
    total = tables.sum(axis=(-2, -1))[..., None]
    return square(diagonal(tables), first, second, total)


def _split_labels(labels: CountArray) -> CountArray:
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
    >>> from app.agreement.counting import count
    >>> from app.agreement.ratings import Ratings
    >>> counts = count(Ratings([[0, 0], [1, 2], [2, 2]], ("a", "b", "c")))
    >>> collapse(counts).pair_tables[2, 0].tolist()
    [[1, 0], [1, 1]]
    """
    pair_tables = _split_tables(counts.pair_tables)
    size_tables = _split_tables(counts.size_tables)
    return replace(
        counts,
        pair_tables=pair_tables,
        pair_margins=margins_of(pair_tables),
        size_tables=size_tables,
        agreeing=diagonal(size_tables),
        size_labels=_split_labels(counts.size_labels),
        coder_labels=_split_labels(counts.coder_labels),
    )
