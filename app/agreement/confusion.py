"""Who put what where: confusion tables of two coders, and agreement on single categories."""

import numpy as np

from app.agreement.counts import Counts, diagonal
from app.agreement.ratings import CountArray, FloatArray, ratio

Table = tuple[tuple[int, ...], ...]


def as_table(cells: CountArray) -> Table:
    """Return a two-dimensional count table as nested tuples of plain numbers.

    Examples
    --------
    >>> as_table(np.array([[2, 1], [0, 4]]))
    ((2, 1), (0, 4))
    """
    return tuple(tuple(row) for row in cells.tolist())


def specific_agreement(counts: Counts) -> FloatArray:
    """Return for each category how likely a second judgement repeats it.

    sum_u n_uk (n_uk - 1) / sum_u n_uk (n_u - 1), over cards judged by at least two coders; for
    two coders 2a / (2a + b + c). For two categories these are positive and negative agreement.

    Parameters
    ----------
    counts : Counts
        Tables of shape (..., q, q).

    Returns
    -------
    ndarray of float, shape (..., q)
        Between 0 and 1; NaN (undefined) for a category no pairable judgement names.

    References
    ----------
    Cicchetti, D. V. & Feinstein, A. R. (1990). High agreement but low kappa: II. Resolving the
    paradoxes. Journal of Clinical Epidemiology 43(6), 551-558.
    doi:10.1016/0895-4356(90)90159-M

    Examples
    --------
    >>> from app.agreement.counting import count
    >>> from app.agreement.ratings import Ratings
    >>> specific_agreement(count(Ratings([[0, 0], [0, 1]], ("a", "b")))).round(3).tolist()
    [0.667, 0.0]
    """
    others = (counts.sizes[2:] - 1)[:, None]
    offered = (counts.size_labels[..., 2:, :] * others).sum(axis=-2)
    return ratio(2 * counts.agreeing.sum(axis=-2), offered)


def pair_specific_agreement(tables: CountArray) -> FloatArray:
    """Return two coders' specific agreement on each category, 2a / (2a + b + c).

    Parameters
    ----------
    tables : ndarray of int, shape (..., q, q)
        Cards by the first coder's category (row) and the second's (column).

    Returns
    -------
    ndarray of float, shape (..., q)
        Between 0 and 1; NaN (undefined) for a category neither coder used.

    Examples
    --------
    >>> pair_specific_agreement(np.array([[20, 5], [10, 15]])).round(3).tolist()
    [0.727, 0.667]
    """
    return ratio(2 * diagonal(tables), tables.sum(axis=-1) + tables.sum(axis=-2))


def prevalence_index(tables: CountArray) -> FloatArray:
    """Return |a - d| / n of each two-by-two table.

    Parameters
    ----------
    tables : ndarray of int, shape (..., 2, 2)
        Cards by the first coder's category (row) and the second's (column).

    Returns
    -------
    ndarray of float, shape (...)
        From 0 (both categories agreed on equally often) to 1; NaN (undefined) without cards.

    References
    ----------
    Byrt, T., Bishop, J. & Carlin, J. B. (1993). Bias, prevalence and kappa. Journal of Clinical
    Epidemiology 46(5), 423-429. doi:10.1016/0895-4356(93)90018-V

    Examples
    --------
    >>> float(prevalence_index(np.array([[20, 5], [10, 15]])))
    0.1
    """
    return ratio(np.abs(tables[..., 0, 0] - tables[..., 1, 1]), tables.sum(axis=(-2, -1)))


def bias_index(tables: CountArray) -> FloatArray:
    """Return |b - c| / n of each two-by-two table.

    Parameters
    ----------
    tables : ndarray of int, shape (..., 2, 2)
        Cards by the first coder's category (row) and the second's (column).

    Returns
    -------
    ndarray of float, shape (...)
        From 0 (both coders use the categories equally often) to 1; NaN (undefined) without
        cards.

    References
    ----------
    Byrt, T., Bishop, J. & Carlin, J. B. (1993). doi:10.1016/0895-4356(93)90018-V

    Examples
    --------
    >>> float(bias_index(np.array([[20, 5], [10, 15]])))
    0.1
    """
    return ratio(np.abs(tables[..., 0, 1] - tables[..., 1, 0]), tables.sum(axis=(-2, -1)))
