"""Every figure of sets equals its definition, written down once more in loops."""

from functools import cache

import pytest
from hypothesis import given, settings

from app.agreement import Measure, describe
from tests.agreement import by_hand
from tests.agreement.designs import draw_sets
from tests.agreement.sets_by_hand import alike, exact, holding, jaccard, masi, sets_of
from tests.agreement.strategies import set_judgements
from tests.agreement.test_by_hand import assert_same, expected_of_category

DESIGNS = (
    {"n_units": 0},
    {"n_units": 1},
    {"n_units": 20, "n_coders": 1},
    {"n_units": 30, "n_categories": 1},
    {"n_units": 30, "n_coders": 2, "n_categories": 2, "missing": 0},
    {"n_units": 40, "n_coders": 2},
    {"n_units": 50},
    {"n_units": 50, "can_be_empty": False},
    {"n_units": 60, "n_coders": 5, "missing": 0.6, "share": 0.1},
    {"n_units": 60, "n_coders": 8, "n_categories": 12, "missing": 0.4, "share": 0.2},
    {"n_units": 60, "n_categories": 40, "share": 0.05},
    {"n_units": 40, "n_categories": 70, "share": 0.05, "missing": 0},
    {"n_units": 2_500, "n_categories": 4, "missing": 0.3},
)
OVER_ALL = {
    Measure.PERCENT_EXACT_SET: lambda cards: by_hand.percent(cards, alike(exact)),
    Measure.MEAN_JACCARD: lambda cards: by_hand.percent(cards, alike(jaccard)),
    Measure.MEAN_MASI: lambda cards: by_hand.percent(cards, alike(masi)),
    Measure.PERCENT_POOLED: by_hand.pooled,
    Measure.UNANIMOUS: by_hand.unanimous,
    Measure.ALPHA_EXACT_SET: lambda cards: by_hand.alpha(cards, exact),
    Measure.ALPHA_JACCARD: lambda cards: by_hand.alpha(cards, jaccard),
    Measure.ALPHA_MASI: lambda cards: by_hand.alpha(cards, masi),
}
OF_TWO = {
    Measure.PERCENT_EXACT_SET: exact,
    Measure.MEAN_JACCARD: jaccard,
    Measure.MEAN_MASI: masi,
}
ON_OR_OFF = ("on the card", "not on it")


@cache
def drawn(number):
    ratings = draw_sets(number + 1, **DESIGNS[number])
    return describe(ratings), sets_of(ratings)


each_design = pytest.mark.parametrize("number", range(len(DESIGNS)))


@each_design
def test_the_figures_of_whole_sets_equal_their_definitions(number):
    facet, cards = drawn(number)
    assert facet.figures.keys() == OVER_ALL.keys()
    for measure, find in OVER_ALL.items():
        assert_same(facet.figures[measure], find(cards), ON_OR_OFF)


@settings(max_examples=60)
@given(set_judgements())
def test_the_figures_of_few_sets_equal_their_definitions(ratings):
    facet, cards = describe(ratings), sets_of(ratings)
    for measure, find in OVER_ALL.items():
        assert_same(facet.figures[measure], find(cards), ON_OR_OFF)
    for entry in facet.categories:
        split = holding(cards, entry.category)
        for measure, value in expected_of_category(split, facet.n_coders).items():
            assert_same(entry.figures[measure], value, ON_OR_OFF)


@each_design
def test_the_figures_of_two_coders_equal_their_definitions(number):
    facet, cards = drawn(number)
    for pair in facet.pairs:
        both = by_hand.both_judged(cards, int(pair.first) - 1, int(pair.second) - 1)
        assert pair.n_units == len(both)
        assert pair.confusion is None
        assert pair.figures.keys() == OF_TWO.keys()
        for measure, distance in OF_TWO.items():
            expected = by_hand.mean(1 - distance(*chosen) for chosen in both)
            assert_same(pair.figures[measure], expected, ON_OR_OFF)


@each_design
def test_the_figures_of_a_category_equal_their_definitions(number):
    facet, cards = drawn(number)
    for entry in facet.categories:
        split = holding(cards, entry.category)
        expected = expected_of_category(split, facet.n_coders)
        assert expected.keys() == entry.figures.keys()
        for measure, value in expected.items():
            assert_same(entry.figures[measure], value, ON_OR_OFF)
        assert entry.n_labels == sum(label is True for card in split for label in card)
        assert entry.prevalence == pytest.approx(by_hand.shares(split, [True])[True], abs=1e-12)


@each_design
def test_cards_coders_and_judgements_are_counted(number):
    facet, cards = drawn(number)
    judged = [chosen for card in cards for chosen in card if chosen is not None]
    assert (facet.n_units, facet.n_labels) == (len(cards), len(judged))
    assert facet.n_pairable == len(by_hand.cards_judged(cards, 2))
    assert facet.n_missing == sum(map(len, cards)) - len(judged)
    columns = list(zip(*cards, strict=True)) or [()] * len(facet.margins)
    assert [margin.labels for margin in facet.margins] == [
        tuple(
            sum(name in chosen for chosen in by_hand.said(column))
            for name in facet.categories_declared
        )
        for column in columns
    ]
