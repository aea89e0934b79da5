"""How every two sets would meet if cards were shuffled, without comparing card by card."""

from math import comb

import numpy as np
import numpy.typing as npt

from app.agreement.ratings import BoolArray, FloatArray, IntArray

_BLOCK = 2_000_000  # pairs of different sets compared at once
_MOST_SUBSETS = 1_000_000

Words = npt.NDArray[np.uint64]  # 64 categories in each word


def pack_sets(members: BoolArray) -> Words:
    """Return sets as bits: shape (..., n_categories) becomes (..., n_words).

    Examples
    --------
    >>> count_members(pack_sets(np.array([[True, False, True], [False, False, False]]))).tolist()
    [2, 0]
    """
    packed = np.packbits(members, axis=-1)
    padding = [(0, 0)] * (packed.ndim - 1) + [(0, -packed.shape[-1] % 8)]
    return np.ascontiguousarray(np.pad(packed, padding)).view(np.uint64)


def count_members(words: Words) -> IntArray:
    """Return the sizes of packed sets: shape (..., n_words) becomes (...)."""
    if words.shape[-1] == 1:
        return np.bitwise_count(words[..., 0]).astype(np.int64)
    found: IntArray = np.bitwise_count(words).sum(axis=-1, dtype=np.int64)
    return found


def _distinct(words: Words) -> tuple[Words, IntArray]:
    if words.shape[-1] == 1:
        flat, found = np.unique(words[:, 0], return_counts=True)
        return flat[:, None], found
    return np.unique(words, axis=0, return_counts=True)


def expected_meetings(words: Words, width: int) -> FloatArray:
    """Return how often two sets of which sizes share how much, over every two of the sets.

    Parameters
    ----------
    words : ndarray of uint64, shape (n_sets, n_words)
        Packed sets, repeated as often as they were chosen.
    width : int
        One more than the size of the largest set.

    Returns
    -------
    ndarray of float, shape (width³,)
        Whole numbers; cell (i, j, s) stands at (i · width + j) · width + s. Each set also meets
        itself, which adds nothing to a distance.

    Examples
    --------
    >>> sets = pack_sets(np.array([[True, False], [True, True]]))
    >>> np.flatnonzero(expected_meetings(sets, 3)).tolist()  # (1, 1, 1) (1, 2, 1) (2, 1, 1) ...
    [13, 16, 22, 26]
    """
    distinct, found = _distinct(words)
    sizes, weight = count_members(distinct), found.astype(np.float64)
    n_subsets = float((2.0**sizes).sum())
    cheaper = n_subsets < min(_MOST_SUBSETS, len(distinct) ** 2 / 4)
    if words.shape[-1] == 1 and cheaper:
        return _expect_by_subsets(distinct[:, 0], sizes, weight, width)
    return _expect_by_pairs(distinct, sizes, weight, width)


def _expect_by_pairs(
    distinct: Words, sizes: IntArray, weight: FloatArray, width: int
) -> FloatArray:
    table = np.zeros(width**3)
    step = max(1, _BLOCK // max(1, len(distinct)))
    for start in range(0, len(distinct), step):
        rows = slice(start, start + step)
        shared = count_members(distinct[rows, None] & distinct[None])
        cell = (sizes[rows, None] * width + sizes) * width + shared
        times = weight[rows, None] * weight
        table += np.bincount(cell.ravel(), weights=times.ravel(), minlength=width**3)
    return table


def _list_subsets(sets: npt.NDArray[np.uint64], size: int) -> npt.NDArray[np.uint64]:
    """Return all subsets of sets of one size, shape (n_sets, 2^size)."""
    subsets, left = np.zeros((sets.size, 1), dtype=np.uint64), sets.copy()
    for _ in range(size):
        lowest = left & (~left + np.uint64(1))
        subsets = np.concatenate([subsets, subsets | lowest[:, None]], axis=1)
        left ^= lowest
    return subsets


def _expect_by_subsets(
    sets: npt.NDArray[np.uint64], sizes: IntArray, weight: FloatArray, width: int
) -> FloatArray:
    """Count through the subsets sets have in common.

    Two sets that share s categories have C(s, t) subsets of size t in common. Counting, for each
    subset, the sets that hold it gives these sums over all pairs; binomial inversion turns them
    into the number of pairs for each s. The work grows with the sets, not with their pairs.
    """
    groups = [(size, sizes == size) for size in np.unique(sizes).tolist()]
    subsets = [_list_subsets(sets[chosen], size) for size, chosen in groups]
    holders = [
        np.repeat(weight[chosen], listed.shape[1])
        for (_, chosen), listed in zip(groups, subsets, strict=True)
    ]
    holder_sizes = np.repeat([size for size, _ in groups], [listed.size for listed in subsets])
    known, place = np.unique(np.concatenate([s.ravel() for s in subsets]), return_inverse=True)
    cell = place.ravel() * width + holder_sizes
    held = np.bincount(cell, weights=np.concatenate(holders), minlength=known.size * width)
    held = held.reshape(known.size, width)
    order = np.bitwise_count(known)
    common = [held[order == size].T @ held[order == size] for size in range(width)]
    table = np.zeros((width, width, width))
    for shared in range(width):
        for size in range(shared, width):
            table[..., shared] += (-1) ** (size - shared) * comb(size, shared) * common[size]
    return table.ravel()
