"""The engine reproduces the figures printed in the literature."""

import pytest

from app.agreement import Measure, Ratings, SetRatings, describe
from tests.agreement.designs import codes_of_table
from tests.agreement.published_examples import EXAMPLES

FIGURES = [
    pytest.param(example, measure, id=f"{example.name}-{measure.value}")
    for example in EXAMPLES
    for measure in example.printed
]
with_error = [example for example in EXAMPLES if example.standard_error]
with_null_error = [example for example in EXAMPLES if example.null_standard_error]


def rounds_to(value: float, printed: str) -> bool:
    digits = len(printed.split(".")[1])
    return abs(value - float(printed)) <= 0.5 * 10**-digits + 1e-9


def figure_of(example, measure):
    facet = describe(example.ratings())
    figures = facet.figures if measure in facet.figures else facet.pairs[0].figures
    return figures[measure]


@pytest.mark.parametrize(("example", "measure"), FIGURES)
def test_a_coefficient_equals_the_printed_one(example, measure):
    found = figure_of(example, measure)
    assert rounds_to(found.value, example.printed[measure]), (found.value, example.citation)


@pytest.mark.parametrize("example", with_error, ids=lambda example: example.name)
def test_the_standard_error_of_kappa_equals_the_printed_one(example):
    found = figure_of(example, Measure.COHEN).standard_error
    assert rounds_to(found, example.standard_error), (found, example.citation)


@pytest.mark.parametrize("example", with_null_error, ids=lambda example: example.name)
def test_the_standard_error_without_agreement_equals_the_printed_one(example):
    found = figure_of(example, Measure.COHEN).null_error
    assert rounds_to(found, example.null_standard_error), (found, example.citation)


@pytest.mark.parametrize(
    ("example", "category", "measure", "printed"),
    [
        pytest.param(example, category, measure, printed, id=f"{example.name}-{category}")
        for example in EXAMPLES
        for measure, figures in (
            (Measure.CATEGORY_FLEISS, example.per_category),
            (Measure.SPECIFIC, example.specific),
        )
        for category, printed in figures.items()
    ],
)
def test_a_figure_of_a_category_equals_the_printed_one(example, category, measure, printed):
    described = {entry.category: entry for entry in describe(example.ratings()).categories}
    found = described[category].figures[measure].value
    assert rounds_to(found, printed), (found, example.citation)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_printed_figure_has_its_source(example):
    assert example.citation
    assert example.printed


def test_eighty_five_five_five_five_gives_four_different_answers():
    facet = describe(Ratings(codes_of_table([[85, 5], [5, 5]]), ("yes", "no")))
    pair, (yes, no) = facet.pairs[0].figures, facet.categories
    assert facet.figures[Measure.PERCENT].value == pytest.approx(0.9)
    assert pair[Measure.COHEN].value == pytest.approx(4 / 9)
    assert facet.figures[Measure.AC1].value == pytest.approx(0.878, abs=5e-4)
    assert facet.figures[Measure.ALPHA_NOMINAL].value == pytest.approx(0.447, abs=5e-4)
    assert pair[Measure.PABAK].value == pytest.approx(0.8)
    assert pair[Measure.PREVALENCE_INDEX].value == pytest.approx(0.8)
    assert pair[Measure.BIAS_INDEX].value == 0
    assert yes.figures[Measure.SPECIFIC].value == pytest.approx(0.944, abs=5e-4)
    assert no.figures[Measure.SPECIFIC].value == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("one", "other", "jaccard", "monotonicity"),
    [
        ("ab", "ab", 1, 1),
        ("ab", "abc", 2 / 3, 2 / 3),
        ("a", "abcd", 1 / 4, 2 / 3),
        ("ab", "bc", 1 / 3, 1 / 3),
        ("ab", "cd", 0, 0),
        ("", "a", 0, 0),
        ("", "", 1, 1),
    ],
)
def test_masi_is_jaccard_times_monotonicity(one, other, jaccard, monotonicity):
    """Passonneau, R. (2006). Measuring agreement on set-valued items (MASI). LREC 2006."""
    members = [[[name in chosen for name in "abcd"] for chosen in (one, other)]]
    figures = describe(SetRatings(members, [[True, True]], tuple("abcd"))).figures
    assert figures[Measure.MEAN_JACCARD].value == pytest.approx(jaccard)
    assert figures[Measure.MEAN_MASI].value == pytest.approx(jaccard * monotonicity)
