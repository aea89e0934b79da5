"""From similarities to a tree of cards: which cards are joined, how near, in which order.

**Ties.** Piles of few participants give many equal similarities, and programs that take whichever
of them comes first draw another tree when rows are shuffled. Here the cards are put in the order
of their names first; among the nearest groups (differences below 1e-10 count as none) the two are
joined whose first cards come first. So neither the order of cards nor that of participants matters.

**Linkage.** Average is the default. Ward's and the centroid methods are not offered: they measure
squared distances between points in space, and a share of participants is none, the less so where
cards were left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.agreement.ratings import FloatArray, IntArray

NO_DIFFERENCE = 1e-10  # heights closer than this are equal: rounding, not similarity


class Linkage(StrEnum):
    """How far apart two groups of cards are, by the distances of their cards."""

    AVERAGE = "average"
    COMPLETE = "complete"
    SINGLE = "single"


@dataclass(frozen=True, slots=True, eq=False)
class Dendrogram:
    """The tree of the cards.

    Parameters
    ----------
    merges : ndarray of int, shape (n_cards - 1, 2)
        What each step joins: a card by its position, or the group made in step k as n_cards + k.
        The group with the card whose name comes first stands first.
    heights : ndarray of float, shape (n_cards - 1,)
        Distance at which each step joins, never falling; 1 - height is the similarity.
    sizes : ndarray of int, shape (n_cards - 1,)
        Cards in the group each step makes.
    leaf_order : ndarray of int, shape (n_cards,)
        Positions of the cards as they stand side by side, without crossing branches.
    correlation : float
        Cophenetic correlation: Pearson's r between the distances and the heights at which two
        cards meet, over all pairs. NaN (undefined) if either does not vary.
    is_tied : bool
        Whether equal distances left a choice that makes another tree.

    References
    ----------
    Sokal, R. R. & Rohlf, F. J. (1962). The comparison of dendrograms by objective methods. Taxon
    11(2), 33-40. doi:10.2307/1217208
    """

    merges: IntArray
    heights: FloatArray
    sizes: IntArray
    leaf_order: IntArray
    correlation: float
    is_tied: bool


def build_dendrogram(
    similarity: FloatArray, cards: Sequence[str], *, linkage: Linkage = Linkage.AVERAGE
) -> Dendrogram:
    """Return the tree that joins the nearest groups step by step.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_cards, n_cards)
        Symmetric, between 0 and 1, without gaps; the distance is 1 - similarity.
    cards : sequence of str, length n_cards
        Distinct names; ties are broken by their order as text.
    linkage : Linkage
        `AVERAGE`: the mean distance of all pairs of cards; `COMPLETE`: the largest; `SINGLE`: the
        smallest.

    Raises
    ------
    ValueError
        Without cards, with a similarity that is not defined, or with a shape that does not fit.

    References
    ----------
    Lance, G. N. & Williams, W. T. (1967). A general theory of classificatory sorting strategies.
    The Computer Journal 9(4), 373-380. doi:10.1093/comjnl/9.4.373

    Examples
    --------
    >>> tree = build_dendrogram(np.array([[1, 0.2, 0.8], [0.2, 1, 0], [0.8, 0, 1]]), "abc")
    >>> tree.merges.tolist(), tree.heights.round(3).tolist(), tree.leaf_order.tolist()
    ([[0, 2], [3, 1]], [0.2, 0.9], [0, 2, 1])
    """
    n_cards = len(cards)
    if n_cards == 0 or similarity.shape != (n_cards, n_cards):
        raise ValueError("A tree needs cards, and a similarity for each two of them.")
    if np.isnan(similarity).any():
        raise ValueError("A tree needs the similarity of every two cards.")
    order = np.array(sorted(range(n_cards), key=cards.__getitem__), dtype=np.int64)
    distances = 1 - similarity[np.ix_(order, order)]
    steps = _join_all(distances, _APART[linkage])
    return Dendrogram(
        merges=_named(steps.joined, order),
        heights=steps.heights,
        sizes=steps.sizes,
        leaf_order=order[steps.members],
        correlation=_correlation(distances, steps.meeting),
        is_tied=steps.is_tied and linkage is not Linkage.SINGLE,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """What was joined, in numbers of the cards ordered by name."""

    joined: IntArray
    heights: FloatArray
    sizes: IntArray
    members: IntArray
    meeting: FloatArray
    is_tied: bool


_Apart = Callable[[FloatArray, FloatArray, tuple[int, int]], FloatArray]
"""From the distances of two groups and their numbers of cards to those of the group they make."""


def _by_mean(one: FloatArray, other: FloatArray, sizes: tuple[int, int]) -> FloatArray:
    n_one, n_other = sizes
    mean: FloatArray = (n_one * one + n_other * other) / (n_one + n_other)
    return mean


def _by_farthest(one: FloatArray, other: FloatArray, _sizes: tuple[int, int]) -> FloatArray:
    return np.maximum(one, other)


def _by_nearest(one: FloatArray, other: FloatArray, _sizes: tuple[int, int]) -> FloatArray:
    return np.minimum(one, other)


_APART: Mapping[Linkage, _Apart] = {
    Linkage.AVERAGE: _by_mean,
    Linkage.COMPLETE: _by_farthest,
    Linkage.SINGLE: _by_nearest,
}


def _join_all(distances: FloatArray, apart: _Apart) -> _Steps:
    """Join the nearest two groups until one is left.

    A group stands in the row of its first card; the distance to itself and to rows that are used
    up is infinite. The nearest distance of each row is kept, so a step looks at few rows again.
    """
    n = distances.shape[0]
    between = distances.copy()
    np.fill_diagonal(between, np.inf)
    nearest = between.min(axis=1, initial=np.inf)
    members = [[card] for card in range(n)]
    numbers = list(range(n))
    meeting = np.zeros_like(distances)
    joined, heights, sizes = np.empty((n - 1, 2), dtype=np.int64), np.empty(n - 1), []
    is_tied = False
    for step in range(n - 1):
        limit = nearest.min() + NO_DIFFERENCE
        one = int(np.argmax(nearest <= limit))
        other = int(np.argmax(between[one] <= limit))
        is_tied = is_tied or _is_choice(between, one, other, limit)
        height = max(float(between[one, other]), heights[step - 1] if step else 0.0)
        joined[step], heights[step] = (numbers[one], numbers[other]), height
        pairs = np.ix_(members[one], members[other])
        meeting[pairs] = height
        _fuse(between, nearest, (one, other), (len(members[one]), len(members[other])), apart)
        members[one] += members[other]
        numbers[one] = n + step
        sizes.append(len(members[one]))
    in_order = np.array(members[0], dtype=np.int64)
    return _Steps(joined, heights, np.array(sizes, np.int64), in_order, meeting, is_tied)


def _is_choice(between: FloatArray, one: int, other: int, limit: float) -> bool:
    """Tell whether a third group is as near to one of the two, but not to both.

    Where all that are equally near are so to each other, any order leads to the same tree.
    """
    is_near, is_near_other = between[one] <= limit, between[other] <= limit
    is_near[other] = is_near_other[one] = False
    return bool((is_near != is_near_other).any())


def _fuse(
    between: FloatArray,
    nearest: FloatArray,
    rows: tuple[int, int],
    sizes: tuple[int, int],
    apart: _Apart,
) -> None:
    """Put the joined group into the row of the first and use up the row of the second."""
    one, other = rows
    before = np.minimum(between[one], between[other])
    fused = apart(between[one], between[other], sizes)
    fused[[one, other]] = np.inf
    between[one] = between[:, one] = fused
    between[other] = between[:, other] = np.inf
    nearest[other] = np.inf
    # A row whose nearest was one of the two has lost it if what they became lies farther away; any
    # other can only have come nearer. Where all are equally near, hardly a row is looked at again.
    lost = np.flatnonzero((before <= nearest) & np.isfinite(fused) & (fused > nearest))
    np.minimum(nearest, fused, out=nearest)
    lost = np.append(lost, one)
    nearest[lost] = between[lost].min(axis=1)


def _named(joined: IntArray, order: IntArray) -> IntArray:
    """Return the steps with cards by their positions before they were ordered by name."""
    n_cards = order.size
    is_card = joined < n_cards
    return np.where(is_card, order[np.where(is_card, joined, 0)], joined)


def _correlation(distances: FloatArray, meeting: FloatArray) -> float:
    pairs = np.triu_indices(distances.shape[0], 1)
    found, drawn = distances[pairs], (meeting + meeting.T)[pairs]
    if found.size == 0 or np.ptp(found) <= NO_DIFFERENCE or np.ptp(drawn) <= NO_DIFFERENCE:
        return float("nan")
    if np.abs(found - drawn).max() <= NO_DIFFERENCE:
        return 1.0
    found, drawn = found - found.mean(), drawn - drawn.mean()
    return float((found @ drawn) / np.sqrt((found @ found) * (drawn @ drawn)))
