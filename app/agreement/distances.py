"""How far two judgements lie apart, and the agreement weights that follow."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np

from app.agreement.ratings import FloatArray, IntArray, ratio


class Distance(StrEnum):
    """Which disagreements Krippendorff's alpha counts how much."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"
    EXACT_SET = "exact set"
    JACCARD = "Jaccard"
    MASI = "MASI"


class Weighting(StrEnum):
    """How much of a full agreement two different ordered categories count."""

    IDENTITY = "unweighted"
    LINEAR = "linear"
    QUADRATIC = "quadratic"
    ORDINAL = "ordinal"


def penalties(n_categories: int, weighting: Weighting) -> IntArray:
    """Return how much each two categories disagree, in whole numbers.

    With d the difference in rank: linear d; quadratic d²; ordinal d (d+1); unweighted 0 if
    equal, else 1. Whole numbers let a coefficient be exact: counts times penalties lose nothing.

    Parameters
    ----------
    n_categories : int
        Declared categories, used or not.
    weighting : Weighting
        The named form.

    Returns
    -------
    ndarray of int, shape (q, q)
        0 on the diagonal, 1 or more elsewhere; the largest is a full disagreement.

    Examples
    --------
    >>> penalties(3, Weighting.QUADRATIC)[0].tolist()
    [0, 1, 4]
    """
    rank = np.arange(n_categories, dtype=np.int64)
    apart: IntArray = np.abs(rank[:, None] - rank[None, :])
    if weighting is Weighting.LINEAR:
        return apart
    if weighting is Weighting.QUADRATIC:
        return apart**2
    if weighting is Weighting.ORDINAL:
        return apart * (apart + 1)
    return np.minimum(apart, 1)


def agreement_weights(n_categories: int, weighting: Weighting) -> FloatArray:
    """Return the agreement weights of each two categories.

    With d the difference in rank and q categories: linear 1 - d/(q-1); quadratic
    1 - d²/(q-1)²; ordinal 1 - C(d+1, 2)/C(q, 2); unweighted 1 if equal, else 0.

    Parameters
    ----------
    n_categories : int
        Declared categories, used or not.
    weighting : Weighting
        The named form.

    Returns
    -------
    ndarray of float, shape (q, q)
        1 on the diagonal, between 0 and 1 elsewhere.

    References
    ----------
    Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70(4), 213-220.
    doi:10.1037/h0026256. Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, ch. 3.

    Examples
    --------
    >>> agreement_weights(3, Weighting.LINEAR)[0].tolist()
    [1.0, 0.5, 0.0]
    """
    lost = penalties(n_categories, weighting)
    weights: FloatArray = 1 - lost / max(1, int(lost.max(initial=0)))
    return weights


def ordinal_distance(margins: FloatArray) -> FloatArray:
    """Return the squared number of judgements that lie between two ranks.

    delta(c, k) = (sum of n_g from g = c to k, less (n_c + n_k)/2)², with n_g the pairable
    judgements of category g: ranks count as far apart as the judgements between them are many.

    Parameters
    ----------
    margins : ndarray of float, shape (..., q)
        Pairable judgements of each category, in rank order.

    Returns
    -------
    ndarray of float, shape (..., q, q)
        In squared judgements, 0 or more.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability.
    https://repository.upenn.edu/asc_papers/43

    Examples
    --------
    >>> ordinal_distance(np.array([2.0, 4.0, 2.0]))[0].tolist()
    [0.0, 9.0, 36.0]
    """
    midpoint = np.cumsum(margins, axis=-1) - margins / 2
    apart: FloatArray = midpoint[..., :, None] - midpoint[..., None, :]
    return apart**2


def interval_distance(values: FloatArray) -> FloatArray:
    """Return the squared difference of each two numbers.

    Parameters
    ----------
    values : ndarray of float, shape (q,)
        The categories as numbers.

    Returns
    -------
    ndarray of float, shape (q, q)
        0 or more.

    References
    ----------
    Krippendorff, K. (2011). https://repository.upenn.edu/asc_papers/43

    Examples
    --------
    >>> interval_distance(np.array([1.0, 2.0, 4.0]))[0].tolist()
    [0.0, 1.0, 9.0]
    """
    apart: FloatArray = (values[:, None] - values[None, :]) ** 2
    return apart


