"""Agreement of two sorts on pairs of cards: together in both, apart in both, or neither.

Counts are whole numbers of any size, with one division at the end: equal sorts give exactly 1.
"""

import math
from dataclasses import dataclass

import numpy as np

from app.agreement.ratings import IntArray
from app.agreement.sorts.overlaps import Overlap


@dataclass(frozen=True, slots=True)
class CardPairs:
    """How many pairs of cards two participants put together.

    Parameters
    ----------
    n_pairs : int
        Pairs of the cards both sorted.
    both : int
        Pairs that lie in one pile for both participants.
    first, second : int
        Pairs that lie in one pile for the first, and for the second.
    """

    n_pairs: int
    both: int
    first: int
    second: int


def count_pairs(overlap: Overlap) -> CardPairs:
    """Return the counts of pairs that the measures here are functions of."""
    return CardPairs(
        overlap.n_pairs,
        _joined(overlap.shared),
        _joined(overlap.sizes),
        _joined(overlap.other_sizes),
    )


def rand(pairs: CardPairs) -> float:
    """Return the share of pairs of cards that both put together or both kept apart.

    (N + 2 b - f - s) / N, with N pairs of cards, b together in both sorts, f in the first and s
    in the second.

    Parameters
    ----------
    pairs : CardPairs
        Counts of two sorts.

    Returns
    -------
    float
        Between 0 and 1; NaN (undefined) with fewer than two cards. Not corrected for chance: with
        many piles most pairs are apart in both, and it lies near 1 whatever people did.

    References
    ----------
    Rand, W. M. (1971). Objective criteria for the evaluation of clustering methods. Journal of the
    American Statistical Association 66(336), 846-850. doi:10.1080/01621459.1971.10482356

    Examples
    --------
    >>> rand(CardPairs(n_pairs=10, both=2, first=4, second=3))
    0.7
    """
    return _share(pairs.n_pairs + 2 * pairs.both - pairs.first - pairs.second, pairs.n_pairs)


def adjusted_rand(pairs: CardPairs) -> float:
    """Return the Rand index corrected for chance.

    (b - f s / N) / ((f + s) / 2 - f s / N): chance deals the cards anew into piles of the sizes
    both participants made.

    Parameters
    ----------
    pairs : CardPairs
        Counts of two sorts.

    Returns
    -------
    float
        1 for equal sorts, 0 on average for piles dealt by chance, negative below; NaN (undefined)
        with fewer than two cards, and if both put all cards into one pile or each card alone.

    References
    ----------
    Hubert, L. & Arabie, P. (1985). Comparing partitions. Journal of Classification 2, 193-218.
    doi:10.1007/BF01908075

    Examples
    --------
    >>> adjusted_rand(CardPairs(n_pairs=36, both=5, first=9, second=6)) > 0
    True
    >>> adjusted_rand(CardPairs(n_pairs=10, both=10, first=10, second=10))
    nan
    """
    by_chance = 2 * pairs.first * pairs.second
    return _share(
        2 * pairs.both * pairs.n_pairs - by_chance,
        (pairs.first + pairs.second) * pairs.n_pairs - by_chance,
    )


def pair_jaccard(pairs: CardPairs) -> float:
    """Return the share of pairs together in both sorts among those together in either.

    b / (f + s - b). Unlike Rand's index, pairs that both kept apart do not count.

    Parameters
    ----------
    pairs : CardPairs
        Counts of two sorts.

    Returns
    -------
    float
        Between 0 and 1; NaN (undefined) if neither put any two cards together.

    References
    ----------
    Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2),
    37-50. doi:10.1111/j.1469-8137.1912.tb05611.x

    Examples
    --------
    >>> pair_jaccard(CardPairs(n_pairs=10, both=2, first=4, second=3))
    0.4
    """
    return _share(pairs.both, pairs.first + pairs.second - pairs.both)


def _joined(sizes: IntArray) -> int:
    """Return how many pairs lie together in piles of these sizes."""
    return int(np.sum(sizes * (sizes - 1) // 2))


def _share(above: int, below: int) -> float:
    return above / below if below else math.nan
