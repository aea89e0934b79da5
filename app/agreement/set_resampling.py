"""Bootstrap of judgements that are sets: whole sets, each two coders, and each category."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from app.agreement.alpha import alpha_of_two_answers
from app.agreement.counts import square_margins
from app.agreement.distances import SET_DISTANCES, Distance
from app.agreement.expectation import Words, count_members, pack_sets
from app.agreement.grouping import Drawing, Unit, distinct_rows, group_cards
from app.agreement.kappa import kappa_of_margins, mean_of_defined
from app.agreement.measures import Measure
from app.agreement.ratings import FloatArray, IntArray, SetRatings, ratio
from app.agreement.resampling import Progress, Resamples, TooLarge, sparse_matrix
from app.agreement.sets import ALPHAS, SIMILARITIES
from app.agreement.values import Values

_BLOCK = 2_048  # cards whose part in the sums is made at once
_ROWS = 1_024  # distinct sets compared with all others at once
MOST_DISTINCT = 8_000
MOST_MEETINGS = 10**12  # every two different sets in every resample: some minutes
_MOST_SUMS = 400_000_000  # numbers of eight bytes, for all that is drawn

_DISTANCES = tuple(SET_DISTANCES)
_EXACT = _DISTANCES.index(Distance.EXACT_SET)
Sums = dict[str, FloatArray]


def _part_of_cards(ratings: SetRatings, block: slice, active: IntArray) -> Sums:
    """Return what each card adds to the sums that every figure is a function of.

    The first axis runs over the cards; "apart" and its kin over distances, coders' pairs or
    categories after it.
    """
    members, judged = ratings.members[block][:, active], ratings.judged[block][:, active]
    size = judged.sum(axis=1).astype(np.float64)[:, None]
    others, n_pairs = np.maximum(size - 1, 1), np.maximum(size * (size - 1) / 2, 1)
    is_pairable = size >= 2
    first, second = np.array(list(combinations(range(active.size), 2)), dtype=np.int64).T
    both = judged[:, first] & judged[:, second]
    apart = _distances_apart(pack_sets(members), first, second) * both[..., None]
    total = apart.sum(axis=1)
    named = members.sum(axis=1).astype(np.float64)
    unnamed = size - named
    return {
        "judged": (size >= 1) * 1.0,
        "pairable": is_pairable * 1.0,
        "labels": size * is_pairable,
        "pairs": both.sum(axis=1, keepdims=True) * 1.0,
        "unanimous": (is_pairable & (total[:, [_EXACT]] == 0)) * 1.0,
        "apart": total,
        "mean_apart": total / n_pairs,
        "apart_per_partner": 2 * total / others,
        "pair_shared": both * 1.0,
        "pair_apart": apart,
        "pair_held": (members[:, first] & members[:, second]) * 1.0,
        "pair_first": (members[:, first] & both[..., None]) * 1.0,
        "pair_second": (members[:, second] & both[..., None]) * 1.0,
        "named": named * is_pairable,
        "share": named / np.maximum(size, 1),
        "differing": named * unnamed / n_pairs,
        "differing_per_partner": 2 * named * unnamed / others,
        "repeated": named * (named - 1),
        "repeatable": named * (size - 1),
        "repeated_not": unnamed * (unnamed - 1) * (size >= 1),
        "repeatable_not": unnamed * (size - 1) * (size >= 1),
    }


def _distances_apart(words: Words, first: IntArray, second: IntArray) -> FloatArray:
    """Return how far each two coders' sets lie apart, shape (n_units, n_pairs, n_distances)."""
    sizes = count_members(words)
    shared = count_members(words[:, first] & words[:, second])
    one, other = sizes[:, first], sizes[:, second]
    return np.stack([SET_DISTANCES[name](one, other, shared) for name in _DISTANCES], axis=-1)


