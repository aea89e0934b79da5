"""Krippendorff's alpha from coincidence tables."""

import numpy as np

from app.agreement.counts import Counts
from app.agreement.distances import NUMBER_DISTANCES, Distance, ordinal_distance
from app.agreement.ratings import BoolArray, CountArray, FloatArray, IntArray, ratio


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
    >>> from app.agreement.counting import count
    >>> from app.agreement.ratings import Ratings
    >>> coincidences(count(Ratings([[0, 0], [0, 1], [1, -1]], ("a", "b")))).tolist()
    [[2.0, 1.0], [1.0, 0.0]]
    """
    tables = counts.size_tables[..., 2:, :, :]
    partners = (counts.sizes[2:] - 1)[:, None, None]
    half: FloatArray = (tables / partners).sum(axis=-3)
    return half + np.swapaxes(half, -1, -2)


def krippendorff_alpha(
    counts: Counts, distance: Distance = Distance.NOMINAL, values: FloatArray | None = None
) -> FloatArray:
    """Return Krippendorff's alpha of cards judged by at least two coders.

    alpha = 1 - D_o / D_e = 1 - (N - 1) sum o_ck d_ck / sum n_c n_k d_ck, with o the coincidence
    table, n its margins and N the pairable judgements.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).
    distance : Distance
        `NOMINAL`, `ORDINAL`, `INTERVAL` or `RATIO`.
    values : ndarray of float, shape (q,), optional
        The categories as numbers; needed for `INTERVAL` and `RATIO` only.

    Returns
    -------
    ndarray of float, shape (...)
        1 or less; NaN (undefined) if nothing is pairable or pairable judgements fall in one
        category.

    Raises
    ------
    ValueError
        If the distance is one between sets, or needs values and has none.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability.
    https://repository.upenn.edu/asc_papers/43. Krippendorff, K. (2018). Content Analysis, 4th
    ed., ch. 12. doi:10.4135/9781071878781

    Examples
    --------
    >>> from app.agreement.counting import count
    >>> from app.agreement.ratings import Ratings
    >>> pairs = [[0, 1], [1, 1], [0, 1], [0, 0], [0, 0], [0, 1], [0, 0], [0, 0], [1, 0], [0, 0]]
    >>> float(krippendorff_alpha(count(Ratings(pairs, ("0", "1")))).round(3))
    0.095
    """
    if distance is Distance.NOMINAL:
        return _nominal_alpha(counts)
    met = coincidences(counts)
    margins = met.sum(axis=-1)
    apart = _distances(margins, distance, values)
    expected = (margins[..., :, None] * margins[..., None, :] * apart).sum(axis=(-2, -1))
    found = (met * apart).sum(axis=(-2, -1)) * (margins.sum(axis=-1) - 1)
    return 1 - ratio(found, np.where(_is_varied(margins), expected, 0))


def ratio_alpha(counts: Counts, numbers: FloatArray) -> FloatArray:
    """Return alpha with the ratio distance, NaN where a category lies below 0.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).
    numbers : ndarray of float, shape (q,)
        The categories as numbers.

    Returns
    -------
    ndarray of float, shape (...)
        As `krippendorff_alpha`; NaN (undefined) throughout if any declared number is negative.
    """
    if (numbers < 0).any():
        return np.full(counts.pairable_units.shape, np.nan)
    return krippendorff_alpha(counts, Distance.RATIO, numbers)


def category_alpha(counts: Counts) -> FloatArray:
    """Return Krippendorff's alpha of each category against all others.

    The same as `krippendorff_alpha(collapse(counts))`, made from agreeing pairs and labels.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).

    Returns
    -------
    ndarray of float, shape (..., q)
        1 or less; NaN (undefined) for a category that no pairable judgement names, or all do.

    References
    ----------
    Krippendorff, K. (2011). https://repository.upenn.edu/asc_papers/43

    Examples
    --------
    >>> from app.agreement.counting import count
    >>> from app.agreement.ratings import Ratings
    >>> counts = count(Ratings([[0, 0], [0, 1], [2, 2]], ("a", "b", "c")))
    >>> category_alpha(counts).round(3).tolist()
    [0.444, 0.0, 1.0]
    """
    labels = counts.size_labels[..., 2:, :]
    per_partner = 2 * counts.agreeing[..., 2:, :] / (counts.sizes[2:] - 1)[:, None]
    differing = 2 * (labels - per_partner).sum(axis=-2)
    named = labels.sum(axis=-2)
    return alpha_of_two_answers(differing, named, named.sum(axis=-1)[..., None])


def alpha_of_two_answers(
    differing: FloatArray, named: CountArray, n_labels: CountArray
) -> FloatArray:
    """Return nominal alpha where an answer is either given or not: 1 - (N - 1) D / 2 n (N - n).

    Parameters
    ----------
    differing : ndarray of float, shape (...)
        D: the two cells off the diagonal of the coincidence table.
    named, n_labels : ndarray, shape (...)
        n: pairable judgements that give the answer; N: all pairable judgements.

    Returns
    -------
    ndarray of float, shape (...)
        1 or less; NaN (undefined) if all pairable judgements are alike.
    """
    return 1 - ratio(differing * (n_labels - 1), 2 * named * (n_labels - named))


def _nominal_alpha(counts: Counts) -> FloatArray:
    """Return alpha from the agreeing pairs alone: different categories are all equally far."""
    margins = counts.size_labels[..., 2:, :].sum(axis=-2)
    n_labels = margins.sum(axis=-1)
    alike = (2 * counts.agreeing[..., 2:, :].sum(axis=-1) / (counts.sizes[2:] - 1)).sum(axis=-1)
    expected = n_labels**2 - (margins**2).sum(axis=-1)
    found = (n_labels - alike) * (n_labels - 1)
    return 1 - ratio(found, np.where(_is_varied(margins), expected, 0))


def _is_varied(margins: FloatArray | IntArray) -> BoolArray:
    found: BoolArray = np.count_nonzero(margins > 0, axis=-1) > 1
    return found


def _distances(margins: FloatArray, distance: Distance, values: FloatArray | None) -> FloatArray:
    if distance is Distance.ORDINAL:
        return ordinal_distance(margins)
    if distance not in NUMBER_DISTANCES:
        raise ValueError(f"The {distance} distance compares sets, not single categories.")
    if values is None:
        raise ValueError(f"The {distance} distance needs the categories as numbers.")
    # Alpha does not depend on the unit; a power of two keeps very large squares from overflowing.
    unit = np.ldexp(1.0, int(np.frexp(np.abs(values).max(initial=0.0))[1]) - 1)
    return NUMBER_DISTANCES[distance](values / unit)
