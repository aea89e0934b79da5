"""Cohen's kappa and its relatives for two coders, for many tables at once.

Values come from whole numbers and one division: summed shares would give perfect agreement a
value just below 1, and with it an interval that the cards cannot support.
"""

from dataclasses import dataclass

import numpy as np

from app.agreement.counts import Counts, Margins, diagonal, square_margins
from app.agreement.distances import Weighting, penalties
from app.agreement.ratings import BoolArray, CountArray, FloatArray, IntArray, ratio


@dataclass(frozen=True, slots=True, eq=False)
class KappaFigures:
    """Kappa of each table of a stack; all fields share the stack's leading shape.

    Parameters
    ----------
    value : ndarray of float
        Kappa, NaN where undefined.
    standard_error : ndarray of float
        Non-null standard error, for intervals.
    null_standard_error : ndarray of float
        Standard error if the coders were independent, for tests against 0.
    observed, expected : ndarray of float
        (Weighted) share of agreement, and the share expected from the margins.
    n_units : ndarray of int
        Cards in the table.
    is_constant : ndarray of bool
        Whether a coder used a single category.
    """

    value: FloatArray
    standard_error: FloatArray
    null_standard_error: FloatArray
    observed: FloatArray
    expected: FloatArray
    n_units: CountArray
    is_constant: BoolArray


def _has_variation(tables: CountArray) -> BoolArray:
    total = tables.sum(axis=(-2, -1))
    same_cell = (diagonal(tables) == total[..., None]).any(axis=-1)
    found: BoolArray = (total > 0) & ~same_cell
    return found


def kappa_of_margins(margins: Margins) -> FloatArray:
    """Return the values of unweighted `cohen_kappa` alone, for very many tables.

    Parameters
    ----------
    margins : Margins
        Of shape (..., q), in whole numbers.

    Returns
    -------
    ndarray of float, shape (...)
        Between -1 and 1; NaN as in `cohen_kappa`.

    Examples
    --------
    >>> from app.agreement.counts import margins_of
    >>> float(kappa_of_margins(margins_of(np.array([[20, 5], [10, 15]]))).round(3))
    0.4
    """
    n_units = margins.first.sum(axis=-1)
    beyond = n_units**2 - np.einsum("...k,...k->...", margins.first, margins.second)
    # Both margins in one category is the one way for chance to leave nothing to disagree on.
    return ratio(beyond - n_units * (n_units - margins.agreeing), beyond)


def category_cohen(counts: Counts) -> FloatArray:
    """Return the kappa of two coders, the only ones, on each category against all others.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q) of one pair of coders.

    Returns
    -------
    ndarray of float, shape (..., q)
        Between -1 and 1; NaN as in `cohen_kappa`.
    """
    first, second = counts.pair_margins.first[..., 0, :], counts.pair_margins.second[..., 0, :]
    n_units = first.sum(axis=-1)[..., None]
    return kappa_of_margins(square_margins(counts.agreeing[..., 2, :], first, second, n_units))


def mean_of_defined(values: FloatArray) -> FloatArray:
    """Return the mean along the last axis of what is not NaN; NaN where everything is.

    Of the pairwise kappas this is Light's kappa.

    References
    ----------
    Light, R. J. (1971). Measures of response agreement for qualitative data. Psychological
    Bulletin 76(5), 365-377. doi:10.1037/h0031643
    """
    is_defined = ~np.isnan(values)
    return ratio(np.where(is_defined, values, 0).sum(axis=-1), is_defined.sum(axis=-1))


def weighted_kappa_values(tables: CountArray, weighting: Weighting) -> FloatArray:
    """Return the values of weighted `cohen_kappa` alone, for very many tables.

    Parameters
    ----------
    tables : ndarray, shape (..., q, q)
        Cards by the first coder's category (row) and the second's (column), in whole numbers.
    weighting : Weighting
        How much of an agreement two different categories count.

    Returns
    -------
    ndarray of float, shape (...)
        Between -1 and 1; NaN as in `cohen_kappa`.

    Examples
    --------
    >>> float(weighted_kappa_values(np.array([[20, 5], [10, 15]]), Weighting.LINEAR).round(3))
    0.4
    """
    penalty = penalties(tables.shape[-1], weighting)
    tables = _without_overflow(tables, penalty)
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    lost = np.einsum("...ij,ij->...", tables, penalty)
    by_chance = _total_penalty(rows, columns, penalty)
    return ratio(by_chance - rows.sum(axis=-1) * lost, by_chance)


def _without_overflow(tables: CountArray, penalty: IntArray) -> CountArray:
    """Return tables in which n² times the largest penalty is a number.

    Whole numbers of 64 bits hold it for a million cards and 2,000 categories with quadratic
    weights; beyond, floats do, which round.
    """
    if tables.dtype.kind == "f":
        return tables
    n_units = int(tables.sum(axis=(-2, -1)).max(initial=0))
    fits = n_units**2 * max(1, int(penalty.max(initial=0))) < 2**63
    return tables if fits else tables.astype(np.float64)


def _total_penalty(rows: CountArray, columns: CountArray, penalty: IntArray) -> CountArray:
    """Return the sum of r_i v_ij c_j: what all cards would lose if margins met by chance."""
    found: CountArray = ((rows @ penalty) * columns).sum(axis=-1)
    return found


