"""Perfect agreement is exactly 1 and a constant coder exactly 0, whatever the counts."""

from itertools import product

import numpy as np
import pytest

from app.agreement import Measure, Note, Ratings, Scale, SetRatings, Weighting, describe
from app.agreement.counting import count
from app.agreement.counts import collapse, margins_of
from app.agreement.kappa import (
    cohen_kappa,
    kappa_of_margins,
    largest_kappa,
    scott_pi,
    weighted_kappa_values,
)

PERFECT = np.array(
    [np.diag(cells) for cells in product(range(13), repeat=3) if np.count_nonzero(cells) > 1]
)
SMALL = np.array(
    [np.reshape(cells, (3, 3)) for cells in product((0, 1, 3), repeat=9) if any(cells)]
)
COUNTS = [(1, 10, 10), (3, 7, 0), (1, 1, 47), (6, 11, 32), (49, 1, 5), (333, 77, 1)]


def agreeing(cells, n_coders):
    codes = np.repeat(np.arange(len(cells)), cells)
    return Ratings(
        np.repeat(codes[:, None], n_coders, axis=1), ("1", "2", "5"), scale=Scale.INTERVAL
    )


def values(figures):
    return {found.value for found in figures.values()}


@pytest.mark.parametrize("weighting", Weighting)
def test_kappa_of_perfect_agreement_is_exactly_one(weighting):
    figures = cohen_kappa(PERFECT, weighting)
    assert set(figures.value.tolist()) == {1.0}
    assert set(figures.observed.tolist()) == {1.0}
    assert set(figures.standard_error.tolist()) == {0.0}


def test_the_relatives_of_kappa_are_exactly_one_for_perfect_agreement():
    assert set(scott_pi(margins_of(PERFECT)).tolist()) == {1.0}
    assert set(kappa_of_margins(margins_of(PERFECT)).tolist()) == {1.0}
    assert set(largest_kappa(PERFECT).tolist()) == {1.0}


@pytest.mark.parametrize("weighting", Weighting)
def test_only_perfect_agreement_is_one_and_every_constant_coder_is_zero(weighting):
    figures = cohen_kappa(SMALL, weighting)
    defined = ~np.isnan(figures.value)
    off_diagonal = SMALL.sum(axis=(1, 2)) - np.trace(SMALL, axis1=1, axis2=2)
    assert np.array_equal(figures.value[defined] == 1, off_diagonal[defined] == 0)
    assert set(figures.value[defined & figures.is_constant].tolist()) == {0.0}


@pytest.mark.parametrize("cells", COUNTS)
@pytest.mark.parametrize("n_coders", [2, 3, 5, 7])
def test_every_figure_of_perfect_agreement_is_exactly_one(cells, n_coders):
    facet = describe(agreeing(cells, n_coders))
    for part in (facet, *facet.pairs):
        assert values(part.figures) == {1.0}
        for found in part.figures.values():
            assert (found.low, found.high) == (None, None)
            assert not found.standard_error or found.standard_error < 1e-9
    for category in (one for one in facet.categories if one.n_labels):
        assert values(category.figures) == {1.0}
    for pair in facet.pairs:
        kappa = pair.figures[Measure.COHEN]
        assert kappa.standard_error == 0
        assert kappa.note.startswith(Note.PERFECT)


@pytest.mark.parametrize("missing", [0.1, 0.3, 0.6])
def test_perfect_agreement_with_gaps_is_exactly_one(missing):
    ratings = agreeing((5, 11, 13), 4)
    codes = ratings.codes.copy()
    codes[np.random.default_rng(1).random(codes.shape) < missing] = -1
    facet = describe(Ratings(codes, ratings.categories, scale=Scale.INTERVAL))
    assert values(facet.figures) == {1.0}
    for category in facet.categories:
        assert values(category.figures) == {1.0}


@pytest.mark.parametrize("n_coders", [2, 3, 6])
def test_equal_sets_agree_exactly(n_coders):
    chosen = np.random.default_rng(2).random((31, 1, 7)) < 0.4
    judged = np.ones((31, n_coders), dtype=bool)
    facet = describe(SetRatings(chosen.repeat(n_coders, axis=1), judged, tuple("abcdefg")))
    for part in (facet, *facet.pairs, *facet.categories):
        assert values(part.figures) == {1.0}


@pytest.mark.parametrize(("same", "other"), [(7, 11), (1, 1), (13, 3), (250, 999)])
def test_the_kappa_of_a_constant_coder_is_exactly_zero(same, other):
    ratings = Ratings([[0, 0]] * same + [[0, 1]] * other, tuple("abc"), scale=Scale.ORDINAL)
    figures = describe(ratings).pairs[0].figures
    for measure in (Measure.COHEN, Measure.COHEN_LINEAR, Measure.COHEN_QUADRATIC):
        assert figures[measure].value == 0
        assert figures[measure].note == Note.CONSTANT_CODER


def test_collapsed_tables_of_perfect_agreement_are_exactly_one():
    tables = collapse(count(agreeing((7, 11, 31), 2))).pair_tables
    assert set(cohen_kappa(tables).value.ravel().tolist()) == {1.0}


def test_counts_of_a_million_cards_are_exact():
    cells = np.array([[700_000, 100_001], [99_999, 100_000]])
    kappa = float(kappa_of_margins(margins_of(cells)))
    n, rows, columns = cells.sum(), cells.sum(axis=1), cells.sum(axis=0)
    by_chance = int(rows @ columns)
    expected = (int(n) * int(np.trace(cells)) - by_chance) / (int(n) ** 2 - by_chance)
    assert kappa == expected
    assert 0 < expected < 1


@pytest.mark.parametrize("weighting", Weighting)
def test_kappa_does_not_overflow_with_more_cards_than_64_bits_hold_squared(weighting):
    few = np.array([[20, 5, 3], [10, 15, 2], [1, 4, 40]])
    many = few * 10**9
    expected = cohen_kappa(few, weighting)
    found = cohen_kappa(many, weighting)
    assert float(found.value) == pytest.approx(float(expected.value), rel=1e-12)
    assert float(found.expected) == pytest.approx(float(expected.expected), rel=1e-12)
    assert float(weighted_kappa_values(many, weighting)) == pytest.approx(float(expected.value))


def test_the_largest_numbers_there_are_do_not_overflow():
    codes = [[0, 0], [1, 1], [0, 1], [2, 2], [2, 1]] * 3
    small = describe(Ratings(codes, ("1", "2", "4"), scale=Scale.INTERVAL)).figures
    categories = tuple(repr(number * 2.0**1021) for number in (1, 2, 4))
    large = describe(Ratings(codes, categories, scale=Scale.INTERVAL)).figures
    for measure in (Measure.ALPHA_INTERVAL, Measure.ALPHA_RATIO):
        assert large[measure].value == small[measure].value
