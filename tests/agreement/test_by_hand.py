"""Every figure of single categories equals its definition, written down once more in loops."""

from functools import cache

import pytest
from hypothesis import given, settings

from app.agreement import Estimate, Measure, Scale, describe
from tests.agreement import by_hand
from tests.agreement.designs import DESIGNS, SMALL, draw_ratings, in_words
from tests.agreement.strategies import judgements

ORDERED = {
    Measure.COHEN: "unweighted",
    Measure.COHEN_LINEAR: "linear",
    Measure.COHEN_QUADRATIC: "quadratic",
}
OVER_ALL = {
    Measure.PERCENT: lambda cards, _: by_hand.percent(cards),
    Measure.PERCENT_POOLED: lambda cards, _: by_hand.pooled(cards),
    Measure.UNANIMOUS: lambda cards, _: by_hand.unanimous(cards),
    Measure.FLEISS: by_hand.fleiss,
    Measure.CONGER: by_hand.conger,
    Measure.LIGHT: lambda cards, _: by_hand.light(cards),
    Measure.ALPHA_NOMINAL: lambda cards, _: by_hand.alpha(cards),
    Measure.ALPHA_ORDINAL: lambda cards, names: by_hand.alpha(cards, by_hand.ordinal(cards, names)),
    Measure.AC1: by_hand.gwet,
    Measure.BRENNAN_PREDIGER: by_hand.brennan_prediger,
} | {
    measure: lambda cards, names, form=form: by_hand.gwet(
        cards, names, by_hand.weighting(names, form)
    )
    for measure, form in (
        (Measure.AC2_LINEAR, "linear"),
        (Measure.AC2_QUADRATIC, "quadratic"),
        (Measure.AC2_ORDINAL, "ordinal"),
    )
}
OF_NUMBERS = {Measure.ALPHA_INTERVAL: by_hand.interval, Measure.ALPHA_RATIO: by_hand.ratio}


@cache
def described(design, scale=Scale.ORDINAL):
    ratings = draw_ratings(design, scale=scale)
    return describe(ratings), in_words(ratings), ratings.categories


def assert_same(found: Estimate, expected: float | None, categories) -> None:
    if expected is None or len(categories) < 2:
        assert found.value is None
        assert found.reason
    else:
        assert found.value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("measure", OVER_ALL)
@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_a_figure_of_all_coders_equals_its_definition(design, measure):
    facet, cards, categories = described(design)
    assert_same(facet.figures[measure], OVER_ALL[measure](cards, categories), categories)


@settings(max_examples=60)
@given(judgements(scales=(Scale.ORDINAL,), max_coders=6))
def test_the_figures_of_few_cards_equal_their_definitions(ratings):
    facet, cards, categories = describe(ratings), in_words(ratings), ratings.categories
    for measure, find in OVER_ALL.items():
        assert_same(facet.figures[measure], find(cards, categories), categories)
    for entry in facet.categories:
        split = by_hand.against_others(cards, entry.category)
        for measure, value in expected_of_category(split, facet.n_coders).items():
            assert_same(entry.figures[measure], value, categories)


@pytest.mark.parametrize("measure", OF_NUMBERS)
@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_alpha_of_numbers_equals_its_definition(design, measure):
    facet, cards, categories = described(design, Scale.INTERVAL)
    assert_same(facet.figures[measure], by_hand.alpha(cards, OF_NUMBERS[measure]), categories)


@pytest.mark.parametrize("design", [d for d in DESIGNS if d.missing], ids=str)
def test_fleiss_kappa_of_complete_cards_equals_its_definition(design):
    facet, cards, categories = described(design)
    complete = [card for card in cards if None not in card]
    found = facet.figures[Measure.FLEISS_LISTWISE]
    assert_same(found, by_hand.fleiss_listwise(cards, categories), categories)
    assert found.n_units == len(complete)