def _spreads(
    tables: CountArray, weights: FloatArray, value: FloatArray, expected: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the sums under the roots of both standard errors."""
    share = ratio(tables, tables.sum(axis=(-2, -1))[..., None, None])
    rows, columns = share.sum(axis=-1), share.sum(axis=-2)
    pull = (columns @ weights.T)[..., :, None] + (rows @ weights)[..., None, :]
    miss = (1 - value)[..., None, None]
    spread = (share * (weights - pull * miss) ** 2).sum(axis=(-2, -1))
    spread -= (value - expected * (1 - value)) ** 2
    chance = rows[..., :, None] * columns[..., None, :]
    null_spread = (chance * (weights - pull) ** 2).sum(axis=(-2, -1)) - expected**2
    return np.where(value == 1, 0, spread), null_spread


def cohen_kappa(tables: CountArray, weighting: Weighting = Weighting.IDENTITY) -> KappaFigures:
    """Return Cohen's kappa of each table, with both standard errors.

    kappa = (p_o - p_e) / (1 - p_e), with p_o = sum w_ij p_ij and p_e = sum w_ij p_i. p_.j;
    computed as (E - n D) / E from counts, with D = sum v_ij n_ij and E = sum v_ij n_i. n_.j over
    the `penalties` v. Perfect agreement is exactly 1 and a constant coder exactly 0.

    Parameters
    ----------
    tables : ndarray of int, shape (..., q, q)
        Cards by the first coder's category (row) and the second's (column).
    weighting : Weighting
        How much of an agreement two different categories count; nothing if left out.

    Returns
    -------
    KappaFigures
        Between -1 and 1; NaN (undefined) for an empty table and where all cards fall in one
        cell of the diagonal (p_e = 1).

    References
    ----------
    Cohen, J. (1960). doi:10.1177/001316446002000104. Weights: Cohen, J. (1968).
    doi:10.1037/h0026256. Standard errors: Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969).
    Large sample standard errors of kappa and weighted kappa. Psychological Bulletin 72(5),
    323-327. doi:10.1037/h0028106

    Examples
    --------
    >>> figures = cohen_kappa(np.array([[20, 5], [10, 15]]))
    >>> float(figures.value.round(3)), float(figures.standard_error.round(3))
    (0.4, 0.127)
    """
    penalty = penalties(tables.shape[-1], weighting)
    tables = _without_overflow(tables, penalty)
    n_units = tables.sum(axis=(-2, -1))
    full = max(1, int(penalty.max(initial=0)))
    lost = (penalty * tables).sum(axis=(-2, -1))
    lost_by_chance = _total_penalty(tables.sum(axis=-1), tables.sum(axis=-2), penalty)
    value = ratio(
        lost_by_chance - n_units * lost, np.where(_has_variation(tables), lost_by_chance, 0)
    )
    observed = ratio(full * n_units - lost, full * n_units)
    expected = ratio(full * n_units**2 - lost_by_chance, full * n_units**2)
    spread, null_spread = _spreads(tables, 1 - penalty / full, value, expected)
    scale = n_units * ratio(lost_by_chance, full * n_units**2) ** 2
    single_row = np.count_nonzero(tables.any(axis=-1), axis=-1) == 1
    single_column = np.count_nonzero(tables.any(axis=-2), axis=-1) == 1
    return KappaFigures(
        value=value,
        standard_error=np.sqrt(np.maximum(ratio(spread, scale), 0)),
        null_standard_error=np.sqrt(np.maximum(ratio(null_spread, scale), 0)),
        observed=observed,
        expected=expected,
        n_units=n_units,
        is_constant=single_row | single_column,
    )


def scott_pi(margins: Margins) -> FloatArray:
    """Return Scott's pi of each two coders: chance agreement from the mean of both margins.

    p_e = sum ((p_i. + p_.i) / 2)².

    Parameters
    ----------
    margins : Margins
        Of shape (..., q).

    Returns
    -------
    ndarray of float, shape (...)
        Between -1 and 1; NaN (undefined) for an empty table and if one category was used.

    References
    ----------
    Scott, W. A. (1955). Reliability of Content Analysis. Public Opinion Quarterly 19(3),
    321-325. doi:10.1086/266577

    Examples
    --------
    >>> from app.agreement.counts import margins_of
    >>> float(scott_pi(margins_of(np.array([[20, 5], [10, 15]]))).round(3))
    0.394
    """
    both = margins.first + margins.second
    n_labels = both.sum(axis=-1)
    by_chance = np.einsum("...k,...k->...", both, both)
    # All judgements in one category is the one way for chance to reach all of them.
    return ratio(2 * n_labels * margins.agreeing - by_chance, n_labels**2 - by_chance)


def largest_kappa(tables: CountArray) -> FloatArray:
    """Return the largest Cohen's kappa the two coders' margins allow.

    (sum min(p_i., p_.i) - p_e) / (1 - p_e).

    Parameters
    ----------
    tables : ndarray of int, shape (..., q, q)
        Cards by the first coder's category (row) and the second's (column).

    Returns
    -------
    ndarray of float
        Between 0 and 1; NaN where kappa itself is undefined.

    References
    ----------
    Cohen, J. (1960). A Coefficient of Agreement for Nominal Scales. Educational and
    Psychological Measurement 20(1), 37-46. doi:10.1177/001316446002000104

    Examples
    --------
    >>> float(largest_kappa(np.array([[20, 5], [10, 15]])).round(3))
    0.8
    """
    n_units = tables.sum(axis=(-2, -1))
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    by_chance = (rows * columns).sum(axis=-1)
    highest = np.minimum(rows, columns).sum(axis=-1)
    beyond = np.where(_has_variation(tables), n_units**2 - by_chance, 0)
    return ratio(n_units * highest - by_chance, beyond)