def ratio_distance(values: FloatArray) -> FloatArray:
    """Return ((a - b) / (a + b))² of each two numbers: differences weigh less among large ones.

    Parameters
    ----------
    values : ndarray of float, shape (q,)
        The categories as numbers; a ratio scale has none below 0.

    Returns
    -------
    ndarray of float, shape (q, q)
        Between 0 and 1 for numbers of one sign; two zeros lie 0 apart. NaN for numbers that add
        up to 0 without being 0, which no ratio scale has.

    References
    ----------
    Krippendorff, K. (2011). https://repository.upenn.edu/asc_papers/43

    Examples
    --------
    >>> ratio_distance(np.array([0.0, 1.0, 3.0]))[1].tolist()
    [1.0, 0.0, 0.25]
    """
    difference, total = values[:, None] - values[None, :], values[:, None] + values[None, :]
    apart: FloatArray = ratio(difference, total) ** 2
    return np.where(difference == 0, 0.0, apart)


NUMBER_DISTANCES: Mapping[Distance, Callable[[FloatArray], FloatArray]] = {
    Distance.INTERVAL: interval_distance,
    Distance.RATIO: ratio_distance,
}
"""The distances between two numbers, over every two categories."""


def jaccard_distance(first: IntArray, second: IntArray, shared: IntArray) -> FloatArray:
    """Return 1 - |A and B| / |A or B| from the sizes of two sets and of what they share.

    Two empty sets both say "none applies" and lie 0 apart.

    Parameters
    ----------
    first, second, shared : ndarray of int
        |A|, |B| and |A and B|, of one shape.

    Returns
    -------
    ndarray of float
        Between 0 (equal) and 1 (nothing shared).

    References
    ----------
    Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2),
    37-50. doi:10.1111/j.1469-8137.1912.tb05611.x

    Examples
    --------
    >>> jaccard_distance(np.array([2, 0]), np.array([4, 0]), np.array([2, 0])).tolist()
    [0.5, 0.0]
    """
    union = first + second - shared
    alike: FloatArray = np.where(union == 0, 1.0, shared / np.maximum(union, 1))
    return 1 - alike


def masi_distance(first: IntArray, second: IntArray, shared: IntArray) -> FloatArray:
    """Return 1 - J·M: Jaccard similarity times monotonicity.

    M is 1 for equal sets, 2/3 if one contains the other, 1/3 if they overlap, 0 if they share
    nothing. Two empty sets lie 0 apart; an empty and a filled set share nothing and lie 1 apart.

    Parameters
    ----------
    first, second, shared : ndarray of int
        |A|, |B| and |A and B|, of one shape.

    Returns
    -------
    ndarray of float
        Between 0 (equal) and 1 (nothing shared).

    References
    ----------
    Passonneau, R. (2006). Measuring Agreement on Set-valued Items (MASI) for Semantic and
    Pragmatic Annotation. LREC 2006. https://aclanthology.org/L06-1392/

    Examples
    --------
    >>> masi_distance(np.array([2]), np.array([4]), np.array([2])).round(4).tolist()
    [0.6667]
    """
    equal = (first == shared) & (second == shared)
    nested = (first == shared) | (second == shared)
    monotonicity: FloatArray = np.select([equal, shared == 0, nested], [1.0, 0.0, 2 / 3], 1 / 3)
    return 1 - (1 - jaccard_distance(first, second, shared)) * monotonicity


def exact_distance(first: IntArray, second: IntArray, shared: IntArray) -> FloatArray:
    """Return 0 for equal sets and 1 for different ones.

    Parameters
    ----------
    first, second, shared : ndarray of int
        |A|, |B| and |A and B|, of one shape.

    Examples
    --------
    >>> exact_distance(np.array([2, 2]), np.array([2, 3]), np.array([2, 2])).tolist()
    [0.0, 1.0]
    """
    differs: FloatArray = ((first != shared) | (second != shared)).astype(np.float64)
    return differs


SetDistance = Callable[[IntArray, IntArray, IntArray], FloatArray]
SET_DISTANCES: Mapping[Distance, SetDistance] = {
    Distance.EXACT_SET: exact_distance,
    Distance.JACCARD: jaccard_distance,
    Distance.MASI: masi_distance,
}
"""The distances between two sets, each from the sizes of both and of what they share."""
