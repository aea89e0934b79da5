"""Sets of any size: memory in proportion to the judgements, figures by the definitions."""

import tracemalloc

import numpy as np
import pytest

from app.agreement import Measure, SetRatings, describe
from app.agreement.set_resampling import resample_sets
from app.agreement.sets import meet
from tests.agreement import by_hand
from tests.agreement.designs import draw_sets
from tests.agreement.sets_by_hand import alike, exact, jaccard, masi, sets_of

MEGABYTE = 2**20


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
        (Measure.ALPHA_MASI, Measure.MEAN_MASI, masi),
        (Measure.ALPHA_JACCARD, Measure.MEAN_JACCARD, jaccard),
        (Measure.ALPHA_EXACT_SET, Measure.PERCENT_EXACT_SET, exact),
    ],
)
def test_sets_of_any_size_give_the_figures_of_the_definition(n_categories, alpha, mean, distance):
    ratings = with_one_who_ticks_everything(25, 4, n_categories)
    figures, cards = describe(ratings).figures, sets_of(ratings)
    assert figures[alpha].value == pytest.approx(by_hand.alpha(cards, distance), abs=1e-12)
    expected = by_hand.percent(cards, alike(distance))
    assert figures[mean].value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("distance", [Measure.ALPHA_MASI, Measure.ALPHA_JACCARD])
def test_many_different_small_sets_give_the_alpha_of_the_definition(distance):
    ratings = draw_sets(6, n_units=120, n_categories=40, share=0.05)
    by_definition = masi if distance is Measure.ALPHA_MASI else jaccard
    expected = by_hand.alpha(sets_of(ratings), by_definition)
    assert describe(ratings).figures[distance].value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n_categories", [8, 63, 64, 65])
def test_resamples_of_sets_do_not_depend_on_how_they_are_packed(n_categories):
    """Categories nobody ever ticks change no figure of whole sets."""
    few = draw_sets(3, n_units=40, n_categories=5)
    unused = ((0, 0), (0, 0), (0, n_categories - 5))
    names = tuple(str(number) for number in range(n_categories))
    many = SetRatings(np.pad(few.members, unused), few.judged, names)
    one = resample_sets(few, n_resamples=400, seed=1).values.over_all
    other = resample_sets(many, n_resamples=400, seed=1).values.over_all
    for measure in (Measure.ALPHA_MASI, Measure.MEAN_JACCARD, Measure.UNANIMOUS):
        assert np.mean(one[measure]) == pytest.approx(np.mean(other[measure]), abs=0.02)