def _sums(ratings: SetRatings, active: IntArray, column: IntArray, n_columns: int) -> Sums:
    """Return the sums of each column's cards: a distinct pattern's, or a group's."""
    found: Sums = {}
    for start in range(0, ratings.n_units, _BLOCK):
        block = slice(start, start + _BLOCK)
        place = column[block]
        ones = np.ones(place.size)
        adding = sparse_matrix(ones, place, np.arange(place.size), (n_columns, place.size))
        for name, part in _part_of_cards(ratings, block, active).items():
            shape = (n_columns, *part.shape[1:])
            added = (adding @ part.reshape(place.size, -1)).reshape(shape)
            found[name] = found[name] + added if name in found else added
    return found


class _Expected:
    """How far every two sets lie apart, whoever chose them, for any weights of the cards."""

    def __init__(self, ratings: SetRatings, column: IntArray, n_columns: int) -> None:
        pairable = ratings.judged & (ratings.judged.sum(axis=1) >= 2)[:, None]
        card, _ = np.nonzero(pairable)
        words = pack_sets(ratings.members[pairable])
        self._sets, which = np.unique(words, axis=0, return_inverse=True)
        ones = np.ones(card.size, dtype=np.float32)
        shape = (n_columns, len(self._sets))
        self._chosen = sparse_matrix(ones, column[card], which.ravel(), shape)

    @property
    def n_sets(self) -> int:
        """Number of different sets among pairable judgements."""
        return len(self._sets)

    def distances(self, drawn: FloatArray) -> FloatArray:
        """Return the sums of distances, shape (n_resamples, n_distances), for drawn columns."""
        times = np.asarray((self._chosen.T @ drawn.T).T, dtype=np.float32)
        sizes, found = count_members(self._sets), np.zeros((len(drawn), len(_DISTANCES)))
        for start in range(0, len(self._sets), _ROWS):
            rows, later = slice(start, start + _ROWS), slice(start, None)
            shared = count_members(self._sets[rows, None] & self._sets[None, later])
            for position, name in enumerate(_DISTANCES):
                apart = SET_DISTANCES[name](sizes[rows, None], sizes[None, later], shared)
                apart[:, _ROWS:] *= 2  # pairs of sets of different blocks are met here only
                met = times[:, later] @ apart.T.astype(np.float32)
                found[:, position] += np.einsum("rs,rs->r", met, times[:, rows], dtype=np.float64)
        return found


def _values(sums: Sums, expected: FloatArray, n_coders: int) -> Values:
    n_pairable, n_labels = sums["pairable"], sums["labels"]
    alphas = 1 - ratio(sums["apart_per_partner"] * (n_labels - 1), expected)
    alike = ratio(n_pairable - sums["mean_apart"], n_pairable)
    over_all = {
        Measure.PERCENT_POOLED: ratio(
            sums["pairs"][:, 0] - sums["apart"][:, _EXACT], sums["pairs"][:, 0]
        ),
        Measure.UNANIMOUS: ratio(sums["unanimous"], n_pairable)[:, 0],
    }
    of_pairs = {}
    for measure, distance in ALPHAS.items():
        over_all[measure] = alphas[:, _DISTANCES.index(distance)]
    shared = sums["pair_shared"]
    for measure, distance in SIMILARITIES.items():
        position = _DISTANCES.index(distance)
        over_all[measure] = alike[:, position]
        of_pairs[measure] = ratio(shared - sums["pair_apart"][..., position], shared)
    return Values(over_all, of_pairs, _of_categories(sums, n_coders))


def _of_categories(sums: Sums, n_coders: int) -> Mapping[Measure, FloatArray]:
    share = ratio(sums["share"], sums["judged"])
    observed = 1 - ratio(sums["differing"], sums["pairable"])
    by_chance = 2 * share * (1 - share)
    kappas = _kappas(sums)
    found = {
        Measure.PERCENT: observed,
        Measure.SPECIFIC: ratio(sums["repeated"], sums["repeatable"]),
        Measure.NEGATIVE: ratio(sums["repeated_not"], sums["repeatable_not"]),
        Measure.CATEGORY_FLEISS: 1 - ratio(1 - observed, by_chance),
        Measure.ALPHA_NOMINAL: alpha_of_two_answers(
            sums["differing_per_partner"], sums["named"], sums["labels"]
        ),
        Measure.AC1: ratio(observed - by_chance, 1 - by_chance),
        Measure.LIGHT: mean_of_defined(kappas),
    }
    if n_coders == 2:
        found[Measure.CATEGORY_COHEN] = kappas[..., 0]
    return found


