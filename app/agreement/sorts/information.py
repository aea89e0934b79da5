"""How much one sort tells about another: homogeneity, completeness, V-measure and AMI.

Sums are exactly rounded (`math.fsum`), so no order of cards or piles changes a digit.
"""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from app.agreement.ratings import FloatArray, IntArray
from app.agreement.sorts.overlaps import Overlap


@dataclass(frozen=True)
class Information:
    """What two sorts tell of the place of a card, in nats.

    Parameters
    ----------
    overlap : Overlap
        The two sorts; they have at least one card in common.
    """

    overlap: Overlap

    @cached_property
    def first(self) -> float:
        """Entropy of the first sort, 0 for a single pile."""
        return _entropy(self.overlap.sizes, self.overlap.n_cards)

    @cached_property
    def second(self) -> float:
        """Entropy of the second sort, 0 for a single pile."""
        return _entropy(self.overlap.other_sizes, self.overlap.n_cards)

    @cached_property
    def mutual(self) -> float:
        """Mutual information of the two sorts, 0 if neither tells anything of the other."""
        found, n = self.overlap, self.overlap.n_cards
        meant = found.sizes[found.first] * found.other_sizes[found.second]
        return math.fsum(found.shared / n * np.log(n * found.shared / meant))


def homogeneity(told: Information) -> float:
    """Return how far each pile of the second holds cards of one pile of the first only.

    I / H1, with the mutual information I and the entropy H1 of the first sort; 1 by definition if
    the first has one pile. It is the completeness of the two in the other order.

    Parameters
    ----------
    told : Information
        Of two sorts.

    Returns
    -------
    float
        Between 0 and 1; NaN (undefined) if both put all cards into one pile.

    References
    ----------
    Rosenberg, A. & Hirschberg, J. (2007). V-measure: a conditional entropy-based external cluster
    evaluation measure. EMNLP-CoNLL 2007, 410-420. https://aclanthology.org/D07-1043/
    """
    return _part_told(told, told.first)


def completeness(told: Information) -> float:
    """Return how far each pile of the first lies in one pile of the second only.

    I / H2; 1 by definition if the second has one pile. Homogeneity above completeness says that
    the second sorted more finely than the first.

    Parameters
    ----------
    told : Information
        Of two sorts.

    Returns
    -------
    float
        Between 0 and 1; NaN (undefined) if both put all cards into one pile.

    References
    ----------
    Rosenberg, A. & Hirschberg, J. (2007). https://aclanthology.org/D07-1043/
    """
    return _part_told(told, told.second)


def v_measure(told: Information) -> float:
    """Return the harmonic mean of homogeneity and completeness, 2 I / (H1 + H2).

    With beta = 1 it is also the normalised mutual information by the arithmetic mean.

    Parameters
    ----------
    told : Information
        Of two sorts.

    Returns
    -------
    float
        Between 0 and 1, the same in both orders; NaN (undefined) if both put all cards into one
        pile. Not corrected for chance: many small piles lift it.

    References
    ----------
    Rosenberg, A. & Hirschberg, J. (2007). https://aclanthology.org/D07-1043/

    Examples
    --------
    >>> cells = np.arange(2)
    >>> same = Overlap(cells, cells, np.array([3, 2]), np.array([3, 2]), np.array([3, 2]))
    >>> v_measure(Information(same))
    1.0
    """
    whole = told.first + told.second
    return 2 * told.mutual / whole if whole else math.nan


def adjusted_mutual_information(told: Information) -> float:
    """Return the mutual information corrected for chance, normalised by the arithmetic mean.

    (I - E) / ((H1 + H2) / 2 - E), with E the mean of I over all ways to deal the cards into piles
    of the sizes both participants made.

    Parameters
    ----------
    told : Information
        Of two sorts.

    Returns
    -------
    float
        1 for equal sorts, 0 on average for piles dealt by chance; 0 as well if just one of the two
        has a single pile or each card alone. NaN (undefined) if both have, in the same way.

    References
    ----------
    Vinh, N. X., Epps, J. & Bailey, J. (2010). Information theoretic measures for clusterings
    comparison. Journal of Machine Learning Research 11, 2837-2854.
    https://jmlr.org/papers/v11/vinh10a.html

    Examples
    --------
    >>> cells = np.arange(2)
    >>> same = Overlap(cells, cells, np.array([3, 2]), np.array([3, 2]), np.array([3, 2]))
    >>> adjusted_mutual_information(Information(same))
    1.0
    """
    overlap = told.overlap
    if overlap.is_bare:
        return math.nan
    # Such a sort tells nothing of another; in floats the two zeros would leave a rest.
    if {1, overlap.n_cards} & {overlap.sizes.size, overlap.other_sizes.size}:
        return 0.0
    expected = expected_information(overlap.sizes, overlap.other_sizes)
    return (told.mutual - expected) / ((told.first + told.second) / 2 - expected)


def expected_information(sizes: IntArray, other_sizes: IntArray) -> float:
    """Return the mean mutual information of sorts with piles of these sizes, dealt by chance.

    The sum over every two piles of the mean of (k / n) log(n k / (a b)), where the k cards that
    piles of a and b cards share follow the hypergeometric distribution.

    Parameters
    ----------
    sizes, other_sizes : ndarray of int, shapes (n_first,) and (n_second,)
        Cards in each pile; both sum to the same number of cards.

    Returns
    -------
    float
        In nats, from 0 to the smaller of the two entropies.
    """
    n = int(sizes.sum())
    ones, others = Counter(sizes.tolist()), Counter(other_sizes.tolist())
    return math.fsum(
        ones[a] * others[b] * _expected_of_piles(min(a, b), max(a, b), n)
        for a in ones
        for b in others
    )


@lru_cache(maxsize=2**18)  # with complete sorts every two people have many sizes in common
def _expected_of_piles(a: int, b: int, n: int) -> float:
    """Return what a pile of a cards and one of b add to the expected information."""
    shared = np.arange(max(1, a + b - n), a + 1)
    ways = _log_factorials(1 << n.bit_length())
    log_chance = (ways[a] + ways[b] + ways[n - a] + ways[n - b] - ways[n]) - (
        ways[shared] + ways[a - shared] + ways[b - shared] + ways[n - a - b + shared]
    )
    told = shared / n * np.log(n * shared / (a * b))
    return float(told @ np.exp(log_chance))


@lru_cache(maxsize=32)  # asked for powers of two, so that few tables serve any numbers of cards
def _log_factorials(n: int) -> FloatArray:
    """Return log 0!, log 1!, ... log n!."""
    logs = np.fromiter((math.lgamma(k + 1) for k in range(n + 1)), dtype=np.float64, count=n + 1)
    logs.setflags(write=False)
    return logs


def _entropy(sizes: IntArray, n: int) -> float:
    return math.fsum(sizes / n * np.log(n / sizes))


def _part_told(told: Information, entropy: float) -> float:
    if told.first == told.second == 0:
        return math.nan
    return told.mutual / entropy if entropy else 1.0
