"""Which categories coders told apart least, and what merging two of them would do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.agreement.counting import count
from app.agreement.counts import Counts
from app.agreement.description import describe
from app.agreement.facet import FacetAgreement
from app.agreement.ratings import Ratings, Scale
from app.agreement.what_if import merge_categories


@dataclass(frozen=True, slots=True)
class Merge:
    """Two categories that were confused, and the agreement if they had been one.

    Parameters
    ----------
    first, second : int
        Positions of the categories.
    n_apart : int
        How often one coder used the first and another the second on the same card: cards for two
        coders, pairs of judgements for more.
    supposed : FacetAgreement
        Every figure after merging the two; not reliability.
    """

    first: int
    second: int
    n_apart: int
    supposed: FacetAgreement


def most_confused(counts: Counts, scale: Scale, *, n_most: int) -> Sequence[tuple[int, int, int]]:
    """Return the pairs of categories told apart least, the most frequent first.

    Parameters
    ----------
    counts : Counts
        Tables over q categories, without leading axes.
    scale : Scale
        On an ordinal scale only neighbours are looked at: no others can become one rank.
    n_most : int
        At most so many pairs.

    Returns
    -------
    sequence of (first, second, n_apart)
        Only pairs that occur.

    Examples
    --------
    >>> ratings = Ratings([[0, 1], [1, 0], [1, 2], [2, 2]], ("a", "b", "c"))
    >>> most_confused(count(ratings), Scale.NOMINAL, n_most=1)
    [(0, 1, 2)]
    """
    met = counts.pair_tables.sum(axis=0)
    first, second = np.triu_indices(met.shape[-1], k=1)
    n_apart = (met + met.T)[first, second]
    may_merge = (second == first + 1) if scale.is_ordered else np.ones(first.size, dtype=np.bool_)
    places = np.flatnonzero((n_apart > 0) & may_merge)
    places = places[np.argsort(-n_apart[places], kind="stable")][:n_most]
    found = np.stack([first, second, n_apart])[:, places]
    return [tuple(row) for row in found.T.tolist()]


def confused_merges(ratings: Ratings, *, n_most: int = 5) -> tuple[Merge, ...]:
    """Return what merging two categories would do, for those that were confused most.

    Parameters
    ----------
    ratings : Ratings
        Judgements that give each card one category.
    n_most : int
        At most so many pairs.

    Returns
    -------
    tuple of Merge
        Most confused first. None with fewer than three categories, where merging leaves nothing
        to tell apart, and none on an interval scale, where no number stands for two.

    Examples
    --------
    >>> ratings = Ratings([[0, 0], [1, 1], [1, 2], [2, 1], [2, 2]], ("a", "b", "c"))
    >>> (merge,) = confused_merges(ratings)
    >>> merge.supposed.categories_declared, merge.n_apart
    (('a', 'b + c'), 2)
    """
    counts = count(ratings)
    if counts.n_categories < 3 or ratings.scale is Scale.INTERVAL:
        return ()
    return tuple(
        Merge(first, second, n_apart, describe(merge_categories(ratings, [(first, second)])))
        for first, second, n_apart in most_confused(counts, ratings.scale, n_most=n_most)
    )
