"""Cohen's kappa and its relatives for two coders, for many tables at once."""

from dataclasses import dataclass

import numpy as np

from app.agreement.ratings import BoolArray, FloatArray, IntArray


def ratio(above: FloatArray | IntArray, below: FloatArray | IntArray) -> FloatArray:
    """Return above / below, NaN where below is 0; callers turn NaN into a reason."""
    above, below = np.broadcast_arrays(
        np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    )
    quotient: FloatArray = np.full(above.shape, np.nan)
    return np.divide(above, below, out=quotient, where=below != 0)


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
    n_units: IntArray
    is_constant: BoolArray


def _has_variation(tables: IntArray) -> BoolArray:
    total = tables.sum(axis=(-2, -1))
    diagonal = np.diagonal(tables, axis1=-2, axis2=-1)
    same_cell = (diagonal == total[..., None]).any(axis=-1)
    found: BoolArray = (total > 0) & ~same_cell
    return found


def cohen_kappa(tables: IntArray, weights: FloatArray) -> KappaFigures:
    """Return Cohen's kappa of each table, with both standard errors.

    kappa = (p_o - p_e) / (1 - p_e), with p_o = sum w_ij p_ij and p_e = sum w_ij p_i. p_.j.

    Parameters
    ----------
    tables : ndarray of int, shape (..., q, q)
        Cards by the first coder's category (row) and the second's (column).
    weights : ndarray of float, shape (q, q)
        Agreement weights, see `agreement_weights`; the identity for the unweighted kappa.

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
    >>> figures = cohen_kappa(np.array([[20, 5], [10, 15]]), np.eye(2))
    >>> float(figures.value.round(3)), float(figures.standard_error.round(3))
    (0.4, 0.127)
    """
    n_units = tables.sum(axis=(-2, -1))
    share = ratio(tables, n_units[..., None, None])
    rows, columns = share.sum(axis=-1), share.sum(axis=-2)
    observed = (weights * share).sum(axis=(-2, -1))
    chance = rows[..., :, None] * columns[..., None, :]
    expected = (weights * chance).sum(axis=(-2, -1))
    varied = _has_variation(tables)
    beyond = np.where(varied, 1 - expected, 0)
    value = ratio(observed - expected, beyond)
    pull = (columns @ weights.T)[..., :, None] + (rows @ weights)[..., None, :]
    miss = (1 - value)[..., None, None]
    spread = (share * (weights - pull * miss) ** 2).sum(axis=(-2, -1))
    spread -= (value - expected * (1 - value)) ** 2
    null_spread = (chance * (weights - pull) ** 2).sum(axis=(-2, -1)) - expected**2
    scale = n_units * beyond**2
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


def scott_pi(tables: IntArray) -> FloatArray:
    """Return Scott's pi of each table: chance agreement from the mean of both margins.

    p_e = sum ((p_i. + p_.i) / 2)².

    Parameters
    ----------
    tables : ndarray of int, shape (..., q, q)
        Cards by the first coder's category (row) and the second's (column).

    Returns
    -------
    ndarray of float
        Between -1 and 1; NaN (undefined) for an empty table and if one category was used.

    References
    ----------
    Scott, W. A. (1955). Reliability of Content Analysis. Public Opinion Quarterly 19(3),
    321-325. doi:10.1086/266577

    Examples
    --------
    >>> float(scott_pi(np.array([[20, 5], [10, 15]])).round(3))
    0.394
    """
    share = ratio(tables, tables.sum(axis=(-2, -1))[..., None, None])
    observed = np.trace(share, axis1=-2, axis2=-1)
    expected = (((share.sum(axis=-1) + share.sum(axis=-2)) / 2) ** 2).sum(axis=-1)
    return ratio(observed - expected, np.where(_has_variation(tables), 1 - expected, 0))


def largest_kappa(tables: IntArray) -> FloatArray:
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
    share = ratio(tables, tables.sum(axis=(-2, -1))[..., None, None])
    rows, columns = share.sum(axis=-1), share.sum(axis=-2)
    expected = (rows * columns).sum(axis=-1)
    highest = np.minimum(rows, columns).sum(axis=-1)
    return ratio(highest - expected, np.where(_has_variation(tables), 1 - expected, 0))
