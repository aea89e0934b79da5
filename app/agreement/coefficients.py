"""Agreement of any number of coders with gaps: functions of `Counts`, nothing else.

Every function takes tables with any leading axes and returns one value for each, NaN where the
coefficient is undefined; `figures` turns values into estimates with reasons.
"""

from dataclasses import replace

import numpy as np

from app.agreement.counts import Counts
from app.agreement.ratings import FloatArray, ratio


def observed_agreement(counts: Counts, weights: FloatArray | None = None) -> FloatArray:
    """Return percent agreement: the mean over cards of the share of agreeing pairs.

    p_a = mean over cards with n_u >= 2 of sum_k n_uk (n_uk - 1) / n_u (n_u - 1).

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).
    weights : ndarray of float, shape (q, q), optional
        Agreement weights; the identity if left out.

    Returns
    -------
    ndarray of float, shape (...)
        Between 0 and 1; NaN (undefined) if no card was judged twice.

    References
    ----------
    Fleiss, J. L. (1971). doi:10.1037/h0031619. Gwet, K. L. (2014). Handbook of Inter-Rater
    Reliability, ch. 2.

    Examples
    --------
    >>> from app.agreement.counting import count
    >>> from app.agreement.ratings import Ratings
    >>> float(observed_agreement(count(Ratings([[0, 0, 0], [0, 1, -1]], ("a", "b")))))
    0.5
    """
    if weights is None:
        return counts.observed
    pairs = (counts.sizes * (counts.sizes - 1))[2:]
    agreeing = 2 * (counts.size_tables[..., 2:, :, :] * weights).sum(axis=(-2, -1))
    return ratio((agreeing / pairs).sum(axis=-1), counts.pairable_units)


def pooled_agreement(counts: Counts) -> FloatArray:
    """Return the agreeing pairs of judgements as a share of all pairs.

    Cards judged by many coders weigh more than in `observed_agreement`.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).

    Returns
    -------
    ndarray of float, shape (...)
        Between 0 and 1; NaN (undefined) if no card was judged twice.

    Examples
    --------
    >>> from app.agreement.counting import count
    >>> from app.agreement.ratings import Ratings
    >>> float(pooled_agreement(count(Ratings([[0, 0, 0], [0, 1, -1]], ("a", "b")))))
    0.75
    """
    n_pairs = counts.units_by_size @ (counts.sizes * (counts.sizes - 1) / 2)
    return ratio(counts.agreeing.sum(axis=(-2, -1)), n_pairs)


def _beyond_chance(counts: Counts, expected: FloatArray) -> FloatArray:
    return ratio(counts.observed - expected, np.where(counts.is_varied, 1 - expected, 0))


def fleiss_kappa(counts: Counts) -> FloatArray:
    """Return Fleiss' kappa, with Gwet's category shares where judgements are missing.

    (p_a - p_e) / (1 - p_e) with p_e = sum pi_k², pi_k the mean over judged cards of n_uk / n_u.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).

    Returns
    -------
    ndarray of float, shape (...)
        At most 1, and at least -1 where every coder judged every card. Where judgements are
        missing, agreement comes from the pairs and chance from all judgements, so a rare
        category can fall below -1. NaN (undefined) if no card was judged twice or one category
        was used.

    References
    ----------
    Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological
    Bulletin 76(5), 378-382. doi:10.1037/h0031619

    Examples
    --------
    >>> from app.agreement.counting import count
    >>> from app.agreement.ratings import Ratings
    >>> float(fleiss_kappa(count(Ratings([[0, 0], [0, 1], [1, 1]], ("a", "b")))).round(3))
    0.333
    """
    return _beyond_chance(counts, (counts.shares**2).sum(axis=-1))


def complete_fleiss(counts: Counts) -> FloatArray:
    """Return Fleiss' kappa of the cards every coder judged, others left out.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).

    Returns
    -------
    ndarray of float, shape (...)
        Between -1 and 1; NaN (undefined) without such a card, or if they show one category.
    """
    only = np.zeros_like(counts.units_by_size)
    only[..., -1] = counts.units_by_size[..., -1]
    is_last = (counts.sizes == counts.n_coders)[:, None]
    return fleiss_kappa(
        replace(
            counts,
            units_by_size=only,
            agreeing=counts.agreeing * is_last,
            size_labels=counts.size_labels * is_last,
        )
    )


def category_fleiss(counts: Counts) -> FloatArray:
    """Return Fleiss' kappa of each category against all others.

    The same as `fleiss_kappa(collapse(counts))`, made from agreeing pairs and labels: a card of
    size s on which n judgements name the category holds n (s - n) pairs that differ on it.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).

    Returns
    -------
    ndarray of float, shape (..., q)
        In the range of `fleiss_kappa`; NaN (undefined) for a category nobody used or all used.

    References
    ----------
    Fleiss, J. L. (1971). doi:10.1037/h0031619

    Examples
    --------
    >>> from app.agreement.counting import count
    >>> from app.agreement.ratings import Ratings
    >>> counts = count(Ratings([[0, 0], [0, 1], [2, 2]], ("a", "b", "c")))
    >>> category_fleiss(counts).round(3).tolist()
    [0.333, -0.2, 1.0]
    """
    others = (counts.sizes[2:] - 1)[:, None]
    differing = others * counts.size_labels[..., 2:, :] - 2 * counts.agreeing[..., 2:, :]
    per_card = (differing / ((others + 1) * others)).sum(axis=-2)
    observed = ratio(2 * per_card, counts.pairable_units[..., None])
    expected = 2 * counts.shares * (1 - counts.shares)
    is_varied = (counts.shares > 0) & counts.is_varied[..., None]
    return 1 - ratio(observed, np.where(is_varied, expected, 0))


