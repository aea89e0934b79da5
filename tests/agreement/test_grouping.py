"""What a resample draws: cards, sources, or random groups of very many cards."""

import numpy as np
import pytest

from app.agreement import Measure, Ratings, Unit, describe
from app.agreement import grouping as grouping_module
from app.agreement.counting import count
from app.agreement.grouping import MOST_CLUSTERS, N_RANDOM_GROUPS, Drawing, group_cards
from app.agreement.resampling import resample
from app.agreement.set_resampling import resample_sets
from tests.agreement.designs import Design, draw_codes, draw_sets

ALPHA = Measure.ALPHA_NOMINAL


def draw_weights(patterns, n_resamples, clusters=None):
    grouping = group_cards(np.asarray(patterns), clusters, seed=1)
    drawing = Drawing(grouping, 1, n_features=10)
    return grouping, np.concatenate(list(drawing.batches(n_resamples)))


@pytest.mark.parametrize("copies", [1, 40])
def test_patterns_are_drawn_as_often_as_cards_show_them(copies):
    patterns = np.repeat([0, 1, 2, 2, 2, 3], copies)
    grouping, drawn = draw_weights(patterns, 4_000)
    assert drawn.shape == (4_000, 4)
    assert set(drawn.sum(axis=1)) == {patterns.size}
    share = np.bincount(patterns) / patterns.size
    assert drawn.mean(axis=0) == pytest.approx(share * patterns.size, rel=0.05)
    variance = patterns.size * share * (1 - share)  # of a multinomial count
    assert drawn.var(axis=0) == pytest.approx(variance, rel=0.1)
    assert grouping.unit is Unit.CARDS


def test_sources_are_drawn_with_equal_chance_however_many_cards_they_have():
    clusters = np.array([5, 5, 5, 5, 9, 2])
    grouping, drawn = draw_weights(np.arange(6), 4_000, clusters)
    assert grouping.column.tolist() == [1, 1, 1, 1, 2, 0]
    assert set(drawn.sum(axis=1)) == {3}
    assert drawn.mean(axis=0) == pytest.approx(np.ones(3), abs=0.06)
    assert drawn.var(axis=0) == pytest.approx(np.full(3, 2 / 3), rel=0.1)


def test_random_groups_are_of_equal_size():
    grouping = group_cards(np.arange(5_003), None, seed=3, most_distinct=5_000)
    assert grouping.unit is Unit.GROUPS
    assert set(np.bincount(grouping.column, minlength=N_RANDOM_GROUPS)) == {2, 3}


def test_random_groups_depend_on_the_seed_alone():
    one, same, other = (group_cards(np.zeros(60_000, int), None, seed=s) for s in (3, 3, 4))
    assert np.array_equal(one.column, same.column)
    assert not np.array_equal(one.column, other.column)


def test_very_many_sources_are_drawn_in_random_groups_of_whole_sources():
    clusters = np.arange(2 * (MOST_CLUSTERS + 1)) // 2
    grouping = group_cards(np.zeros(clusters.size, int), clusters, seed=3)
    assert (grouping.unit, grouping.n_columns) == (Unit.CLUSTERS, N_RANDOM_GROUPS)
    assert np.array_equal(grouping.column[::2], grouping.column[1::2])


@pytest.fixture
def groups_from_few_cards_on(monkeypatch):
    monkeypatch.setitem(grouping_module.group_cards.__kwdefaults__, "most_distinct", 100)
    monkeypatch.setattr("app.agreement.set_resampling.MOST_DISTINCT", 100)


def spread(found, measure):
    return np.std(found.values.over_all[measure])


def test_random_groups_give_the_same_standard_error(monkeypatch):
    ratings = Ratings(draw_codes(Design(20_000, 4, 4, missing=0.2, skew=1), 1), tuple("abcd"))
    counts = count(ratings)
    by_card = resample(ratings, counts, n_resamples=2_000, seed=2)
    monkeypatch.setitem(grouping_module.group_cards.__kwdefaults__, "most_distinct", 100)
    by_group = resample(ratings, counts, n_resamples=2_000, seed=2)
    assert (by_card.unit, by_group.unit) == (Unit.CARDS, Unit.GROUPS)
    assert (by_card.n_drawn, by_group.n_drawn) == (20_000, N_RANDOM_GROUPS)
    for measure in (Measure.PERCENT, Measure.FLEISS, Measure.AC1, ALPHA):
        assert spread(by_group, measure) == pytest.approx(spread(by_card, measure), rel=0.05)
    error = describe(ratings).figures[ALPHA].standard_error
    assert spread(by_group, ALPHA) == pytest.approx(error, rel=0.05)


def test_random_groups_give_the_same_standard_error_of_sets(monkeypatch):
    ratings = draw_sets(1, n_units=6_000, n_categories=4)
    by_card = resample_sets(ratings, n_resamples=2_000, seed=2)
    monkeypatch.setattr("app.agreement.set_resampling.MOST_DISTINCT", 100)
    by_group = resample_sets(ratings, n_resamples=2_000, seed=2)
    assert (by_card.unit, by_group.unit) == (Unit.CARDS, Unit.GROUPS)
    for measure in (Measure.ALPHA_MASI, Measure.ALPHA_JACCARD, Measure.MEAN_MASI):
        assert spread(by_group, measure) == pytest.approx(spread(by_card, measure), rel=0.05)


@pytest.mark.usefixtures("groups_from_few_cards_on")
def test_resamples_of_random_groups_centre_on_the_figures():
    ratings = Ratings(draw_codes(Design(5_000, 3, 3), 4), tuple("abc"))
    found = resample(ratings, count(ratings), n_resamples=1_000, seed=2).values
    for measure, estimate in describe(ratings).figures.items():
        values = found.over_all[measure]
        assert np.mean(values) == pytest.approx(estimate.value, abs=4 * np.std(values) / 30)
