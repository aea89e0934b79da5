"""Every figure of a table has one key, the same in figures and intervals, and a name."""

import numpy as np
import pytest

from app.agreement import Measure, Ratings, Scale, calculate
from app.agreement.names import NAMES, TOPICS
from tests.agreement.designs import Design, draw_ratings, draw_sets

TABLES = [
    pytest.param(draw_ratings(Design(40, n_coders, q, missing), scale=scale), id=f"{scale}-{name}")
    for scale in Scale
    for name, n_coders, q, missing in (
        ("two coders, two categories", 2, 2, 0),
        ("two coders", 2, 4, 0.2),
        ("four coders", 4, 3, 0.3),
        ("one coder", 1, 3, 0),
    )
] + [pytest.param(draw_sets(1, n_coders=m), id=f"sets-{m}") for m in (2, 3)]
of_each = pytest.mark.parametrize("ratings", TABLES)


@of_each
def test_every_key_has_a_name_and_every_figure_a_help_topic(ratings):
    figures = calculate(ratings).figures
    assert figures.keys() <= NAMES.keys()
    counts = {key for key in figures if key.startswith("n_")}
    assert figures.keys() - counts <= TOPICS.keys()


@of_each
def test_intervals_stand_under_the_keys_of_their_figures(ratings):
    found = calculate(ratings, n_resamples=60, seed=1)
    assert calculate(ratings).intervals == {}
    of_categories = {
        *(measure.value for measure in (Measure.SPECIFIC, Measure.CATEGORY_FLEISS)),
        Measure.CATEGORY_COHEN.value,
    }
    for key, intervals in found.intervals.items():
        assert key in found.figures, key
        if key in of_categories or key.endswith("_pairs") or key == "per_label":
            assert intervals.keys() == found.figures[key].keys()
        else:
            assert intervals.keys() <= {"low", "high", "n_undefined", "undefined"}, key


@of_each
def test_the_figure_of_all_coders_keeps_its_interval(ratings):
    found = calculate(ratings, n_resamples=60, seed=1)
    for measure, interval in found.drawn.figures.items():
        one = found.intervals[measure.value]
        if interval.low is not None:
            assert (one["low"], one["high"]) == (interval.low, interval.high)


@of_each
def test_the_same_seed_gives_the_same_calculation(ratings):
    one, other = (calculate(ratings, n_resamples=60, seed=5) for _ in range(2))
    assert (one.figures, one.intervals) == (other.figures, other.intervals)


def test_figures_of_pairs_are_named_after_both_coders():
    found = calculate(draw_ratings(Design(40, 3, 3)), n_resamples=60, seed=1)
    assert list(found.figures["cohen_kappa_pairs"]) == ["1|2", "1|3", "2|3"]
    assert list(found.intervals["cohen_kappa_pairs"]) == ["1|2", "1|3", "2|3"]
    assert "cohen_kappa" not in found.figures


def test_the_large_sample_interval_is_symmetric():
    figures = calculate(draw_ratings(Design(40, 2, 3))).figures
    assert np.mean(figures["cohen_kappa_ci95"]) == pytest.approx(figures["cohen_kappa"])


def test_names_that_would_make_two_pairs_read_alike_are_quoted() -> None:
    codes = [[0, 0, 1, 1], [1, 0, 1, 0]]
    ratings = Ratings(codes, ("x", "y"), coders=("a", "b|c", "a|b", "c"))
    kappas = calculate(ratings).figures["cohen_kappa_pairs"]
    assert len(kappas) == 6
    assert {"'a'|'b|c'", "'a|b'|'c'"} <= kappas.keys()


@pytest.mark.parametrize("unit", [1e200, 1e-200])
def test_the_unit_of_the_numbers_changes_nothing(unit: float) -> None:
    codes = [[0, 0], [0, 1], [1, 1], [2, 1], [2, 2]]
    plain = calculate(Ratings(codes, ("1.0", "2.0", "4.0"), scale=Scale.INTERVAL)).figures
    names = tuple(repr(number * unit) for number in (1.0, 2.0, 4.0))
    found = calculate(Ratings(codes, names, scale=Scale.INTERVAL)).figures
    for key in ("krippendorff_alpha_interval", "krippendorff_alpha_ratio"):
        assert found[key] == pytest.approx(plain[key], abs=1e-12)
