"""Laws every figure obeys, whatever the judgements."""

import json
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.agreement import Measure, Ratings, Scale, SetRatings, as_dict, calculate, describe
from tests.agreement.strategies import (
    assert_same_figures,
    every_estimate,
    judgements,
    names,
    same,
    set_judgements,
)

few = settings(max_examples=40)
SHARES = {
    *(Measure.PERCENT, Measure.PERCENT_POOLED, Measure.UNANIMOUS, Measure.PERCENT_EXACT_SET),
    *(Measure.MEAN_JACCARD, Measure.MEAN_MASI, Measure.SPECIFIC, Measure.NEGATIVE),
    *(Measure.PREVALENCE_INDEX, Measure.BIAS_INDEX, Measure.KAPPA_MAX),
}
FROM_MINUS_ONE = {
    *(Measure.COHEN, Measure.COHEN_LINEAR, Measure.COHEN_QUADRATIC, Measure.CATEGORY_COHEN),
    *(Measure.SCOTT, Measure.LIGHT, Measure.PABAK, Measure.AC1, Measure.BRENNAN_PREDIGER),
}


def lowest(measure):
    if measure in SHARES:
        return 0
    return -1 if measure in FROM_MINUS_ONE else -math.inf


@given(st.one_of(judgements(), set_judgements()))
def test_a_figure_is_a_number_in_its_range_or_a_reason(ratings):
    for measure, found in every_estimate(describe(ratings)):
        assert (found.value is None) != (found.reason is None), measure
        if found.value is not None:
            assert lowest(measure) - 1e-9 <= found.value <= 1 + 1e-9, measure
        for error in (found.standard_error, found.null_error):
            assert error is None or error >= 0, measure


@few
@given(st.one_of(judgements(), set_judgements()))
def test_what_is_stored_and_printed_never_contains_nan(ratings):
    json.dumps(as_dict(describe(ratings)), allow_nan=False)
    json.dumps(calculate(ratings).figures, allow_nan=False)


@few
@given(st.one_of(judgements(), set_judgements()))
def test_resampling_never_fails_and_never_gives_nan(ratings):
    found = calculate(ratings, n_resamples=20, seed=1)
    json.dumps(found.intervals, allow_nan=False)


@few
@given(st.lists(st.integers(0, 3), min_size=2, max_size=15), st.integers(2, 4))
def test_perfect_agreement_over_two_categories_gives_exactly_one(column, n_coders):
    column = [*column, 0, 1]
    codes = np.repeat(np.c_[column], n_coders, axis=1)
    facet = describe(Ratings(codes, names(4), scale=Scale.INTERVAL))
    for part in (facet, *facet.pairs):
        assert {found.value for found in part.figures.values()} == {1.0}
    for category in facet.categories:
        used = category.n_labels > 0
        expected = {1.0} if used else {1.0, None}
        assert {found.value for found in category.figures.values()} == expected


@given(judgements(), st.randoms(use_true_random=False))
def test_the_order_of_cards_changes_nothing(ratings, random):
    order = list(range(ratings.n_units))
    random.shuffle(order)
    one, other = describe(ratings), describe_like(ratings, ratings.codes[order])
    assert_same_figures(one.figures, other.figures)
    for first, second in zip(one.pairs, other.pairs, strict=True):
        assert_same_figures(first.figures, second.figures)
    for first, second in zip(one.categories, other.categories, strict=True):
        assert_same_figures(first.figures, second.figures)


def describe_like(ratings, codes):
    return describe(Ratings(codes, ratings.categories, scale=ratings.scale))


@given(judgements(), st.randoms(use_true_random=False))
def test_the_order_of_coders_changes_nothing_but_the_order_of_pairs(ratings, random):
    order = list(range(ratings.codes.shape[1]))
    random.shuffle(order)
    one, other = describe(ratings), describe_like(ratings, ratings.codes[:, order])
    assert_same_figures(one.figures, other.figures)
    for first, second in zip(one.categories, other.categories, strict=True):
        assert_same_figures(first.figures, second.figures)
    pairs = {frozenset((pair.first, pair.second)): pair for pair in one.pairs}
    for pair in other.pairs:
        before = frozenset(str(order[int(name) - 1] + 1) for name in (pair.first, pair.second))
        assert_same_figures(pairs[before].figures, pair.figures)


@given(judgements(scales=(Scale.NOMINAL,)), st.randoms(use_true_random=False))
def test_renaming_and_reordering_nominal_categories_changes_nothing(ratings, random):
    order = list(range(len(ratings.categories)))
    random.shuffle(order)
    codes = np.array([*order, -1])[ratings.codes]
    renamed = describe(Ratings(codes, ("ñ", "nan", "", "NA", " ")[: len(order)]))
    one = describe(ratings)
    assert_same_figures(one.figures, renamed.figures)
    for first, second in zip(one.pairs, renamed.pairs, strict=True):
        assert_same_figures(first.figures, second.figures)
    for place, category in enumerate(one.categories):
        assert_same_figures(category.figures, renamed.categories[order[place]].figures)


@given(judgements(scales=(Scale.ORDINAL,)))
def test_reversing_ordered_categories_changes_nothing(ratings):
    last = len(ratings.categories) - 1
    reversed_ = describe_like(ratings, np.where(ratings.judged, last - ratings.codes, -1))
    assert_same_figures(describe(ratings).figures, reversed_.figures)