def fleiss_null_standard_error(counts: Counts) -> FloatArray:
    """Return the standard error of Fleiss' kappa if the coders were independent.

    sqrt(2 / (n m (m-1))) · sqrt(S² - sum p q (q - p)) / S with q = 1 - p, S = sum p q.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q), each judged card judged by all m coders.

    Returns
    -------
    ndarray of float, shape (...)
        0 or more; NaN (undefined) with a missing judgement or one category used.

    References
    ----------
    Fleiss, J. L., Nee, J. C. M. & Landis, J. R. (1979). Large sample variance of kappa in the
    case of different sets of raters. Psychological Bulletin 86(5), 974-977.
    doi:10.1037/0033-2909.86.5.974
    """
    shares, n_coders = counts.shares, counts.n_coders
    rest = 1 - shares
    spread = (shares * rest).sum(axis=-1)
    skew = (shares * rest * (rest - shares)).sum(axis=-1)
    n_complete = counts.units_by_size[..., -1]
    is_complete = (n_complete == counts.judged_units) & (n_coders >= 2)
    pairs = np.where(is_complete, n_complete * n_coders * (n_coders - 1), 0)
    below = np.where(counts.is_varied, np.sqrt(pairs / 2) * spread, 0)
    return ratio(np.sqrt(np.maximum(spread**2 - skew, 0)), below)


def conger_kappa(counts: Counts) -> FloatArray:
    """Return Conger's kappa: chance agreement from each coder's own category shares.

    p_e = mean over pairs of coders of sum_k p_ak p_bk.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).

    Returns
    -------
    ndarray of float, shape (...)
        Between -1 and 1; NaN (undefined) if no card was judged twice or one category was used.

    References
    ----------
    Conger, A. J. (1980). Integration and generalization of kappas for multiple raters.
    Psychological Bulletin 88(2), 322-328. doi:10.1037/0033-2909.88.2.322
    """
    n_labels = counts.coder_labels.sum(axis=-1)
    own = counts.coder_labels / np.maximum(n_labels, 1)[..., None]
    together = (own.sum(axis=-2) ** 2).sum(axis=-1) - (own**2).sum(axis=(-2, -1))
    n_coders = np.count_nonzero(n_labels, axis=-1)  # a resample can lose a coder
    return _beyond_chance(counts, ratio(together, np.asarray(n_coders * (n_coders - 1))))


def gwet_ac(counts: Counts, weights: FloatArray | None = None) -> FloatArray:
    """Return Gwet's AC1, or AC2 if weights are given.

    (p_a - p_e) / (1 - p_e) with p_e = T_w / (q (q-1)) · sum pi_k (1 - pi_k), T_w the sum of the
    weights and q the number of declared categories, used or not.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).
    weights : ndarray of float, shape (q, q), optional
        Agreement weights; the identity if left out, which is AC1.

    Returns
    -------
    ndarray of float, shape (...)
        Between -1 and 1; NaN (undefined) if no card was judged twice or fewer than two
        categories are declared. One category used by all gives 1, not an undefined value.

    References
    ----------
    Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of
    high agreement. British Journal of Mathematical and Statistical Psychology 61(1), 29-48.
    doi:10.1348/000711006X126600
    """
    q = counts.n_categories
    total = q if weights is None else weights.sum()
    spread = total * (counts.shares * (1 - counts.shares)).sum(axis=-1)
    expected = ratio(spread, np.asarray(q * (q - 1)))
    return ratio(observed_agreement(counts, weights) - expected, 1 - expected)


def brennan_prediger(counts: Counts, weights: FloatArray | None = None) -> FloatArray:
    """Return the Brennan-Prediger coefficient: all q declared categories equally likely.

    p_e = T_w / q²; with two categories this is PABAK = 2 p_o - 1.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).
    weights : ndarray of float, shape (q, q), optional
        Agreement weights; the identity if left out.

    Returns
    -------
    ndarray of float, shape (...)
        Between -1/(q-1) and 1; NaN (undefined) if no card was judged twice or fewer than two
        categories are declared.

    References
    ----------
    Brennan, R. L. & Prediger, D. J. (1981). Coefficient Kappa: Some Uses, Misuses, and
    Alternatives. Educational and Psychological Measurement 41(3), 687-699.
    doi:10.1177/001316448104100307. Byrt, T., Bishop, J. & Carlin, J. B. (1993). Bias,
    prevalence and kappa. doi:10.1016/0895-4356(93)90018-V
    """
    total = counts.n_categories if weights is None else weights.sum()
    expected = ratio(total, np.asarray(counts.n_categories**2))
    return ratio(observed_agreement(counts, weights) - expected, 1 - expected)
