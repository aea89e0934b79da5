"""How every two sets would meet if cards were shuffled, without comparing card by card."""

from collections.abc import Iterator
from math import comb

import numpy as np
import numpy.typing as npt

from app.agreement.distances import SET_DISTANCES, Distance
from app.agreement.ratings import BoolArray, FloatArray, IntArray

_BLOCK = 2_000_000  # words of different sets compared at once
_SMALL_TABLE = 65_536
_MOST_SUBSETS = 1_000_000

Words = npt.NDArray[np.uint64]  # 64 categories in each word
Meeting = tuple[IntArray, IntArray, IntArray, FloatArray]


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


def distinct_sets(words: Words) -> tuple[Words, IntArray]:
    """Return the distinct packed sets among (n_sets, n_words), and how often each occurs."""
    if words.shape[-1] == 1:
        flat, found = np.unique(words[:, 0], return_counts=True)
        return flat[:, None], found
    return np.unique(words, axis=0, return_counts=True)


def tally(codes: IntArray, weight: FloatArray, n_codes: int) -> tuple[IntArray, FloatArray]:
    """Return the codes that occur, in order, and the weight of each.

    Counting into a table of all codes is faster as long as it is small beside the codes; when
    few of many codes occur, only sorting keeps the memory in proportion.

    Examples
    --------
    >>> [found.tolist() for found in tally(np.array([7, 2, 7]), np.ones(3), 10**12)]
    [[2, 7], [1.0, 2.0]]
    """
    if n_codes > max(_SMALL_TABLE, 2 * codes.size):
        found, place = np.unique(codes, return_inverse=True)
        return found, np.bincount(place, weights=weight).astype(np.float64)
    table = np.bincount(codes, weights=weight, minlength=n_codes).astype(np.float64, copy=False)
    occurring: IntArray = np.flatnonzero(table).astype(np.int64)
    return occurring, table[occurring]


def expected_meetings(words: Words) -> Iterator[Meeting]:
    """Yield how often two sets of which sizes share how much, over every two of the sets.

    What occurs comes in parts, one kind of meeting possibly in several of them, so that never
    more than a block of pairs of sets is held at once.

    Parameters
    ----------
    words : ndarray of uint64, shape (n_sets, n_words)
        Packed sets, repeated as often as they were chosen.

    Yields
    ------
    Meeting
        Sizes of the first sets, of the second, and of what they share; and how often, in whole
        numbers. Each set also meets itself, which adds nothing to a distance.

    Examples
    --------
    >>> sets = pack_sets(np.array([[True, False], [True, True]]))
    >>> [list(zip(*(part.tolist() for part in met))) for met in expected_meetings(sets)]
    [[(1, 1, 1, 1.0), (1, 2, 1, 1.0), (2, 1, 1, 1.0), (2, 2, 2, 1.0)]]
    """
    if not len(words):
        return iter(())
    distinct, found = distinct_sets(words)
    sizes, weight = count_members(distinct), found.astype(np.float64)
    n_subsets = float(np.exp2(np.minimum(sizes, 64)).sum())  # more is too many anyway
    cheaper = n_subsets < min(_MOST_SUBSETS, len(distinct) ** 2 / 4)
    if words.shape[-1] == 1 and cheaper:
        return iter([_expect_by_subsets(distinct[:, 0], sizes, weight)])
    return _expect_by_pairs(distinct, sizes, weight)


def expected_distances(words: Words) -> dict[Distance, float]:
    """Return the sum of each set distance over every two of the sets.

    Parameters
    ----------
    words : ndarray of uint64, shape (n_sets, n_words)
        Packed sets, repeated as often as they were chosen.

    Examples
    --------
    >>> expected_distances(pack_sets(np.array([[True, False], [True, True]])))[Distance.JACCARD]
    1.0
    """
    sums = dict.fromkeys(SET_DISTANCES, 0.0)
    for first, second, shared, times in expected_meetings(words):
        for distance, measure in SET_DISTANCES.items():
            sums[distance] += float(times @ measure(first, second, shared))
    return sums


def _expect_by_pairs(distinct: Words, sizes: IntArray, weight: FloatArray) -> Iterator[Meeting]:
    by_size = np.argsort(sizes, kind="stable")  # a block then holds few sizes, so few cells
    distinct, sizes, weight = distinct[by_size], sizes[by_size], weight[by_size]
    occurring, rank = np.unique(sizes, return_inverse=True)
    step = max(1, _BLOCK // max(1, distinct.size))
    for start in range(0, len(distinct), step):
        rows = slice(start, start + step)
        width, lowest = int(sizes[rows][-1]) + 1, int(rank[start])
        span = occurring.size * width
        shared = count_members(distinct[rows, None] & distinct[None])
        cell = (rank[rows, None] - lowest) * span + rank * width + shared
        times = (weight[rows, None] * weight).ravel()
        found, times = tally(cell.ravel(), times, (int(rank[rows][-1]) - lowest + 1) * span)
        first, second = found // span + lowest, found % span // width
        yield occurring[first], occurring[second], found % width, times


def _list_subsets(sets: npt.NDArray[np.uint64], size: int) -> npt.NDArray[np.uint64]:
    """Return all subsets of sets of one size, shape (n_sets, 2^size)."""
    subsets, left = np.zeros((sets.size, 1), dtype=np.uint64), sets.copy()
    for _ in range(size):
        lowest = left & (~left + np.uint64(1))
        subsets = np.concatenate([subsets, subsets | lowest[:, None]], axis=1)
        left ^= lowest
    return subsets


def _expect_by_subsets(
    sets: npt.NDArray[np.uint64], sizes: IntArray, weight: FloatArray
) -> Meeting:
    """Count through the subsets sets have in common.

    Two sets that share s categories have C(s, t) subsets of size t in common. Counting, for each
    subset, the sets that hold it gives these sums over all pairs; binomial inversion turns them
    into the number of pairs for each s. The work grows with the sets, not with their pairs.
    """
    width = int(sizes.max()) + 1  # small, or there would be too many subsets
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
    first, second, both = np.nonzero(table)
    return first, second, both, table[first, second, both]
