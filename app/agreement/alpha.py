"""Krippendorff's alpha from coincidence tables."""

import numpy as np

from app.agreement.counts import Counts
from app.agreement.distances import Distance, nominal_distance, ordinal_distance
from app.agreement.kappa import ratio
from app.agreement.ratings import FloatArray


def coincidences(counts: Counts) -> FloatArray:
    """Return how often each two categories met on a card, each judgement weighing 1.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).

    Returns
    -------
    ndarray of float, shape (..., q, q)
        Symmetric; row sums are the pairable judgements of each category.

    Examples
    --------
    >>> from app.agreement.counts import count
    >>> from app.agreement.ratings import Ratings
    >>> coincidences(count(Ratings([[0, 0], [0, 1], [1, -1]], ("a", "b")))).tolist()
    [[2.0, 1.0], [1.0, 0.0]]
    """
    tables = counts.size_tables[..., 2:, :, :]
    partners = np.arange(1, counts.units_by_size.size - 1)[:, None, None]
    half: FloatArray = (tables / partners).sum(axis=-3)
    return half + np.swapaxes(half, -1, -2)


def krippendorff_alpha(counts: Counts, distance: Distance = Distance.NOMINAL) -> FloatArray:
    """Return Krippendorff's alpha of cards judged by at least two coders.

    alpha = 1 - D_o / D_e = 1 - (N - 1) sum o_ck d_ck / sum n_c n_k d_ck, with o the coincidence
    table, n its margins and N the pairable judgements.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).
    distance : Distance
        `NOMINAL` or `ORDINAL`.

    Returns
    -------
    ndarray of float, shape (...)
        1 or less; NaN (undefined) if nothing is pairable or pairable judgements fall in one
        category.

    Raises
    ------
    ValueError
        If the distance is one between sets.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability.
    https://repository.upenn.edu/asc_papers/43. Krippendorff, K. (2018). Content Analysis, 4th
    ed., ch. 12. doi:10.4135/9781071878781

    Examples
    --------
    >>> from app.agreement.counts import count
    >>> from app.agreement.ratings import Ratings
    >>> pairs = [[0, 1], [1, 1], [0, 1], [0, 0], [0, 0], [0, 1], [0, 0], [0, 0], [1, 0], [0, 0]]
    >>> float(krippendorff_alpha(count(Ratings(pairs, ("0", "1")))).round(3))
    0.095
    """
    if distance not in (Distance.NOMINAL, Distance.ORDINAL):
        raise ValueError(f"The {distance} distance compares sets, not single categories.")
    met = coincidences(counts)
    margins = met.sum(axis=-1)
    measure = nominal_distance if distance is Distance.NOMINAL else ordinal_distance
    apart = measure(margins)
    varied = np.count_nonzero(margins > 0, axis=-1) > 1
    expected = (margins[..., :, None] * margins[..., None, :] * apart).sum(axis=(-2, -1))
    found = (met * apart).sum(axis=(-2, -1)) * (margins.sum(axis=-1) - 1)
    return 1 - ratio(found, np.where(varied, expected, 0))
