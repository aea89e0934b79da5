"""Perfect agreement is exactly 1 and a constant coder exactly 0, whatever the counts."""

from itertools import product

import numpy as np
import pytest

from app.agreement import Measure, Note, Ratings, Scale, SetRatings, Weighting, assess, describe
from app.agreement.counts import collapse, count
from app.agreement.distances import agreement_weights, penalties
from app.agreement.kappa import cohen_kappa, largest_kappa, scott_pi

PERFECT = np.array(
    [np.diag(cells) for cells in product(range(13), repeat=3) if np.count_nonzero(cells) > 1]
)
SMALL = np.array(
    [np.reshape(cells, (3, 3)) for cells in product((0, 1, 3), repeat=9) if any(cells)]
)
OF_ALL = (
    Measure.PERCENT,
    Measure.PERCENT_OF_PAIRS,
    Measure.UNANIMOUS,
    Measure.LIGHT_KAPPA,
    Measure.FLEISS_KAPPA,
    Measure.CONGER_KAPPA,
    Measure.KRIPPENDORFF_ALPHA,
    Measure.KRIPPENDORFF_ALPHA_NOMINAL,
    Measure.GWET_AC1,
    Measure.BRENNAN_PREDIGER,
)


def agreeing(cells, n_coders, scale=Scale.ORDINAL):
    codes = np.repeat(np.arange(len(cells)), cells)
    return Ratings(np.repeat(codes[:, None], n_coders, axis=1), tuple("abc"), scale=scale)


@pytest.mark.parametrize("weighting", Weighting)
def test_kappa_of_perfect_agreement_is_exactly_one(weighting):
    figures = cohen_kappa(PERFECT, weighting)
    assert set(figures.value.tolist()) == {1.0}
    assert set(figures.observed.tolist()) == {1.0}
    assert set(figures.standard_error.tolist()) == {0.0}


def test_the_relatives_of_kappa_are_exactly_one_for_perfect_agreement():
    assert set(scott_pi(PERFECT).tolist()) == {1.0}
    assert set(largest_kappa(PERFECT).tolist()) == {1.0}


@pytest.mark.parametrize("weighting", Weighting)
def test_only_perfect_agreement_is_one_and_every_constant_coder_is_zero(weighting):
    figures = cohen_kappa(SMALL, weighting)
    defined = ~np.isnan(figures.value)
    off_diagonal = SMALL.sum(axis=(1, 2)) - np.trace(SMALL, axis1=1, axis2=2)
    assert np.array_equal(figures.value[defined] == 1, off_diagonal[defined] == 0)
    assert set(figures.value[defined & figures.is_constant].tolist()) == {0.0}


@pytest.mark.parametrize("cells", [(1, 10, 10), (3, 7, 0), (1, 1, 47), (6, 11, 32), (49, 1, 5)])
@pytest.mark.parametrize("n_coders", [2, 3, 5])
def test_every_figure_of_perfect_agreement_is_exactly_one(cells, n_coders):
    ratings = agreeing(cells, n_coders)
    facet = describe(ratings)
    assert {assess(ratings, measure).value for measure in OF_ALL} == {1.0}
    for pair in facet.pairs:
        assert pair.percent.value == 1
        for kappa in (pair.kappa, pair.kappa_linear, pair.kappa_quadratic):
            assert (kappa.value, kappa.low, kappa.high, kappa.standard_error) == (1, *[None] * 3)
            assert kappa.note.startswith(Note.PERFECT)
    for category in (one for one in facet.categories if one.n_labels):
        figures = (category.percent, category.kappa, category.light, category.alpha, category.ac1)
        assert {one.value for one in (*figures, category.positive, category.negative)} == {1.0}


def test_perfect_agreement_with_gaps_is_exactly_one():
    codes = agreeing((5, 11, 13), 4).codes.copy()
    codes[np.random.default_rng(1).random(codes.shape) < 0.3] = -1
    ratings = Ratings(codes, tuple("abc"), scale=Scale.ORDINAL)
    assert {assess(ratings, measure).value for measure in OF_ALL} == {1.0}


def test_equal_sets_agree_exactly():
    chosen = np.random.default_rng(2).random((31, 1, 7)) < 0.4
    ratings = SetRatings(chosen.repeat(3, axis=1), np.ones((31, 3), dtype=bool), tuple("abcdefg"))
    facet = describe(ratings)
    figures = (facet.percent, facet.percent_of_pairs, facet.unanimous, facet.jaccard)
    assert {one.value for one in (*figures, facet.alpha, facet.alpha_companion)} == {1.0}
    assert {one.kappa.value for one in facet.categories} == {1.0}


def test_the_kappa_of_a_constant_coder_is_stored_as_zero():
    ratings = Ratings([[0, 0]] * 7 + [[0, 1]] * 11 + [[0, 2]] * 3, tuple("abc"))
    assert describe(ratings).pairs[0].kappa.value == 0
    assert describe(ratings).pairs[0].kappa.note == Note.CONSTANT_CODER


def test_collapsed_tables_of_perfect_agreement_are_exactly_one():
    tables = collapse(count(agreeing((7, 11, 31), 2))).pair_tables
    assert set(cohen_kappa(tables).value.ravel().tolist()) == {1.0}


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("n_categories", [2, 3, 7, 50])
def test_weights_are_what_the_penalties_leave(weighting, n_categories):
    penalty = penalties(n_categories, weighting)
    weights = agreement_weights(n_categories, weighting)
    assert weights == pytest.approx(1 - penalty / penalty.max(), abs=1e-15)