@pytest.mark.parametrize("design", [d for d in DESIGNS if not d.missing], ids=str)
def test_without_gaps_there_is_no_second_fleiss_kappa(design):
    assert Measure.FLEISS_LISTWISE not in described(design)[0].figures


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_the_figures_of_two_coders_equal_their_definitions(design):
    facet, cards, categories = described(design)
    for pair in facet.pairs:
        both = by_hand.both_judged(cards, int(pair.first) - 1, int(pair.second) - 1)
        expected = {
            Measure.PERCENT: by_hand.mean(by_hand.same(*labels) for labels in both),
            Measure.SCOTT: by_hand.scott(both),
            Measure.KAPPA_MAX: by_hand.largest_kappa(both),
        } | {
            measure: by_hand.cohen(both, by_hand.weighting(categories, form))
            for measure, form in ORDERED.items()
        }
        if len(categories) == 2:
            agreeing = expected[Measure.PERCENT]
            expected[Measure.PABAK] = None if agreeing is None else 2 * agreeing - 1
            expected[Measure.PREVALENCE_INDEX] = by_hand.prevalence_index(both, *categories)
            expected[Measure.BIAS_INDEX] = by_hand.bias_index(both, *categories)
        assert expected.keys() == pair.figures.keys()
        for measure, value in expected.items():
            assert_same(pair.figures[measure], value, categories)
        assert pair.n_units == len(both)
        assert pair.confusion == tuple(
            tuple(both.count((one, other)) for other in categories) for one in categories
        )


@pytest.mark.parametrize("design", SMALL, ids=str)
def test_the_figures_of_a_category_equal_their_definitions(design):
    facet, cards, categories = described(design)
    for entry in facet.categories:
        split = by_hand.against_others(cards, entry.category)
        assert entry.n_labels == sum(label is True for card in split for label in card)
        expected = expected_of_category(split, facet.n_coders)
        assert entry.prevalence == pytest.approx(by_hand.shares(split, [True])[True], abs=1e-12)
        assert expected.keys() == entry.figures.keys()
        for measure, value in expected.items():
            assert_same(entry.figures[measure], value, categories)


def expected_of_category(split, n_coders):
    """The figures of cards on which coders say True or False."""
    both = (True, False)
    found = {
        Measure.PERCENT: by_hand.percent(split),
        Measure.SPECIFIC: by_hand.specific(split, True),
        Measure.NEGATIVE: by_hand.specific(split, False),
        Measure.CATEGORY_FLEISS: by_hand.fleiss(split, both),
        Measure.ALPHA_NOMINAL: by_hand.alpha(split),
        Measure.AC1: by_hand.gwet(split, both),
        Measure.LIGHT: by_hand.light(split),
    }
    return found | ({Measure.CATEGORY_COHEN: found[Measure.LIGHT]} if n_coders == 2 else {})


@pytest.mark.parametrize("design", [d for d in SMALL if d.n_coders <= 5], ids=str)
def test_the_figures_of_two_coders_on_a_category_equal_their_definitions(design):
    facet, cards, categories = described(design)
    for entry in facet.categories:
        split = by_hand.against_others(cards, entry.category)
        for pair in entry.pairs:
            both = by_hand.both_judged(split, int(pair.first) - 1, int(pair.second) - 1)
            two = [list(labels) for labels in both]
            expected = {
                Measure.PERCENT: by_hand.percent(two),
                Measure.COHEN: by_hand.cohen(both),
                Measure.SPECIFIC: by_hand.specific(two, True),
                Measure.NEGATIVE: by_hand.specific(two, False),
                Measure.PREVALENCE_INDEX: by_hand.prevalence_index(both, True, False),
                Measure.BIAS_INDEX: by_hand.bias_index(both, True, False),
            }
            assert expected.keys() == pair.figures.keys()
            for measure, value in expected.items():
                assert_same(pair.figures[measure], value, categories)
            assert pair.confusion == tuple(
                tuple(both.count((one, other)) for other in (True, False)) for one in (True, False)
            )


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_cards_coders_and_judgements_are_counted(design):
    facet, cards, categories = described(design)
    labels = [label for card in cards for label in card if label is not None]
    columns = list(zip(*cards, strict=True)) or [()] * design.n_coders
    assert facet.n_units == len(cards)
    assert facet.n_labels == len(labels)
    assert facet.n_missing == len(cards) * design.n_coders - len(labels)
    assert facet.n_pairable == len(by_hand.cards_judged(cards, 2))
    assert facet.n_coders == sum(bool(by_hand.said(column)) for column in columns)
    assert [(margin.n_units, margin.labels) for margin in facet.margins] == [
        (len(by_hand.said(column)), tuple(column.count(name) for name in categories))
        for column in columns
    ]
