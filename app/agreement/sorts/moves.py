"""How many cards would have to move: the edit distance of two sorts, and the spread of many."""

import numpy as np

from app.agreement.ratings import IntArray
from app.agreement.sorts.overlaps import Overlap

_SMALL_TABLE = 10_000  # cells; up to here looking for separate parts costs more than it saves


def edit_distance(overlap: Overlap) -> int:
    """Return how many cards must move to another pile to make the two sorts the same.

    n minus the cards that can stay: the largest sum of overlaps in which each pile is matched with
    at most one pile of the other.

    Parameters
    ----------
    overlap : Overlap
        The piles of two sorts; they have at least one card in common.

    Returns
    -------
    int
        Cards, from 0 (the same partition) to n - 1 (one pile against each card alone).

    References
    ----------
    Deibel, K., Anderson, R. & Anderson, R. (2005). Using edit distance to analyze card sorts.
    Expert Systems 22(3), 129-138. doi:10.1111/j.1468-0394.2005.00304.x

    Examples
    --------
    >>> from app.agreement.sorts.overlaps import overlap_of
    >>> from app.agreement.sorts.sorting import Sorts
    >>> sorts = Sorts([[0, 0], [0, 0], [0, 1], [1, 1]], tuple("abcd"), ("Ada", "Ben"))
    >>> edit_distance(overlap_of(sorts, 0, 1))
    1
    """
    if overlap.is_same:
        return 0
    # A server starts without SciPy; the first comparison of sorts may wait for it.
    from scipy.optimize import linear_sum_assignment

    if overlap.sizes.size * overlap.other_sizes.size <= _SMALL_TABLE:
        whole = overlap.as_table()
        return overlap.n_cards - int(whole[linear_sum_assignment(whole, maximize=True)].sum())
    kept = 0
    for cells in _separate_parts(overlap):
        rows, first = np.unique(overlap.first[cells], return_inverse=True)
        columns, second = np.unique(overlap.second[cells], return_inverse=True)
        table = np.zeros((rows.size, columns.size))
        table[first, second] = overlap.shared[cells]
        kept += int(table[linear_sum_assignment(table, maximize=True)].sum())
    return overlap.n_cards - kept


def spanning_weight(distances: IntArray) -> int:
    """Return the weight of the lightest tree that connects all sorts.

    Parameters
    ----------
    distances : ndarray of int, shape (n_sorts, n_sorts)
        Edit distance of each two sorts.

    Returns
    -------
    int
        Cards moved along the tree, 0 if all sorts are the same. Divided by the n_sorts - 1 edges
        or by the n_sorts sorts it is the NMST, the normalised minimum spanning tree: libraries
        differ in the divisor, so both are given by name.

    Raises
    ------
    ValueError
        Without sorts.

    References
    ----------
    Fossum, T. & Haller, S. (2005). Measuring card sort orthogonality. Expert Systems 22(3),
    139-146. doi:10.1111/j.1468-0394.2005.00305.x. The tree: Prim, R. C. (1957). Shortest
    connection networks and some generalizations. Bell System Technical Journal 36(6), 1389-1401.
    doi:10.1002/j.1538-7305.1957.tb01515.x

    Examples
    --------
    >>> spanning_weight(np.array([[0, 2, 5], [2, 0, 4], [5, 4, 0]]))
    6
    """
    n_sorts = distances.shape[0]
    if n_sorts == 0:
        raise ValueError("There is no sort to connect.")
    beyond = np.iinfo(np.int64).max
    nearest = np.array(distances[0], dtype=np.int64)
    nearest[0] = beyond
    is_outside = np.ones(n_sorts, dtype=np.bool_)
    is_outside[0] = False
    weight = 0
    for _ in range(n_sorts - 1):
        joined = int(np.argmin(nearest))
        weight += int(nearest[joined])
        is_outside[joined] = False
        nearest = np.where(is_outside, np.minimum(nearest, distances[joined]), beyond)
    return weight


def _separate_parts(overlap: Overlap) -> list[IntArray]:
    """Return the overlaps in groups that have no pile in common.

    Each group is matched by itself: the table of a group is small where that of all is not.
    """
    n_first, n_second = overlap.sizes.size, overlap.other_sizes.size
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n_piles = n_first + n_second
    edges = (overlap.shared, (overlap.first, n_first + overlap.second))
    n_parts, part = connected_components(coo_array(edges, (n_piles, n_piles)), directed=False)
    of_cell = part[overlap.first]
    order = np.argsort(of_cell, kind="stable")
    ends = np.cumsum(np.bincount(of_cell, minlength=n_parts))[:-1]
    return np.split(order, ends)
