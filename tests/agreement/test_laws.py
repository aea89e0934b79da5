"""Laws every measure obeys, whatever the judgements."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.agreement import Measure, Ratings, Scale, SetRatings, as_dict, assess, describe

ABOVE_CHANCE = (
    Measure.COHEN_KAPPA,
    Measure.COHEN_KAPPA_LINEAR,
    Measure.COHEN_KAPPA_QUADRATIC,
    Measure.SCOTT_PI,
    Measure.LIGHT_KAPPA,
    Measure.FLEISS_KAPPA,
    Measure.CONGER_KAPPA,
    Measure.KRIPPENDORFF_ALPHA,
    Measure.KRIPPENDORFF_ALPHA_NOMINAL,
    Measure.GWET_AC1,
    Measure.BRENNAN_PREDIGER,
)
SHARES = (Measure.PERCENT, Measure.PERCENT_OF_PAIRS, Measure.UNANIMOUS)
SET_MEASURES = (
    Measure.PERCENT,
    Measure.UNANIMOUS,
    Measure.KRIPPENDORFF_ALPHA,
    Measure.KRIPPENDORFF_ALPHA_JACCARD,
    Measure.KRIPPENDORFF_ALPHA_EXACT,
    Measure.MEAN_JACCARD,
    Measure.MEAN_MASI,
)


@st.composite
def judgements(draw, *, min_coders=0, max_coders=4, gaps=True, scales=tuple(Scale)):
    n_categories = draw(st.integers(1, 5))
    shape = draw(st.tuples(st.integers(0, 12), st.integers(min_coders, max_coders)))
    lowest = -1 if gaps else 0
    codes = draw(arrays(np.int64, shape, elements=st.integers(lowest, n_categories - 1)))
    categories = tuple("abcde"[:n_categories])
    return Ratings(codes, categories, scale=draw(st.sampled_from(scales)))


@st.composite
def set_judgements(draw):
    shape = draw(st.tuples(st.integers(0, 10), st.integers(0, 4)))
    n_categories = draw(st.integers(1, 4))
    judged = draw(arrays(np.bool_, shape))
    members = draw(arrays(np.bool_, (*shape, n_categories)))
    return SetRatings(members & judged[..., None], judged, tuple("abcd"[:n_categories]))


def same(one, other):
    if one.value is None or other.value is None:
        return one.reason == other.reason
    return one.value == pytest.approx(other.value, abs=1e-9)


def every_measure(ratings):
    return {measure: assess(ratings, measure) for measure in Measure}


def assert_same_figures(one, other, measures=tuple(Measure)):
    for measure in measures:
        assert same(assess(one, measure), assess(other, measure)), measure


@given(judgements())
def test_a_measure_is_a_number_or_a_reason(ratings):
    for measure, estimate in every_measure(ratings).items():
        assert (estimate.value is None) != (estimate.reason is None), measure
        assert estimate.value is None or math.isfinite(estimate.value), measure


@given(judgements())
def test_the_stored_form_never_contains_nan(ratings):
    json.dumps(as_dict(describe(ratings)), allow_nan=False)


@given(set_judgements())
def test_the_stored_form_of_sets_never_contains_nan(ratings):
    json.dumps(as_dict(describe(ratings)), allow_nan=False)


@given(judgements())
def test_coefficients_lie_within_their_bounds(ratings):
    figures = every_measure(ratings)
    for measure in (*ABOVE_CHANCE, *SHARES):
        value = figures[measure].value
        lowest = 0 if measure in SHARES else -math.inf
        assert value is None or lowest <= value <= 1 + 1e-12, measure
    for measure in (Measure.COHEN_KAPPA, Measure.LIGHT_KAPPA, Measure.SCOTT_PI):
        value = figures[measure].value
        assert value is None or value >= -1 - 1e-12, measure


@given(set_judgements())
def test_measures_of_sets_lie_within_their_bounds(ratings):
    for measure in SET_MEASURES:
        value = assess(ratings, measure).value
        assert value is None or value <= 1 + 1e-12, measure


@given(st.lists(st.integers(0, 3), min_size=2, max_size=15), st.integers(2, 4))
def test_perfect_agreement_over_two_categories_gives_one(column, n_coders):
    column = [*column, 0, 1]
    ratings = Ratings(np.repeat(np.c_[column], n_coders, axis=1), tuple("abcd"), scale="ordinal")
    for measure in (*SHARES, *ABOVE_CHANCE):
        estimate = assess(ratings, measure)
        if n_coders == 2 or estimate.reason is None:
            assert estimate.value == pytest.approx(1), measure


@given(judgements(), st.randoms(use_true_random=False))
def test_the_order_of_cards_changes_nothing(ratings, random):
    order = list(range(ratings.n_units))
    random.shuffle(order)
    shuffled = Ratings(ratings.codes[order], ratings.categories, scale=ratings.scale)
    assert_same_figures(ratings, shuffled)


@given(judgements(), st.randoms(use_true_random=False))
def test_the_order_of_coders_changes_nothing(ratings, random):
    order = list(range(ratings.codes.shape[1]))
    random.shuffle(order)
    shuffled = Ratings(ratings.codes[:, order], ratings.categories, scale=ratings.scale)
    assert_same_figures(ratings, shuffled)


@given(judgements(scales=(Scale.NOMINAL,)), st.randoms(use_true_random=False))
def test_renaming_and_reordering_nominal_categories_changes_nothing(ratings, random):
    order = list(range(len(ratings.categories)))
    random.shuffle(order)
    codes = np.array([*order, -1])[ratings.codes]
    assert_same_figures(ratings, Ratings(codes, tuple("vwxyz"[: len(order)])))


@given(judgements(scales=(Scale.ORDINAL,)))
def test_reversing_ordered_categories_changes_nothing(ratings):
    last = len(ratings.categories) - 1
    codes = np.where(ratings.judged, last - ratings.codes, -1)
    assert_same_figures(ratings, Ratings(codes, ratings.categories, scale=Scale.ORDINAL))


@given(set_judgements(), st.randoms(use_true_random=False))
def test_the_order_of_cards_coders_and_categories_changes_nothing_in_sets(ratings, random):
    orders = [list(range(length)) for length in ratings.members.shape]
    for order in orders:
        random.shuffle(order)
    shuffled = SetRatings(
        ratings.members[np.ix_(*orders)], ratings.judged[np.ix_(*orders[:2])], ratings.categories
    )
    assert_same_figures(ratings, shuffled, SET_MEASURES)


@given(judgements())
def test_cards_nobody_judged_and_silent_coders_change_nothing(ratings):
    n_units, n_coders = ratings.codes.shape
    padded = np.full((n_units + 2, n_coders + 1), -1)
    padded[:n_units, :n_coders] = ratings.codes
    assert_same_figures(ratings, Ratings(padded, ratings.categories, scale=ratings.scale))


@given(judgements(min_coders=2, max_coders=2, gaps=False))
def test_relatives_of_kappa_coincide_for_two_coders_without_gaps(ratings):
    figures = every_measure(ratings)
    assert same(figures[Measure.CONGER_KAPPA], figures[Measure.COHEN_KAPPA])
    assert same(figures[Measure.LIGHT_KAPPA], figures[Measure.COHEN_KAPPA])
    assert same(figures[Measure.FLEISS_KAPPA], figures[Measure.SCOTT_PI])
    if len(ratings.categories) == 2:
        assert same(figures[Measure.BRENNAN_PREDIGER], figures[Measure.PABAK])


@given(judgements(min_coders=2, gaps=False, scales=(Scale.NOMINAL,)))
def test_alpha_follows_from_fleiss_kappa_without_gaps(ratings):
    alpha = assess(ratings, Measure.KRIPPENDORFF_ALPHA)
    fleiss = assess(ratings, Measure.FLEISS_KAPPA)
    if fleiss.value is None:
        assert alpha.reason == fleiss.reason
    else:
        corrected = fleiss.value + (1 - fleiss.value) / ratings.codes.size
        assert alpha.value == pytest.approx(corrected, abs=1e-9)


@given(judgements(scales=(Scale.NOMINAL,)))
def test_sets_of_one_category_agree_like_single_categories(ratings):
    members = ratings.codes[..., None] == np.arange(len(ratings.categories))
    sets = SetRatings(members, ratings.judged, ratings.categories)
    if len(ratings.categories) > 1:
        for measure in (Measure.PERCENT, Measure.UNANIMOUS, Measure.KRIPPENDORFF_ALPHA):
            assert same(assess(ratings, measure), assess(sets, measure)), measure
        for single, multiple in zip(
            describe(ratings).categories, describe(sets).categories, strict=True
        ):
            assert same(single.alpha, multiple.alpha)
            assert same(single.kappa, multiple.kappa)
            assert same(single.positive, multiple.positive)
            assert [p.confusion for p in single.pairs] == [p.confusion for p in multiple.pairs]


@given(judgements(min_coders=2))
def test_a_report_and_a_single_question_give_the_same_answer(ratings):
    facet = describe(ratings)
    for estimate, measure in (
        (facet.percent, Measure.PERCENT),
        (facet.percent_of_pairs, Measure.PERCENT_OF_PAIRS),
        (facet.unanimous, Measure.UNANIMOUS),
        (facet.light, Measure.LIGHT_KAPPA),
        (facet.fleiss, Measure.FLEISS_KAPPA),
        (facet.ac1, Measure.GWET_AC1),
        (facet.alpha, Measure.KRIPPENDORFF_ALPHA),
    ):
        assert estimate == assess(ratings, measure)


@given(judgements(min_coders=2, max_coders=2))
def test_a_confusion_matrix_holds_every_card_both_judged(ratings):
    for pair in describe(ratings).pairs:
        both = ratings.judged.all(axis=1)
        assert sum(map(sum, pair.confusion)) == pair.n_units == both.sum()
        for first, second in ratings.codes[both]:
            assert pair.confusion[first][second] > 0
