"""Shortcuts through margins equal the coefficient they stand for."""

from dataclasses import replace

import numpy as np
import pytest

from app.agreement import Ratings, Scale
from app.agreement.alpha import category_alpha, krippendorff_alpha
from app.agreement.coefficients import (
    brennan_prediger,
    category_fleiss,
    complete_fleiss,
    fleiss_kappa,
)
from app.agreement.confusion import pair_specific_agreement, specific_agreement
from app.agreement.counting import count, count_categories
from app.agreement.counts import Counts, collapse
from app.agreement.distances import Distance, Weighting, agreement_weights, penalties
from app.agreement.kappa import (
    category_cohen,
    cohen_kappa,
    kappa_of_margins,
    mean_of_defined,
    weighted_kappa_values,
)
from app.agreement.ratings import SetRatings
from app.agreement.values import evaluate
from tests.agreement.designs import DESIGNS, Design, draw_codes, draw_ratings

each_design = pytest.mark.parametrize("design", DESIGNS, ids=str)


def close(one, other):
    np.testing.assert_allclose(one, other, atol=1e-9, rtol=0, equal_nan=True)


@each_design
def test_fleiss_kappa_of_a_category_is_that_of_the_collapsed_tables(design):
    counts = count(draw_ratings(design))
    close(category_fleiss(counts), fleiss_kappa(collapse(counts)))


@pytest.mark.parametrize("n_coders", [3, 5, 7])
def test_one_used_category_is_not_missed_by_rounding(n_coders):
    for n_cards in range(2, 60):
        codes = np.zeros((n_cards, n_coders), dtype=int)
        codes[0, 2] = codes[-1, 1] = -1
        counts = count(Ratings(codes, ("used", "unused")))
        assert np.isnan(category_fleiss(counts)).all()
        assert np.isnan(category_alpha(counts)).all()


@each_design
def test_alpha_of_a_category_is_that_of_the_collapsed_tables(design):
    counts = count(draw_ratings(design))
    close(category_alpha(counts), krippendorff_alpha(collapse(counts)))


@pytest.mark.parametrize("design", [d for d in DESIGNS if d.n_coders == 2], ids=str)
def test_cohens_kappa_of_a_category_is_that_of_the_collapsed_table(design):
    counts = count(draw_ratings(design))
    if counts.pairs:
        close(category_cohen(counts), cohen_kappa(collapse(counts).pair_tables[:, 0]).value)


@each_design
def test_fleiss_kappa_of_complete_cards_is_that_of_these_cards_alone(design):
    ratings = draw_ratings(design)
    counts = count(ratings)
    if counts.n_coders == design.n_coders:
        complete = Ratings(ratings.codes[ratings.judged.all(axis=1)], ratings.categories)
        close(complete_fleiss(counts), fleiss_kappa(count(complete)))


@each_design
def test_values_from_margins_equal_those_from_whole_tables(design):
    counts = count(draw_ratings(design))
    close(kappa_of_margins(counts.pair_margins), cohen_kappa(counts.pair_tables).value)
    for weighting in Weighting:
        whole = cohen_kappa(counts.pair_tables, weighting).value
        close(weighted_kappa_values(counts.pair_tables, weighting), whole)


@each_design
def test_nominal_alpha_from_agreeing_pairs_equals_interval_alpha_of_two_numbers(design):
    counts = collapse(count(draw_ratings(design)))
    of_numbers = krippendorff_alpha(counts, Distance.INTERVAL, np.array([0.0, 1.0]))
    close(krippendorff_alpha(counts), of_numbers)


@pytest.mark.parametrize("design", [d for d in DESIGNS if d.n_coders == 2], ids=str)
def test_specific_agreement_of_two_coders_is_that_of_their_table(design):
    counts = count(draw_ratings(design))
    if counts.pairs:
        close(specific_agreement(counts), pair_specific_agreement(counts.pair_tables[0]))


@each_design
def test_a_category_that_may_be_ticked_counts_like_one_against_the_others(design):
    ratings = draw_ratings(design)
    members = ratings.codes[..., None] == np.arange(design.n_categories)
    one = collapse(count(ratings))
    other = count_categories(SetRatings(members, ratings.judged, ratings.categories))
    for table in ("pair_tables", "size_tables", "size_labels", "coder_labels", "units_by_size"):
        assert np.array_equal(getattr(one, table), getattr(other, table)), table


@pytest.mark.parametrize("block", [1, 7, 16_384])
def test_counting_in_blocks_changes_nothing(monkeypatch, block):
    ratings = draw_ratings(Design(120, 6, 5, missing=0.4))
    whole = count(ratings)
    monkeypatch.setattr("app.agreement.counting._BLOCK", block)
    monkeypatch.setattr("app.agreement.counting._MOST_CELLS", 100 * block)
    parts = count(ratings)
    for table in ("pair_tables", "size_tables", "size_labels", "coder_labels", "agreeing"):
        assert np.array_equal(getattr(whole, table), getattr(parts, table)), table


def stacked(tables: list[Counts]) -> Counts:
    """Several tables along a leading axis, as resamples come."""
    first = tables[0]
    names = ("units_by_size", "pair_tables", "size_tables", "agreeing", "size_labels")
    names = (*names, "coder_labels", "n_unanimous")
    together = {name: np.stack([getattr(one, name) for one in tables]) for name in names}
    margins = replace(
        first.pair_margins,
        **{
            name: np.stack([getattr(one.pair_margins, name) for one in tables])
            for name in ("first", "second", "agreeing")
        },
    )
    return replace(first, **together, pair_margins=margins)


@pytest.mark.parametrize("scale", Scale)
def test_many_tables_at_once_give_what_each_gives_alone(scale):
    design, names = Design(80, 4, 5, missing=0.3, skew=1), ("0", "1", "2", "3", "9")
    numbers = np.array([float(name) for name in names]) if scale is Scale.INTERVAL else None
    tables = [count(Ratings(draw_codes(design, seed), names, scale=scale)) for seed in range(5)]
    together = evaluate(stacked(tables), scale, numbers)
    for place, one in enumerate(tables):
        alone = evaluate(one, scale, numbers)
        for part in ("over_all", "of_pairs", "of_categories"):
            for measure, found in getattr(alone, part).items():
                close(getattr(together, part)[measure][place], found)


def test_the_mean_of_nothing_defined_is_undefined():
    found = mean_of_defined(np.array([[np.nan, 1, 0], [np.nan, np.nan, np.nan]]))
    close(found, [0.5, np.nan])


def test_brennan_prediger_takes_weights():
    ratings = Ratings([[0, 1], [1, 1], [2, 0]], ("low", "mid", "high"), scale=Scale.ORDINAL)
    weights = agreement_weights(3, Weighting.LINEAR)
    expected, observed = weights.sum() / 9, (0.5 + 1 + 0) / 3
    value = float(brennan_prediger(count(ratings), weights))
    assert value == pytest.approx((observed - expected) / (1 - expected))


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("n_categories", [2, 3, 7, 50])
def test_weights_are_what_the_penalties_leave(weighting, n_categories):
    penalty = penalties(n_categories, weighting)
    weights = agreement_weights(n_categories, weighting)
    assert weights == pytest.approx(1 - penalty / penalty.max(), abs=1e-15)