def _kappas(sums: Sums) -> FloatArray:
    """Return Cohen's kappa of each category and pair, shape (n_resamples, q, n_pairs)."""
    shared = sums["pair_shared"][..., None]
    margins = square_margins(sums["pair_held"], sums["pair_first"], sums["pair_second"], shared)
    return np.swapaxes(kappa_of_margins(margins), 1, 2)


def resample_sets(
    ratings: SetRatings,
    *,
    n_resamples: int,
    seed: int,
    clusters: IntArray | None = None,
    progress: Progress | None = None,
) -> Resamples:
    """Return the figures of resamples of sets drawn with replacement.

    Distances and shares are fractions, and those between all sets are summed in 32 bits: the same
    seed draws the same cards everywhere, but figures agree to about seven digits only between
    machines, or numbers of threads, that add in another order. What is 0 or 1 is so exactly.

    Time grows with the square of the distinct sets, memory with what is drawn (at most 8,000 cards
    or groups) times pairs of coders times categories.

    Parameters
    ----------
    ratings : SetRatings
        The judgements.
    n_resamples, seed : int
        How many resamples; the same seed gives the same ones.
    clusters : ndarray of int, shape (n_units,), optional
        For each card, the number of its source document.
    progress : callable, optional
        Told when all resamples are done, which takes one step.

    Returns
    -------
    Resamples
        NaN where a figure is undefined in a resample.

    Raises
    ------
    TooLarge
        If the sums of cards, pairs of coders and categories take too much memory.

    References
    ----------
    Efron, B. & Tibshirani, R. J. (1993). An Introduction to the Bootstrap.
    doi:10.1007/978-1-4899-4541-9
    """
    active = np.flatnonzero(ratings.judged.any(axis=0))
    said = np.packbits(
        np.concatenate([ratings.members.reshape(ratings.n_units, -1), ratings.judged], axis=1),
        axis=1,
    )
    _, which = distinct_rows(said)
    grouping = group_cards(which, clusters, seed, most_distinct=MOST_DISTINCT)
    n_columns = grouping.n_columns
    n_pairs = active.size * (active.size - 1) // 2
    if n_columns * n_pairs * len(ratings.categories) * 3 > _MOST_SUMS:
        raise TooLarge("There are too many coders and categories for resampling.")
    if grouping.unit is Unit.CARDS:  # one card stands for all of its pattern
        one_of_each = np.unique(which, return_index=True)[1]
        cards = _only(ratings, one_of_each)
        column = np.arange(n_columns)
    else:
        cards, column = ratings, grouping.column
    of_chance = _Expected(cards, column, n_columns)
    if of_chance.n_sets**2 * n_resamples > MOST_MEETINGS:
        raise TooLarge("There are too many different sets for resampling.")
    sums = _sums(cards, active, column, n_columns)
    drawing = Drawing(grouping, seed, n_features=n_columns)
    drawn = np.concatenate(list(drawing.batches(n_resamples)))
    resampled, weights = {}, drawn.astype(np.float64)
    for name, of_columns in sums.items():
        flat = weights @ of_columns.reshape(n_columns, -1)
        resampled[name] = flat.reshape(n_resamples, *of_columns.shape[1:])
    expected = of_chance.distances(drawn)
    values = _values(resampled, expected, active.size)
    if progress is not None:
        progress(1.0)
    return Resamples(values, grouping.unit, drawing.n_drawn, n_resamples, seed)


def _only(ratings: SetRatings, cards: IntArray) -> SetRatings:
    return SetRatings(
        ratings.members[cards], ratings.judged[cards], ratings.categories, coders=ratings.coders
    )
