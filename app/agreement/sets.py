"""Agreement on sets of categories: how large two sets are and how much they share.

Every set distance used here depends on three numbers only (size of the first, size of the second,
size of what they share), so it is enough to count how often which three occur.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from app.agreement.distances import SET_DISTANCES, Distance
from app.agreement.expectation import count_members, expected_distances, pack_sets, tally
from app.agreement.measures import Measure
from app.agreement.ratings import FloatArray, IntArray, SetRatings, ratio

SIMILARITIES: Mapping[Measure, Distance] = {
    Measure.PERCENT_EXACT_SET: Distance.EXACT_SET,
    Measure.MEAN_JACCARD: Distance.JACCARD,
    Measure.MEAN_MASI: Distance.MASI,
}
"""Measures of how alike sets are, each 1 minus a mean distance."""

ALPHAS: Mapping[Measure, Distance] = {
    Measure.ALPHA_MASI: Distance.MASI,
    Measure.ALPHA_JACCARD: Distance.JACCARD,
    Measure.ALPHA_EXACT_SET: Distance.EXACT_SET,
}
"""Krippendorff's alpha of sets by the distance it counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """How often sets of which sizes met, and how much they shared.

    The entries hold only what occurs, at most one for each card and pair of coders: a table of
    all possible sizes would grow with the cube of the largest set.

    Parameters
    ----------
    units_by_size : ndarray of int, shape (m + 1,)
        Cards judged by exactly 0, 1, ... m coders.
    pairs : tuple of (int, int)
        Columns of each two coders who judged anything.
    pair : ndarray of int, shape (n_entries,)
        Position in `pairs` of the coders who met.
    n_judged : ndarray of int, shape (n_entries,)
        Number of coders who judged the cards on which they met.
    first, second, shared : ndarray of int, shape (n_entries,)
        Sizes of the first coder's set, of the second's, and of what the two share.
    times : ndarray of int, shape (n_entries,)
        Number of such cards.
    expected : mapping of Distance to float
        Sum of each distance over every two pairable sets, whoever chose them and for whichever
        card.
    n_unanimous : int
        Cards judged by at least two coders who all chose the same set.
    """

    units_by_size: IntArray
    pairs: tuple[tuple[int, int], ...]
    pair: IntArray
    n_judged: IntArray
    first: IntArray
    second: IntArray
    shared: IntArray
    times: IntArray
    expected: Mapping[Distance, float]
    n_unanimous: int

    @property
    def units_by_pair(self) -> IntArray:
        """Cards both coders of each pair judged, shape (n_pairs,)."""
        return self._sum(self.pair, self.times, len(self.pairs)).astype(np.int64)

    def apart_by_size(self, distance: Distance) -> FloatArray:
        """Return the distances summed by the number of coders of the card, shape (m + 1,)."""
        return self._sum(self.n_judged, self.times * self._apart(distance), self.units_by_size.size)

    def alike_by_size(self, distance: Distance) -> FloatArray:
        """Return the similarities summed by the number of coders of the card, shape (m + 1,)."""
        alike = self.times * (1 - self._apart(distance))
        return self._sum(self.n_judged, alike, self.units_by_size.size)

    def alike_by_pair(self, distance: Distance) -> FloatArray:
        """Return the similarities summed by pair of coders, shape (n_pairs,)."""
        return self._sum(self.pair, self.times * (1 - self._apart(distance)), len(self.pairs))

    def _apart(self, distance: Distance) -> FloatArray:
        if distance not in SET_DISTANCES:
            raise ValueError(f"The {distance} distance compares single categories, not sets.")
        return SET_DISTANCES[distance](self.first, self.second, self.shared)

    @staticmethod
    def _sum(group: IntArray, amount: FloatArray | IntArray, n_groups: int) -> FloatArray:
        return np.bincount(group, weights=amount, minlength=n_groups).astype(np.float64)


def meet(ratings: SetRatings) -> Meetings:
    """Return the counts every measure on sets is a function of.

    Parameters
    ----------
    ratings : SetRatings
        Judgements that give each card a set of categories.

    Examples
    --------
    >>> sets = [[[True, False], [True, True]], [[False, False], [False, False]]]
    >>> met = meet(SetRatings(sets, [[True, True]] * 2, ("a", "b")))
    >>> met.n_unanimous, int(met.times.sum())
    (1, 2)
    """
    judged = ratings.judged
    active = np.flatnonzero(judged.any(axis=0))
    pairs = tuple(combinations(active.tolist(), 2))
    words = pack_sets(ratings.members)
    sizes, n_judged = count_members(words), judged.sum(axis=1, dtype=np.int64)
    width, n_sizes = int(sizes.max(initial=0)) + 1, active.size + 1
    entries = [np.zeros((3, 0), dtype=np.int64)]
    agreeing = np.zeros(ratings.n_units, dtype=np.int64)
    for position, (first, second) in enumerate(pairs):
        both = judged[:, first] & judged[:, second]
        shared = count_members(words[:, first] & words[:, second])
        cell = (sizes[:, first] * width + sizes[:, second]) * width + shared
        code = (n_judged * width**3 + cell)[both]
        found, times = tally(code, np.ones(code.size), n_sizes * width**3)
        entries.append(np.stack([np.full(found.size, position), found, times.astype(np.int64)]))
        agreeing += both & (words[:, first] == words[:, second]).all(axis=-1)
    is_pairable = n_judged >= 2
    unanimous = is_pairable & (agreeing == n_judged * (n_judged - 1) // 2)
    pair, code, times = np.concatenate(entries, axis=1)
    return Meetings(
        units_by_size=np.bincount(n_judged, minlength=n_sizes),
        pairs=pairs,
        pair=pair,
        n_judged=code // width**3,
        first=code // width**2 % width,
        second=code // width % width,
        shared=code % width,
        times=times,
        expected=expected_distances(words[judged & is_pairable[:, None]]),
        n_unanimous=int(np.count_nonzero(unanimous)),
    )


def mean_similarity(met: Meetings, distance: Distance) -> FloatArray:
    """Return the mean over cards of the mean similarity (1 - distance) of their sets.

    With `EXACT_SET` this is percent agreement on whole sets.

    Parameters
    ----------
    met : Meetings
        Counts of sets.
    distance : Distance
        One of the set distances.

    Returns
    -------
    ndarray of float, shape ()
        Between 0 and 1; NaN (undefined) if no card was judged twice.
    """
    size = np.arange(met.units_by_size.size)
    shares = ratio(2 * met.alike_by_size(distance), size * (size - 1))[2:].sum()
    return ratio(shares, met.units_by_size[2:].sum())


def pair_similarity(met: Meetings, distance: Distance) -> FloatArray:
    """Return each pair's mean similarity over the cards both judged, shape (n_pairs,).

    Parameters
    ----------
    met : Meetings
        Counts of sets.
    distance : Distance
        One of the set distances.

    Returns
    -------
    ndarray of float, shape (n_pairs,)
        Between 0 and 1; NaN (undefined) for a pair without common cards.
    """
    return ratio(met.alike_by_pair(distance), met.units_by_pair)


def pooled_similarity(met: Meetings, distance: Distance) -> FloatArray:
    """Return the mean similarity over all pairs of judgements of one card.

    Parameters
    ----------
    met : Meetings
        Counts of sets.
    distance : Distance
        One of the set distances.

    Returns
    -------
    ndarray of float, shape ()
        Between 0 and 1; NaN (undefined) if no card was judged twice.
    """
    return ratio(met.alike_by_pair(distance).sum(), met.times.sum())


def set_alpha(met: Meetings, distance: Distance) -> FloatArray:
    """Return Krippendorff's alpha of sets under a named set distance.

    1 - D_o / D_e; D_e over every two pairable sets, whoever chose them.

    Parameters
    ----------
    met : Meetings
        Counts of sets.
    distance : Distance
        `MASI`, `JACCARD` or `EXACT_SET`.

    Returns
    -------
    ndarray of float, shape ()
        1 or less; NaN (undefined) if nothing is pairable or all pairable sets are the same.

    References
    ----------
    Passonneau, R. (2006). https://aclanthology.org/L06-1392/. Krippendorff, K. (2011).
    https://repository.upenn.edu/asc_papers/43
    """
    size = np.arange(met.units_by_size.size)
    n_labels = int(met.units_by_size[2:] @ size[2:])
    found = 2 * ratio(met.apart_by_size(distance), size - 1)[2:].sum()
    return 1 - ratio(found * (n_labels - 1), np.asarray(met.expected[distance]))
