"""Large-sample errors: Gwet's formulas card by card, and against the spread of resamples."""

from functools import cache

import numpy as np
import pytest
from scipy import stats

from app.agreement import Measure, Ratings, Scale, Weighting, describe
from app.agreement.counting import count
from app.agreement.distances import agreement_weights
from app.agreement.figures import NORMAL_95
from app.agreement.kappa import cohen_kappa
from app.agreement.resampling import resample
from app.agreement.standard_errors import JudgedCards
from tests.agreement import by_hand
from tests.agreement.designs import DESIGNS, Design, draw_codes, draw_ratings, in_words
from tests.agreement.errors_by_hand import (
    alpha_error,
    brennan_prediger_error,
    conger_error,
    fleiss_error,
    gwet_error,
)

BY_HAND = {
    "fleiss": fleiss_error,
    "conger": conger_error,
    "gwet_ac": gwet_error,
    "brennan_prediger": brennan_prediger_error,
    "alpha": alpha_error,
}
ENOUGH = [d for d in DESIGNS if 9 <= d.n_units <= 400]
LARGE = Design(500, 4, 3, skew=0.7)


@cache
def drawn(design):
    ratings = draw_ratings(design)
    return ratings, in_words(ratings)


def errors_of(codes, weights):
    return JudgedCards(codes, len(weights)).errors(weights)


@pytest.mark.parametrize("coefficient", BY_HAND)
@pytest.mark.parametrize("design", ENOUGH, ids=str)
def test_an_error_equals_the_formula_card_by_card(design, coefficient):
    ratings, cards = drawn(design)
    found = errors_of(ratings.codes, np.eye(design.n_categories))
    expected = BY_HAND[coefficient](cards, ratings.categories)
    assert getattr(found, coefficient) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("coefficient", BY_HAND)
@pytest.mark.parametrize("weighting", [Weighting.LINEAR, Weighting.QUADRATIC, Weighting.ORDINAL])
@pytest.mark.parametrize("design", [d for d in ENOUGH if d.n_units <= 80], ids=str)
def test_a_weighted_error_equals_the_formula_card_by_card(design, weighting, coefficient):
    ratings, cards = drawn(design)
    found = errors_of(ratings.codes, agreement_weights(design.n_categories, weighting))
    weight = by_hand.weighting(ratings.categories, weighting.value)
    expected = BY_HAND[coefficient](cards, ratings.categories, weight)
    assert getattr(found, coefficient) == pytest.approx(expected, abs=1e-9)


OF_FACET = {
    Measure.FLEISS: "fleiss",
    Measure.CONGER: "conger",
    Measure.AC1: "gwet_ac",
    Measure.BRENNAN_PREDIGER: "brennan_prediger",
    Measure.ALPHA_NOMINAL: "alpha",
}


def test_the_errors_and_intervals_of_a_report_are_these():
    ratings, _ = drawn(Design(120, 7, 9))
    errors = errors_of(ratings.codes, np.eye(9))
    figures = describe(ratings).figures
    for measure, coefficient in OF_FACET.items():
        found, error = figures[measure], getattr(errors, coefficient)
        assert found.standard_error == error
        assert found.low == pytest.approx(found.value - stats.norm.ppf(0.975) * error)
        assert found.high == pytest.approx(found.value + NORMAL_95 * error)


@pytest.mark.parametrize("measure", OF_FACET)
def test_resamples_spread_as_far_as_the_formula_says(measure):
    ratings = Ratings(draw_codes(LARGE, 1), ("a", "b", "c"))
    spread = np.std(spread_of(ratings)[measure])
    assert describe(ratings).figures[measure].standard_error == pytest.approx(spread, rel=0.1)


# With cards judged once Gwet's formulas take the number judged twice as fixed and come out a
# little wide; alpha and Fleiss' kappa, which the reports lead with, stay close.
@pytest.mark.parametrize("measure", [Measure.ALPHA_NOMINAL, Measure.FLEISS, Measure.CONGER])
def test_resamples_spread_as_far_with_missing_judgements(measure):
    ratings = Ratings(draw_codes(Design(500, 4, 3, skew=0.7, missing=0.3), 1), ("a", "b", "c"))
    spread = np.std(spread_of(ratings)[measure])
    assert describe(ratings).figures[measure].standard_error == pytest.approx(spread, rel=0.1)


def spread_of(ratings):
    drawn = resample(ratings, count(ratings), n_resamples=2_000, seed=5)
    return drawn.values.over_all


@pytest.mark.parametrize(
    ("measure", "weighting"),
    [
        (Measure.COHEN, Weighting.IDENTITY),
        (Measure.COHEN_LINEAR, Weighting.LINEAR),
        (Measure.COHEN_QUADRATIC, Weighting.QUADRATIC),
    ],
)
def test_resamples_of_two_coders_spread_as_far_as_fleiss_cohen_and_everitt_say(measure, weighting):
    ratings = Ratings(draw_codes(Design(500, 2, 4), 2), tuple("abcd"), scale=Scale.ORDINAL)
    drawn = resample(ratings, count(ratings), n_resamples=2_000, seed=5)
    spread = np.std(drawn.values.of_pairs[measure][:, 0])
    error = float(cohen_kappa(count(ratings).pair_tables[0], weighting).standard_error)
    assert error == pytest.approx(spread, rel=0.1)


@pytest.mark.parametrize("measure", [Measure.COHEN, Measure.FLEISS])
def test_kappas_of_independent_coders_spread_as_far_as_the_null_error_says(measure):
    chance = np.random.default_rng(8)
    values, errors = [], []
    for _ in range(400):
        codes = chance.choice(3, (150, 2), p=[0.5, 0.3, 0.2])
        facet = describe(Ratings(codes, tuple("abc")))
        figures = facet.figures if measure in facet.figures else facet.pairs[0].figures
        values.append(figures[measure].value)
        errors.append(figures[measure].null_error)
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.1)
    assert np.mean(values) == pytest.approx(0, abs=4 * np.std(values) / 20)


def test_there_is_no_error_with_fewer_than_two_cards_judged_twice():
    errors = errors_of(np.array([[0, 1], [1, -1], [-1, -1]]), np.eye(2))
    assert np.isnan([errors.fleiss, errors.conger, errors.gwet_ac, errors.alpha]).all()


def test_the_null_error_of_fleiss_kappa_needs_every_judgement():
    codes = draw_codes(Design(40, 3, 3), 1)
    assert describe(Ratings(codes, tuple("abc"))).figures[Measure.FLEISS].null_error > 0
    codes[0, 0] = -1
    assert describe(Ratings(codes, tuple("abc"))).figures[Measure.FLEISS].null_error is None
