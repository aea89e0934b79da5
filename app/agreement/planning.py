"""How many cards two coders must both judge before a figure can carry what is wanted of it.

Everything here is for two coders and nominal categories, from large-sample variances. More coders
make a figure over all of them steadier, never less so; by how much is not claimed.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from app.agreement.ratings import FloatArray

SMALLEST, LARGEST = 0.001, 0.999  # beyond, a normal approximation promises what it cannot keep
_TWO_SIDED = 0.975  # the point of the normal distribution that bounds a 95 % interval


def cards_for_minimum_alpha(
    alpha_min: float, prevalence: float, *, significance: float = 0.05
) -> int:
    """Return how many cards two coders must share to show that alpha is above a minimum.

    n = 2 z² ((1 + a) (3 - a) / (4 p (1 - p) (1 - a)) - a), rounded up, with a the minimum, p the
    prevalence and z the one-sided point of the normal distribution. The bracket is the variance of
    kappa for one card, divided by (1 - kappa)², at kappa = (1 + a) / 2: the formula supposes that
    the true value lies halfway between the minimum and 1. One z² would then leave an even chance
    that the lower limit clears the minimum; the factor 2, one for each coder in the published
    tables, raises it to about 7 in 10.

    Parameters
    ----------
    alpha_min : float
        The smallest alpha that will do, from 0 to 0.999.
    prevalence : float
        Share of the cards that bear the category, against all other categories; from 0.001 to
        0.999. The rarest category of interest decides.
    significance : float
        One-sided probability of clearing the minimum although alpha just equals it; from 0.001
        and below 0.5.

    Returns
    -------
    int
        Cards judged by both coders; defined, and at least 1, over the whole range.

    Raises
    ------
    ValueError
        If a number is outside its range.

    References
    ----------
    Bloch, D. A. & Kraemer, H. C. (1989). 2 x 2 Kappa Coefficients: Measures of Agreement or
    Association. Biometrics 45(1), 269-287, equation 3.7. doi:10.2307/2532052. With the factor 2
    and for alpha: Krippendorff, K. (2018). Content Analysis, 4th edition, chapter 12.
    doi:10.4135/9781071878781

    Examples
    --------
    >>> [cards_for_minimum_alpha(0.667, share) for share in (0.5, 0.25, 0.1, 0.05)]
    [60, 81, 172, 330]
    >>> [cards_for_minimum_alpha(0.8, share) for share in (0.5, 0.25, 0.1, 0.05)]
    [103, 139, 294, 560]
    """
    _require(0 <= alpha_min <= LARGEST, "The minimum alpha must be from 0 to 0.999.")
    _require(SMALLEST <= prevalence <= LARGEST, "The prevalence must be from 0.001 to 0.999.")
    _require(
        SMALLEST <= significance < 0.5, "The significance must be from 0.001 and below one half."
    )
    z = NormalDist().inv_cdf(1 - significance)
    spread = (1 + alpha_min) * (3 - alpha_min)
    spread /= 4 * prevalence * (1 - prevalence) * (1 - alpha_min)
    return math.ceil(2 * z**2 * (spread - alpha_min))


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)


def _checked(shares: Sequence[float]) -> FloatArray:
    found = np.asarray(shares, dtype=np.float64)
    _require(found.ndim == 1 and found.size >= 2, "Give the shares of two categories or more.")
    _require(bool((found > 0).all()), "Each category needs a share above 0.")
    _require(bool(found.max() <= LARGEST), "No category may have a share above 0.999.")
    _require(abs(float(found.sum()) - 1) < 1e-6, "The shares of the categories must add up to 1.")
    return found


def variance_for_one_card(kappa: float, shares: Sequence[float]) -> float:
    """Return the large-sample variance of Cohen's kappa times the number of cards.

    With the joint table p_ij = kappa p_i [i = j] + (1 - kappa) p_i p_j, in which both coders use
    the categories alike and err by chance alone, and p_e = sum p_i²:

    (sum p_ii (1 - 2 p_i (1 - kappa))² + (1 - kappa)² sum_{i≠j} p_ij (p_i + p_j)²
    - (kappa - p_e (1 - kappa))²) / (1 - p_e)².

    Parameters
    ----------
    kappa : float
        The kappa that is expected, from 0 to 0.999.
    shares : sequence of float, length q
        Share of the cards in each category: above 0, at most 0.999, 1 together.

    Returns
    -------
    float
        Above 0; defined over the whole range.

    Raises
    ------
    ValueError
        If kappa or the shares are outside their range.

    References
    ----------
    Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969). Large sample standard errors of kappa and
    weighted kappa. Psychological Bulletin 72(5), 323-327. doi:10.1037/h0028106

    Examples
    --------
    >>> round(variance_for_one_card(0.7, (0.5, 0.5)), 4)  # 1 - kappa² for two even categories
    0.51
    """
    _require(0 <= kappa <= LARGEST, "The expected kappa must be from 0 to 0.999.")
    share = _checked(shares)
    miss = 1 - kappa
    by_chance = float((share**2).sum())
    same = kappa * share + miss * share**2
    spread = float((same * (1 - 2 * share * miss) ** 2).sum())
    apart = miss * np.outer(share, share)
    np.fill_diagonal(apart, 0)
    spread += miss**2 * float((apart * np.add.outer(share, share) ** 2).sum())
    spread -= (kappa - by_chance * miss) ** 2
    return spread / (1 - by_chance) ** 2


def cards_for_precision(kappa: float, shares: Sequence[float], half_width: float) -> int:
    """Return how many cards two coders must share for a 95 % interval of kappa of a wanted width.

    n = (z / w)² V, rounded up, with V from `variance_for_one_card`, w the half-width and z the
    two-sided 95 % point of the normal distribution.

    Parameters
    ----------
    kappa : float
        The kappa that is expected, from 0 to 0.999.
    shares : sequence of float, length q
        Share of the cards in each category: above 0, at most 0.999, 1 together.
    half_width : float
        How far the interval may reach to either side, from 0.001 to 1.

    Returns
    -------
    int
        Cards judged by both coders, at least 1. Where it is below 30, or the rarest category
        would be on fewer than five cards, the large-sample interval is only a rough guide.

    Raises
    ------
    ValueError
        If a number is outside its range.

    References
    ----------
    Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969). doi:10.1037/h0028106

    Examples
    --------
    >>> cards_for_precision(0.7, (0.2,) * 5, 0.1), cards_for_precision(0.7, (0.9, 0.1), 0.1)
    (110, 569)
    """
    _require(SMALLEST <= half_width <= 1, "The half-width must be from 0.001 to 1.")
    z = NormalDist().inv_cdf(_TWO_SIDED)
    return max(1, math.ceil((z / half_width) ** 2 * variance_for_one_card(kappa, shares)))


def half_width_with(n_cards: int, kappa: float, shares: Sequence[float]) -> float:
    """Return how far a 95 % interval of Cohen's kappa would reach to either side.

    w = z sqrt(V / n), with V from `variance_for_one_card` and z the two-sided 95 % point of the
    normal distribution.

    Parameters
    ----------
    n_cards : int
        Cards that both coders judge, at least 1.
    kappa : float
        The kappa that is expected, from 0 to 0.999.
    shares : sequence of float, length q
        Share of the cards in each category: above 0, at most 0.999, 1 together.

    Returns
    -------
    float
        Above 0; above 1 where the cards would tell nothing.

    Raises
    ------
    ValueError
        If a number is outside its range.

    References
    ----------
    Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969). doi:10.1037/h0028106

    Examples
    --------
    >>> round(half_width_with(50, 0.7, (0.2,) * 5), 3)
    0.148
    """
    _require(n_cards >= 1, "The interval needs one card at least.")
    z = NormalDist().inv_cdf(_TWO_SIDED)
    return z * math.sqrt(variance_for_one_card(kappa, shares) / n_cards)
