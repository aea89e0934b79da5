"""Agreement on sets of categories: how large two sets are and how much they share.

Every set distance used here depends on three numbers only, so one table over (size of the first,
size of the second, size of what they share) serves them all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from app.agreement.distances import Distance, exact_distance, jaccard_distance, masi_distance
from app.agreement.expectation import count_members, expected_meetings, pack_sets
from app.agreement.kappa import ratio
from app.agreement.ratings import FloatArray, IntArray, SetRatings

SetDistance = Callable[[IntArray, IntArray, IntArray], FloatArray]
_DISTANCES: dict[Distance, SetDistance] = {
    Distance.EXACT_SET: exact_distance,
    Distance.JACCARD: jaccard_distance,
    Distance.MASI: masi_distance,
}


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """How often sets of which sizes met, and how much they shared.

    Parameters
    ----------
    width : int
        One more than the size of the largest set; cell (i, j, s) of a table stands at
        (i · width + j) · width + s.
    units_by_size : ndarray of int, shape (m + 1,)
        Cards judged by exactly 0, 1, ... m coders.
    pairs : tuple of (int, int)
        Columns of each two coders who judged anything.
    pair_tables : ndarray of int, shape (n_pairs, width³)
        Cards both coders judged.
    size_tables : ndarray of int, shape (m + 1, width³)
        The same over all pairs, by the number of coders who judged the card.
    expected : ndarray of float, shape (width³,)
        Every two pairable sets, whoever chose them and for whichever card.
    n_unanimous : int
        Cards judged by at least two coders who all chose the same set.
    """

    width: int
    units_by_size: IntArray
    pairs: tuple[tuple[int, int], ...]
    pair_tables: IntArray
    size_tables: IntArray
    expected: FloatArray
    n_unanimous: int

    def distances(self, distance: Distance) -> FloatArray:
        """Return the distance of each cell, shape (width³,).

        Raises
        ------
        ValueError
            If the distance is not one between sets.
        """
        if distance not in _DISTANCES:
            raise ValueError(f"The {distance} distance compares single categories, not sets.")
        cell = np.arange(self.width**3)
        first, second, shared = cell // self.width**2, cell // self.width % self.width, cell
        return _DISTANCES[distance](first, second, shared % self.width)


def meet(ratings: SetRatings) -> Meetings:
    """Return the tables every measure on sets is a function of.

    Examples
    --------
    >>> sets = [[[True, False], [True, True]], [[False, False], [False, False]]]
    >>> met = meet(SetRatings(sets, [[True, True]] * 2, ("a", "b")))
    >>> met.n_unanimous, int(met.pair_tables.sum())
    (1, 2)
    """
    judged = ratings.judged
    active = np.flatnonzero(judged.any(axis=0))
    pairs = tuple(combinations(active.tolist(), 2))
    words = pack_sets(ratings.members)
    sizes, n_judged = count_members(words), judged.sum(axis=1, dtype=np.int64)
    width, n_sizes = int(sizes.max(initial=0)) + 1, active.size + 1
    pair_tables = np.zeros((len(pairs), width**3), dtype=np.int64)
    size_tables = np.zeros((n_sizes, width**3), dtype=np.int64)
    agreeing = np.zeros(ratings.n_units, dtype=np.int64)
    for position, (first, second) in enumerate(pairs):
        both = judged[:, first] & judged[:, second]
        shared = count_members(words[:, first] & words[:, second])
        cell = (sizes[:, first] * width + sizes[:, second]) * width + shared
        flat = (n_judged * width**3 + cell)[both]
        table = np.bincount(flat, minlength=n_sizes * width**3).reshape(n_sizes, -1)
        pair_tables[position] = table.sum(axis=0)
        size_tables += table
        agreeing += both & (words[:, first] == words[:, second]).all(axis=-1)
    is_pairable = n_judged >= 2
    unanimous = is_pairable & (agreeing == n_judged * (n_judged - 1) // 2)
    return Meetings(
        width=width,
        units_by_size=np.bincount(n_judged, minlength=n_sizes),
        pairs=pairs,
        pair_tables=pair_tables,
        size_tables=size_tables,
        expected=expected_meetings(words[judged & is_pairable[:, None]], width),
        n_unanimous=int(np.count_nonzero(unanimous)),
    )


def mean_similarity(met: Meetings, distance: Distance) -> FloatArray:
    """Return the mean over cards of the mean similarity (1 - distance) of their sets.

    With `EXACT_SET` this is percent agreement on whole sets.

    Parameters
    ----------
    met : Meetings
        Tables of sets.
    distance : Distance
        One of the set distances.

    Returns
    -------
    ndarray of float, shape ()
        Between 0 and 1; NaN (undefined) if no card was judged twice.
    """
    alike = met.size_tables @ (1 - met.distances(distance))
    size = np.arange(met.units_by_size.size)
    shares = ratio(2 * alike, size * (size - 1))[2:].sum()
    return ratio(shares, met.units_by_size[2:].sum())


def pair_similarity(met: Meetings, distance: Distance) -> FloatArray:
    """Return each pair's mean similarity over the cards both judged, shape (n_pairs,).

    Parameters
    ----------
    met : Meetings
        Tables of sets.
    distance : Distance
        One of the set distances.

    Returns
    -------
    ndarray of float, shape (n_pairs,)
        Between 0 and 1; NaN (undefined) for a pair without common cards.
    """
    return ratio(met.pair_tables @ (1 - met.distances(distance)), met.pair_tables.sum(axis=1))


def set_alpha(met: Meetings, distance: Distance) -> FloatArray:
    """Return Krippendorff's alpha of sets under a named set distance.

    1 - D_o / D_e; D_e over every two pairable sets, whoever chose them.

    Parameters
    ----------
    met : Meetings
        Tables of sets.
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
    apart = met.distances(distance)
    size = np.arange(met.units_by_size.size)
    n_labels = int(met.units_by_size[2:] @ size[2:])
    found = 2 * ratio(met.size_tables @ apart, size - 1)[2:].sum()
    return 1 - ratio(found * (n_labels - 1), met.expected @ apart)
