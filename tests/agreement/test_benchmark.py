"""Words for a coefficient are given with the probability that they are deserved."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreement.benchmark import (
    ALTMAN,
    FLEISS,
    KRIPPENDORFF,
    LANDIS_KOCH,
    VERBAL_SCALES,
    Benchmark,
    Level,
    NoMembership,
    VerbalScale,
    benchmark,
    naive_level,
)

VECTORS = Path(__file__).parents[2].parent / "shared" / "agreement" / "vectors.json"
CASES = json.loads(VECTORS.read_text("utf-8"))["cases"] if VECTORS.exists() else []
BENCHMARKS = [case for case in CASES if case["kind"] == "benchmark"]

scales = st.sampled_from(VERBAL_SCALES)
values = st.floats(-1, 1)
standard_errors = st.floats(1e-3, 10)


def names(scale):
    return [level.name for level in scale.levels]


@pytest.mark.skipif(not CASES, reason="the reference cases are not at hand")
def test_the_reference_cases_hold_a_benchmark():
    assert "pub-benchmark-altman" in [case["id"] for case in BENCHMARKS]


@pytest.mark.parametrize("case", BENCHMARKS, ids=lambda case: case["id"])
def test_a_benchmark_equals_the_reference(case):
    bands, expected = case["data"]["scale"], case["expected"]
    levels = tuple(Level(name, low, high) for low, high, name in bands)
    scale = VerbalScale("of the case", levels, "the reference cases")
    found = benchmark(case["data"]["value"], case["data"]["se"], scale)
    tolerance = case["tolerance"]["default"]
    assert found.cumulative == pytest.approx(expected["cumulative_membership"], abs=tolerance)
    assert (found.level_95, found.level_naive) == (expected["level_95"], expected["level_naive"])


def test_the_published_scale_gives_the_published_example():
    found = benchmark(0.67, 0.15, ALTMAN)
    assert found.cumulative == pytest.approx([0.18168, 0.67511, 0.96356, 0.99912, 1], abs=5e-6)
    assert (found.level_naive, found.level_95, found.reason) == ("good", "moderate", None)


def test_the_normal_is_truncated_at_both_ends():
    # Around 0 with a wide spread nearly uniform on [-1, 1]; untruncated, .48 would lie above 1.
    found = benchmark(0.0, 20.0, ALTMAN)
    assert found.cumulative == pytest.approx([0.1, 0.2, 0.3, 0.4, 1.0], abs=1e-4)


def test_truncation_is_seen_by_a_second_computation():
    from scipy.stats import truncnorm

    value, error = 0.9, 0.2
    distribution = truncnorm((-1 - value) / error, (1 - value) / error, loc=value, scale=error)
    found = benchmark(value, error, LANDIS_KOCH)
    expected = [distribution.sf(level.low) for level in LANDIS_KOCH.levels]
    assert found.cumulative == pytest.approx(expected, abs=1e-12)


@given(values, standard_errors, scales)
def test_probabilities_never_fall_from_the_best_level_to_the_worst_and_end_at_1(
    value, error, scale
):
    cumulative = benchmark(value, error, scale).cumulative
    assert len(cumulative) == len(scale.levels)
    assert list(cumulative) == sorted(cumulative)
    assert cumulative[0] >= 0
    assert cumulative[-1] == 1


@given(values, standard_errors, scales)
def test_level_95_is_the_first_whose_probability_reaches_95(value, error, scale):
    found = benchmark(value, error, scale)
    position = names(scale).index(found.level_95)
    assert found.cumulative[position] >= 0.95
    assert all(share < 0.95 for share in found.cumulative[:position])


@given(values, scales)
def test_a_tiny_standard_error_leaves_the_level_of_the_value(value, scale):
    borders = [level.low for level in scale.levels[:-1]]
    if all(abs(value - border) > 1e-3 for border in borders):
        found = benchmark(value, 1e-5, scale)
        assert found.level_95 == found.level_naive


def test_more_chance_never_gives_a_better_level():
    found = [benchmark(0.9, error, LANDIS_KOCH).level_95 for error in (0.02, 0.1, 0.2, 0.5)]
    assert found == ["almost perfect", "substantial", "moderate", "poor"]


@pytest.mark.parametrize(
    ("value", "level"),
    [
        *[(1, "almost perfect"), (0.81, "almost perfect"), (0.8, "substantial")],
        *[(0.61, "substantial"), (0.6, "moderate"), (0.41, "moderate"), (0.4, "fair")],
        *[(0.21, "fair"), (0.2, "slight"), (0, "slight"), (-0.01, "poor"), (-1, "poor")],
    ],
)
def test_landis_and_koch_count_a_border_to_the_worse_level_and_zero_as_slight(value, level):
    assert naive_level(value, LANDIS_KOCH) == level


@pytest.mark.parametrize(
    ("value", "level"),
    [(0.76, "excellent"), (0.75, "fair to good"), (0.4, "fair to good"), (0.39, "poor")],
)
def test_fleiss_counts_both_borders_to_what_lies_between(value, level):
    assert naive_level(value, FLEISS) == level


@pytest.mark.parametrize(
    ("value", "level"),
    [
        (0.81, "very good"),
        (0.8, "good"),
        (0.6, "moderate"),
        (0.4, "fair"),
        (0.2, "fair"),
        (0.19, "poor"),
    ],
)
def test_altman_calls_poor_only_what_is_less_than_20(value, level):
    assert naive_level(value, ALTMAN) == level


@pytest.mark.parametrize(
    ("value", "level"),
    [
        *[(0.8, "reliable"), (0.799, "tentative conclusions only")],
        *[(0.667, "tentative conclusions only"), (0.666, "not reliable")],
    ],
)
def test_krippendorff_counts_a_border_to_the_better_level(value, level):
    assert naive_level(value, KRIPPENDORFF) == level


@pytest.mark.parametrize("noise", [-1e-15, 0, 1e-15])
def test_the_noise_of_arithmetic_moves_no_value_over_a_border(noise):
    assert naive_level(0.8 + noise, KRIPPENDORFF) == "reliable"
    assert naive_level(0.8 + noise, LANDIS_KOCH) == "substantial"
    assert naive_level(1 + noise, LANDIS_KOCH) == "almost perfect"


@pytest.mark.parametrize(
    ("value", "error", "reason"),
    [
        (0.67, None, NoMembership.NO_STANDARD_ERROR),
        (0.67, 0.0, NoMembership.NO_SPREAD),
        (-1.5, 0.01, NoMembership.OUT_OF_RANGE),
    ],
)
def test_without_a_usable_standard_error_the_reason_stands_beside_the_bare_level(
    value, error, reason
):
    found = benchmark(value, error, ALTMAN)
    assert (found.cumulative, found.level_95, found.reason) == (None, None, reason)
    assert found.level_naive == ("good" if value > 0 else "poor")


def test_a_value_below_minus_1_is_benchmarked_while_its_spread_reaches_the_range():
    found = benchmark(-1.1, 0.2, ALTMAN)
    assert (found.level_naive, found.level_95) == ("poor", "poor")
    assert found.cumulative[-1] == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1.01])
def test_a_value_that_no_coefficient_takes_is_refused(value):
    with pytest.raises(ValueError, match=r"coefficient"):
        benchmark(value, 0.1, ALTMAN)


@pytest.mark.parametrize("error", [float("nan"), float("inf"), -0.1])
def test_a_standard_error_that_is_none_is_refused(error):
    with pytest.raises(ValueError, match="standard error"):
        benchmark(0.5, error, ALTMAN)


@pytest.mark.parametrize(
    "levels",
    [
        (),
        (Level("good", 0.5, 0.9), Level("poor", -1, 0.5)),
        (Level("good", 0.5, 1), Level("poor", 0, 0.5)),
        (Level("good", 0.5, 1), Level("poor", -1, 0.4)),
        (Level("good", 0.5, 1), Level("upside down", 0.6, 0.5), Level("poor", -1, 0.6)),
    ],
)
def test_a_scale_with_a_gap_an_overlap_or_a_missing_end_is_refused(levels):
    with pytest.raises(ValueError, match="level"):
        VerbalScale("broken", levels, "nowhere")


def test_a_benchmark_has_probabilities_or_a_reason():
    with pytest.raises(ValueError, match="either"):
        Benchmark(ALTMAN, "good")
    with pytest.raises(ValueError, match="either"):
        Benchmark(ALTMAN, "good", (0.5, 1.0), "good", NoMembership.NO_SPREAD)


@pytest.mark.parametrize("scale", VERBAL_SCALES, ids=lambda scale: scale.name)
def test_every_scale_names_its_source_with_a_year_and_a_doi(scale):
    assert "(19" in scale.source or "(20" in scale.source
    assert "doi:10." in scale.source
