"""The engine reproduces the figures printed in the literature."""

import pytest

from app.agreement import Measure, Ratings, assess, describe
from tests.agreement.published_examples import EXAMPLES, codes_of_table


def rounded_as(value: float, printed: str) -> float:
    return round(value, len(printed.split(".")[1]))


@pytest.mark.parametrize(
    ("example", "measure"),
    [
        pytest.param(example, measure, id=f"{example.name}-{measure.name.lower()}")
        for example in EXAMPLES
        for measure in example.printed
    ],
)
def test_a_coefficient_equals_the_printed_one(example, measure):
    printed = example.printed[measure]
    estimate = assess(example.ratings(), measure)
    assert rounded_as(estimate.value, printed) == float(printed), example.citation


@pytest.mark.parametrize(
    "example", [e for e in EXAMPLES if e.standard_error], ids=lambda example: example.name
)
def test_the_standard_error_of_kappa_equals_the_printed_one(example):
    pair = describe(example.ratings()).pairs[0]
    printed = example.standard_error
    assert rounded_as(pair.kappa.standard_error, printed) == float(printed), example.citation


@pytest.mark.parametrize(
    "example", [e for e in EXAMPLES if e.null_standard_error], ids=lambda example: example.name
)
def test_the_standard_error_without_agreement_equals_the_printed_one(example):
    pair = describe(example.ratings()).pairs[0]
    printed = example.null_standard_error
    assert rounded_as(pair.kappa_null_error, printed) == float(printed), example.citation


@pytest.mark.parametrize(
    ("example", "category"),
    [
        pytest.param(example, category, id=f"{example.name}-{category}")
        for example in EXAMPLES
        for category in example.per_category
    ],
)
def test_the_kappa_of_a_category_equals_the_printed_one(example, category):
    described = {entry.category: entry for entry in describe(example.ratings()).categories}
    printed = example.per_category[category]
    assert described[category].kappa_definition == "Fleiss"
    assert rounded_as(described[category].kappa.value, printed) == float(printed)


def test_eighty_five_five_five_five_gives_four_different_answers():
    ratings = Ratings(codes_of_table([[85, 5], [5, 5]]), ("yes", "no"))
    assert assess(ratings, Measure.PERCENT).value == pytest.approx(0.9)
    assert assess(ratings, Measure.COHEN_KAPPA).value == pytest.approx(4 / 9)
    assert assess(ratings, Measure.GWET_AC1).value == pytest.approx(0.878, abs=5e-4)
    assert assess(ratings, Measure.KRIPPENDORFF_ALPHA).value == pytest.approx(0.447, abs=5e-4)
    assert assess(ratings, Measure.PABAK).value == pytest.approx(0.8)
    assert assess(ratings, Measure.PREVALENCE_INDEX).value == pytest.approx(0.8)
    assert assess(ratings, Measure.BIAS_INDEX).value == 0