@given(set_judgements(), st.randoms(use_true_random=False))
def test_the_order_of_cards_coders_and_categories_changes_nothing_in_sets(ratings, random):
    orders = [list(range(length)) for length in ratings.members.shape]
    for order in orders:
        random.shuffle(order)
    shuffled = SetRatings(
        ratings.members[np.ix_(*orders)], ratings.judged[np.ix_(*orders[:2])], ratings.categories
    )
    one, other = describe(ratings), describe(shuffled)
    assert_same_figures(one.figures, other.figures)
    for place, before in enumerate(orders[2]):
        assert_same_figures(one.categories[before].figures, other.categories[place].figures)


@given(judgements())
def test_cards_nobody_judged_and_silent_coders_change_nothing(ratings):
    n_units, n_coders = ratings.codes.shape
    padded = np.full((n_units + 2, n_coders + 1), -1)
    padded[:n_units, :n_coders] = ratings.codes
    one, other = describe(ratings), describe_like(ratings, padded)
    for part in ("n_pairable", "n_coders", "n_labels"):
        assert getattr(one, part) == getattr(other, part)
    assert other.n_units == n_units + 2
    assert_same_figures(one.figures, other.figures)
    for measure, found in one.figures.items():
        assert found.standard_error == pytest.approx(other.figures[measure].standard_error)
    for first, second in zip(one.pairs, other.pairs, strict=True):
        assert_same_figures(first.figures, second.figures)
    for first, second in zip(one.categories, other.categories, strict=True):
        assert_same_figures(first.figures, second.figures)


@given(set_judgements())
def test_cards_nobody_judged_and_silent_coders_change_nothing_in_sets(ratings):
    members = np.pad(ratings.members, ((0, 2), (0, 1), (0, 0)))
    judged = np.pad(ratings.judged, ((0, 2), (0, 1)))
    one, other = describe(ratings), describe(SetRatings(members, judged, ratings.categories))
    assert_same_figures(one.figures, other.figures)
    for first, second in zip(one.categories, other.categories, strict=True):
        assert_same_figures(first.figures, second.figures)


@given(judgements(min_coders=2, max_coders=2, gaps=False))
def test_relatives_of_kappa_coincide_for_two_coders_without_gaps(ratings):
    facet = describe(ratings)
    assume(facet.pairs)
    of_all, of_two = facet.figures, facet.pairs[0].figures
    assert same(of_all[Measure.CONGER], of_two[Measure.COHEN])
    assert same(of_all[Measure.LIGHT], of_two[Measure.COHEN])
    assert same(of_all[Measure.FLEISS], of_two[Measure.SCOTT])
    assert same(of_all[Measure.PERCENT], of_two[Measure.PERCENT])
    if len(ratings.categories) == 2:
        assert same(of_all[Measure.BRENNAN_PREDIGER], of_two[Measure.PABAK])
        assert same(of_two[Measure.COHEN], facet.categories[0].figures[Measure.CATEGORY_COHEN])


@given(judgements(min_coders=2, max_coders=2, gaps=False))
def test_kappa_follows_from_pabak_prevalence_and_bias(ratings):
    """Byrt, Bishop & Carlin (1993): kappa = (PABAK - PI² + BI²) / (1 - PI² + BI²)."""
    facet = describe(ratings)
    for category in facet.categories:
        for figures in (pair.figures for pair in category.pairs):
            kappa = figures[Measure.COHEN].value
            if kappa is not None:
                prevalence = figures[Measure.PREVALENCE_INDEX].value
                bias = figures[Measure.BIAS_INDEX].value
                beyond = 1 - prevalence**2 + bias**2
                lost = 2 * (1 - figures[Measure.PERCENT].value)
                assert kappa == pytest.approx((beyond - lost) / beyond, abs=1e-9)


@given(judgements(min_coders=2, gaps=False))
def test_alpha_follows_from_fleiss_kappa_without_gaps(ratings):
    figures = describe(ratings).figures
    alpha, fleiss = figures[Measure.ALPHA_NOMINAL], figures[Measure.FLEISS]
    if fleiss.value is None:
        assert alpha.reason == fleiss.reason
    else:
        corrected = fleiss.value + (1 - fleiss.value) / ratings.codes.size
        assert alpha.value == pytest.approx(corrected, abs=1e-9)


@few
@given(judgements(scales=(Scale.NOMINAL,)))
def test_sets_of_one_category_agree_like_single_categories(ratings):
    assume(len(ratings.categories) > 1)
    members = ratings.codes[..., None] == np.arange(len(ratings.categories))
    one = describe(ratings)
    other = describe(SetRatings(members, ratings.judged, ratings.categories))
    for single, multiple in (
        (Measure.PERCENT, Measure.PERCENT_EXACT_SET),
        (Measure.PERCENT, Measure.MEAN_JACCARD),
        (Measure.PERCENT_POOLED, Measure.PERCENT_POOLED),
        (Measure.UNANIMOUS, Measure.UNANIMOUS),
        (Measure.ALPHA_NOMINAL, Measure.ALPHA_MASI),
        (Measure.ALPHA_NOMINAL, Measure.ALPHA_JACCARD),
    ):
        assert same(one.figures[single], other.figures[multiple]), multiple
    for first, second in zip(one.categories, other.categories, strict=True):
        assert_same_figures(first.figures, second.figures)
        assert [p.confusion for p in first.pairs] == [p.confusion for p in second.pairs]
