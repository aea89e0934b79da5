"""How many cards two coders must share, before anything is coded."""

import math

import numpy as np
import pytest

from app.agreement.kappa import cohen_kappa
from app.agreement.planning import (
    cards_for_minimum_alpha,
    cards_for_precision,
    half_width_with,
    variance_for_one_card,
)

EVEN = (0.2, 0.2, 0.2, 0.2, 0.2)
CASES = [(0.7, EVEN), (0.4, (0.5, 0.5)), (0.8, (0.7, 0.2, 0.1)), (0.6, (0.9, 0.1))]


def joint_table(kappa, shares):
    """The expected table of two coders who use the categories alike and err by chance alone."""
    share = np.asarray(shares)
    return kappa * np.diag(share) + (1 - kappa) * np.outer(share, share)


def draw_tables(kappa, shares, n_cards, *, times=4000):
    rng = np.random.default_rng(5)
    drawn = rng.multinomial(n_cards, joint_table(kappa, shares).ravel(), size=times)
    return drawn.reshape(times, len(shares), len(shares))


@pytest.mark.parametrize(
    ("alpha_min", "prevalence", "published"),
    [
        (0.667, 0.50, 60),
        (0.667, 0.25, 81),
        (0.667, 0.10, 172),
        (0.667, 0.05, 330),
        (0.8, 0.50, 103),
        (0.8, 0.25, 139),
        (0.8, 0.10, 294),
        (0.8, 0.05, 560),
    ],
)
def test_the_published_numbers_of_cards_are_met_to_the_digit(alpha_min, prevalence, published):
    assert cards_for_minimum_alpha(alpha_min, prevalence) == published


def test_a_category_and_all_others_together_take_the_same_number():
    assert cards_for_minimum_alpha(0.8, 0.9) == cards_for_minimum_alpha(0.8, 0.1)


def test_a_higher_minimum_a_rarer_category_and_a_stricter_level_take_more_cards():
    minima = [cards_for_minimum_alpha(a / 20, 0.25) for a in range(20)]
    shares = [cards_for_minimum_alpha(0.8, 0.5 / step) for step in range(1, 20)]
    levels = [cards_for_minimum_alpha(0.8, 0.25, significance=0.4 / step) for step in range(1, 20)]
    for numbers in (minima, shares, levels):
        assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("prevalence", [0.5, 0.1])
def test_the_cards_show_a_true_alpha_halfway_to_be_above_the_minimum_in_7_of_10_rounds(prevalence):
    n_cards = cards_for_minimum_alpha(0.8, prevalence)
    figures = cohen_kappa(draw_tables(0.9, (prevalence, 1 - prevalence), n_cards))
    lower = figures.value - 1.645 * figures.standard_error
    assert 0.66 < np.mean(lower > 0.8) < 0.78


@pytest.mark.parametrize(("kappa", "shares"), CASES)
def test_the_variance_is_that_of_the_interval_of_a_round_with_the_expected_table(kappa, shares):
    expected = np.rint(joint_table(kappa, shares) * 10**8).astype(np.int64)
    figures = cohen_kappa(expected)
    assert float(figures.value) == pytest.approx(kappa, abs=1e-6)
    variance = float(figures.standard_error) ** 2 * int(expected.sum())
    assert variance_for_one_card(kappa, shares) == pytest.approx(variance, rel=1e-5)


@pytest.mark.parametrize(("kappa", "shares"), CASES)
def test_the_cards_for_a_precision_give_it_in_drawn_rounds(kappa, shares):
    n_cards = cards_for_precision(kappa, shares, 0.1)
    values = cohen_kappa(draw_tables(kappa, shares, n_cards)).value
    assert 1.96 * float(values.std()) == pytest.approx(0.1, rel=0.06)
    assert np.mean(np.abs(values - kappa) <= 0.1) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(("kappa", "shares"), CASES)
def test_width_and_number_of_cards_are_each_others_inverse(kappa, shares):
    n_cards = cards_for_precision(kappa, shares, 0.15)
    assert half_width_with(n_cards, kappa, shares) <= 0.15
    assert half_width_with(n_cards - 1, kappa, shares) > 0.15


def test_four_times_the_cards_halve_the_interval():
    once, fourfold = half_width_with(50, 0.7, EVEN), half_width_with(200, 0.7, EVEN)
    assert fourfold == pytest.approx(once / 2)


def test_without_agreement_beyond_chance_the_variance_for_two_categories_is_one():
    assert variance_for_one_card(0, (0.9, 0.1)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: cards_for_minimum_alpha(1, 0.5), "minimum alpha must be from 0 to 0.999"),
        (lambda: cards_for_minimum_alpha(-0.1, 0.5), "minimum alpha"),
        (lambda: cards_for_minimum_alpha(math.nan, 0.5), "minimum alpha"),
        (lambda: cards_for_minimum_alpha(0.8, 0), "prevalence must be from 0.001 to 0.999"),
        (lambda: cards_for_minimum_alpha(0.8, 1), "prevalence"),
        (lambda: cards_for_minimum_alpha(0.8, 0.5, significance=0), "significance"),
        (lambda: cards_for_minimum_alpha(0.8, 0.5, significance=0.5), "significance"),
        (lambda: cards_for_precision(1, EVEN, 0.1), "expected kappa must be from 0 to 0.999"),
        (lambda: cards_for_precision(0.7, EVEN, 0), "half-width must be from 0.001 to 1"),
        (lambda: cards_for_precision(0.7, (1.0,), 0.1), "two categories or more"),
        (lambda: cards_for_precision(0.7, (0.5, 0.5, 0.0), 0.1), "a share above 0"),
        (lambda: cards_for_precision(0.7, (0.9999, 0.0001), 0.1), "a share above 0.999"),
        (lambda: cards_for_precision(0.7, (0.5, 0.4), 0.1), "add up to 1"),
        (lambda: cards_for_precision(0.7, (math.nan, 0.5), 0.1), "a share above 0"),
        (lambda: half_width_with(0, 0.7, EVEN), "one card at least"),
    ],
)
def test_a_number_out_of_its_range_is_refused_with_the_range(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
