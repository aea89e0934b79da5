"""Sets of any size: memory in proportion to the judgements, figures by the definitions."""

import tracemalloc

import numpy as np
import pytest

from app.agreement import Measure, SetRatings, assess, describe
from app.agreement.sets import meet
from tests.agreement.test_against_libraries import alpha_by_hand, jaccard, masi

MEGABYTE = 2**20


def exact(one, other):
    return float(one != other)


def with_one_who_ticks_everything(n_cards, n_coders, n_categories, seed=5):
    generator = np.random.default_rng(seed)
    members = generator.random((n_cards, n_coders, n_categories)) < 3 / n_categories
    members[0, 0] = True
    judged = generator.random((n_cards, n_coders)) < 0.9
    judged[0] = True
    members &= judged[..., None]
    return SetRatings(members, judged, tuple(str(number) for number in range(n_categories)))


def peak_of(act):
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def mean_by_hand(ratings, distance):
    """The mean over cards of the mean similarity of two coders' sets."""
    shares = []
    for card, seen in zip(ratings.members, ratings.judged, strict=True):
        sets = [frozenset(np.flatnonzero(card[coder]).tolist()) for coder in np.flatnonzero(seen)]
        if len(sets) >= 2:
            alike = [
                1 - distance(one, other)
                for i, one in enumerate(sets)
                for j, other in enumerate(sets)
                if i != j
            ]
            shares.append(sum(alike) / len(alike))
    return sum(shares) / len(shares)


def test_one_set_of_500_does_not_make_a_round_too_large_to_close():
    ratings = with_one_who_ticks_everything(200, 6, 500)
    assert peak_of(lambda: meet(ratings)) < 64 * MEGABYTE
    assert peak_of(lambda: describe(ratings)) < 256 * MEGABYTE


def test_one_set_of_all_categories_a_facet_can_hold_can_be_compared():
    ratings = with_one_who_ticks_everything(60, 6, 2_000)
    assert peak_of(lambda: meet(ratings)) < 64 * MEGABYTE


@pytest.mark.parametrize("n_categories", [5, 40, 64, 65, 500])
@pytest.mark.parametrize(
    ("alpha", "mean", "distance"),
    [
        (Measure.KRIPPENDORFF_ALPHA, Measure.MEAN_MASI, masi),
        (Measure.KRIPPENDORFF_ALPHA_JACCARD, Measure.MEAN_JACCARD, jaccard),
        (Measure.KRIPPENDORFF_ALPHA_EXACT, Measure.PERCENT, exact),
    ],
)
def test_sets_of_any_size_give_the_figures_of_the_definition(n_categories, alpha, mean, distance):
    ratings = with_one_who_ticks_everything(25, 4, n_categories)
    by_hand = alpha_by_hand(ratings.members, ratings.judged, distance)
    assert assess(ratings, alpha).value == pytest.approx(by_hand, abs=1e-12)
    by_hand = mean_by_hand(ratings, distance)
    assert assess(ratings, mean).value == pytest.approx(by_hand, abs=1e-12)


def test_each_pair_and_all_pairs_together_are_counted_by_the_definition():
    ratings = with_one_who_ticks_everything(25, 4, 90)
    facet = describe(ratings)
    sets = [[frozenset(np.flatnonzero(of).tolist()) for of in card] for card in ratings.members]
    n_same = n_all = 0
    for pair in facet.pairs:
        first, second = int(pair.first) - 1, int(pair.second) - 1
        both = np.flatnonzero(ratings.judged[:, first] & ratings.judged[:, second])
        same = sum(sets[card][first] == sets[card][second] for card in both)
        alike = sum(1 - jaccard(sets[card][first], sets[card][second]) for card in both)
        assert pair.n_units == both.size
        assert pair.percent.value == pytest.approx(same / both.size, abs=1e-12)
        assert pair.jaccard.value == pytest.approx(alike / both.size, abs=1e-12)
        n_same, n_all = n_same + same, n_all + both.size
    assert facet.percent_of_pairs.value == pytest.approx(n_same / n_all, abs=1e-12)
