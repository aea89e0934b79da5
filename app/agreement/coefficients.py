"""Agreement of any number of coders with gaps: functions of `Counts`, nothing else.

Every function takes tables with any leading axes and returns one value for each, NaN where the
coefficient is undefined; `figures` turns values into estimates with reasons.
"""

import numpy as np

from app.agreement.counts import Counts
from app.agreement.kappa import ratio
from app.agreement.ratings import FloatArray


def _pairs_of(size: FloatArray) -> FloatArray:
    return size * (size - 1)


def _sizes(counts: Counts) -> FloatArray:
    return np.arange(counts.units_by_size.size, dtype=np.float64)


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
    >>> from app.agreement.counts import count
    >>> from app.agreement.ratings import Ratings
    >>> float(observed_agreement(count(Ratings([[0, 0, 0], [0, 1, -1]], ("a", "b")))))
    0.5
    """
    chosen = np.eye(counts.n_categories) if weights is None else weights
    agreeing = 2 * (counts.size_tables * chosen).sum(axis=(-2, -1))
    shares = ratio(agreeing, _pairs_of(_sizes(counts)))[..., 2:].sum(axis=-1)
    return ratio(shares, np.asarray(counts.n_pairable))


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
    >>> from app.agreement.counts import count
    >>> from app.agreement.ratings import Ratings
    >>> float(pooled_agreement(count(Ratings([[0, 0, 0], [0, 1, -1]], ("a", "b")))))
    0.75
    """
    tables = counts.size_tables.sum(axis=-3)
    return ratio(np.trace(tables, axis1=-2, axis2=-1), tables.sum(axis=(-2, -1)))


def category_shares(counts: Counts) -> FloatArray:
    """Return each category's share: the mean over judged cards of n_uk / n_u.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).

    Returns
    -------
    ndarray of float, shape (..., q)
        Summing to 1; NaN if no card was judged.
    """
    judged = np.asarray(counts.units_by_size[1:].sum())
    sizes = _sizes(counts)[1:, None]
    return ratio((counts.size_labels[..., 1:, :] / sizes).sum(axis=-2), judged)


def _beyond_chance(observed: FloatArray, expected: FloatArray, shares: FloatArray) -> FloatArray:
    varied = np.count_nonzero(shares > 0, axis=-1) > 1
    return ratio(observed - expected, np.where(varied, 1 - expected, 0))


def fleiss_kappa(counts: Counts) -> FloatArray:
    """Return Fleiss' kappa, with Gwet's category shares where judgements are missing.

    (p_a - p_e) / (1 - p_e) with p_e = sum pi_k², pi_k as in `category_shares`.

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
    >>> from app.agreement.counts import count
    >>> from app.agreement.ratings import Ratings
    >>> float(fleiss_kappa(count(Ratings([[0, 0], [0, 1], [1, 1]], ("a", "b")))).round(3))
    0.333
    """
    shares = category_shares(counts)
    return _beyond_chance(observed_agreement(counts), (shares**2).sum(axis=-1), shares)


def fleiss_null_standard_error(counts: Counts) -> FloatArray:
    """Return the standard error of Fleiss' kappa if the coders were independent.

    sqrt(2 / (n m (m-1))) · sqrt(S² - sum p q (q - p)) / S with q = 1 - p, S = sum p q.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q), each card judged by all m coders.

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
    shares = category_shares(counts)
    rest = 1 - shares
    spread = (shares * rest).sum(axis=-1)
    skew = (shares * rest * (rest - shares)).sum(axis=-1)
    complete = counts.units_by_size[-1] == counts.n_units and counts.n_coders >= 2
    pairs = counts.n_units * counts.n_coders * (counts.n_coders - 1) if complete else 0
    varied = np.count_nonzero(shares > 0, axis=-1) > 1
    below = np.where(varied, np.sqrt(pairs / 2) * spread, 0)
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
    own = ratio(counts.coder_labels, counts.coder_labels.sum(axis=-1)[..., None])
    total = own.sum(axis=-2)
    together = (total**2).sum(axis=-1) - (own**2).sum(axis=(-2, -1))
    expected = ratio(together, np.asarray(counts.n_coders * (counts.n_coders - 1)))
    return _beyond_chance(observed_agreement(counts), expected, total)


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
    n_categories = counts.n_categories
    chosen = np.eye(n_categories) if weights is None else weights
    shares = category_shares(counts)
    spread = chosen.sum() * (shares * (1 - shares)).sum(axis=-1)
    expected = ratio(spread, np.asarray(n_categories * (n_categories - 1)))
    return ratio(observed_agreement(counts, chosen) - expected, 1 - expected)


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
    chosen = np.eye(counts.n_categories) if weights is None else weights
    expected = ratio(chosen.sum(), np.asarray(counts.n_categories**2))
    return ratio(observed_agreement(counts, chosen) - expected, 1 - expected)
