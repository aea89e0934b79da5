"""What is shown where a figure cannot be computed or should not be trusted, case by case."""

import numpy as np
import pytest

from app.agreement import (
    Estimate,
    Measure,
    Note,
    Ratings,
    Reason,
    Scale,
    SetRatings,
    as_dict,
    calculate,
    describe,
)
from tests.agreement.strategies import every_estimate

BEYOND_CHANCE = {
    *(Measure.FLEISS, Measure.CONGER, Measure.LIGHT, Measure.ALPHA_NOMINAL),
    *(Measure.ALPHA_ORDINAL, Measure.ALPHA_INTERVAL, Measure.ALPHA_RATIO),
    *(Measure.COHEN, Measure.COHEN_LINEAR, Measure.COHEN_QUADRATIC, Measure.SCOTT),
    *(Measure.KAPPA_MAX, Measure.CATEGORY_FLEISS, Measure.CATEGORY_COHEN),
}
WITHOUT_SPREAD = [  # total disagreement, every card alike in it
    [[0, 1], [2, 3]] * 10,
    [[0, 1], [1, 0]] * 10,
    [[0, 1, 2]] * 20,
]
NO_CARDS = np.zeros((0, 2), dtype=int)
SCALES = pytest.mark.parametrize("scale", Scale)


def reasons(figures):
    return {found.reason for found in figures.values()}


@SCALES
@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        pytest.param(NO_CARDS, Reason.NO_JUDGEMENTS, id="no cards"),
        pytest.param([[-1, -1], [-1, -1]], Reason.NO_JUDGEMENTS, id="no judgements"),
        pytest.param([[], []], Reason.NO_JUDGEMENTS, id="no coders"),
        pytest.param([[0], [1]], Reason.FEWER_THAN_TWO_CODERS, id="one coder"),
        pytest.param([[0, -1], [1, -1]], Reason.FEWER_THAN_TWO_CODERS, id="one coder of two"),
        pytest.param([[0, -1], [-1, 1]], Reason.NOTHING_PAIRABLE, id="no overlap"),
    ],
)
def test_without_two_judgements_on_a_card_nothing_is_defined(codes, reason, scale):
    facet = describe(Ratings(codes, ("1", "2"), scale=scale))
    assert reasons(facet.figures) == {reason}
    for entry in facet.categories:
        assert reasons(entry.figures) == {reason}
    for pair in facet.pairs:
        assert reasons(pair.figures) == {Reason.NOTHING_PAIRABLE}


@pytest.mark.parametrize(
    ("judged", "reason"),
    [
        (np.zeros((0, 2), dtype=bool), Reason.NO_JUDGEMENTS),
        ([[False, False]], Reason.NO_JUDGEMENTS),
        ([[True, False]], Reason.FEWER_THAN_TWO_CODERS),
        ([[True, False], [False, True]], Reason.NOTHING_PAIRABLE),
    ],
)
def test_without_two_sets_on_a_card_nothing_is_defined(judged, reason):
    members = np.zeros((*np.shape(judged), 2), dtype=bool)
    facet = describe(SetRatings(members, judged, ("a", "b")))
    assert reasons(facet.figures) == {reason}
    assert all(reasons(entry.figures) == {reason} for entry in facet.categories)


@SCALES
def test_one_used_category_leaves_agreement_beyond_chance_undefined_and_the_rest_one(scale):
    facet = describe(Ratings([[0, 0]] * 5, ("1", "2"), scale=scale))
    for part in (facet, *facet.pairs):
        for measure, found in part.figures.items():
            if measure in BEYOND_CHANCE:
                assert (found.value, found.reason) == (None, Reason.NO_VARIATION), measure
            elif measure is not Measure.BIAS_INDEX:
                assert found.value == 1, measure
    assert calculate(Ratings([[0, 0]] * 5, ("1", "2"))).figures["scott_pi"] == {
        "undefined": "no_variation"
    }


@pytest.mark.parametrize("n_cards", [3, 7, 11, 49])
@pytest.mark.parametrize("measure", [Measure.FLEISS, Measure.CONGER])
def test_one_used_category_is_not_missed_by_rounding(n_cards, measure):
    codes = np.zeros((n_cards, 3), dtype=int)
    codes[0, 2] = -1
    found = describe(Ratings(codes, ("ok", "not ok"))).figures[measure]
    assert found.reason == Reason.NO_VARIATION


@SCALES
def test_one_declared_category_leaves_every_part_undefined(scale):
    facet = describe(Ratings([[0, 0]] * 5, ("1",), scale=scale))
    for measure, found in every_estimate(facet):
        assert found.reason == Reason.ONE_CATEGORY_DECLARED, measure


def test_no_declared_category_is_said():
    facet = describe(Ratings([[-1, -1]], ()))
    assert reasons(facet.figures) == {Reason.NO_CATEGORY_DECLARED}


@SCALES
def test_a_constant_coder_gives_zero_with_a_note_and_no_interval(scale):
    codes = [[0, code] for code in (0, 1, 0, 1, 2)] * 4
    figures = describe(Ratings(codes, ("1", "2", "3"), scale=scale)).pairs[0].figures
    kappas = {Measure.COHEN, Measure.COHEN_LINEAR, Measure.COHEN_QUADRATIC} & figures.keys()
    for measure in kappas:
        found = figures[measure]
        assert (found.value, found.low, found.high) == (0, None, None)
        assert found.note == Note.CONSTANT_CODER


@SCALES
def test_perfect_agreement_gives_one_and_a_bound_instead_of_an_interval(scale):
    facet = describe(Ratings([[0, 0], [1, 1]] * 15, ("1", "2"), scale=scale))
    for found in (facet.figures[Measure.ALPHA_NOMINAL], facet.pairs[0].figures[Measure.COHEN]):
        assert (found.value, found.low, found.high, found.standard_error) == (1, None, None, 0)
        assert found.note.startswith(Note.PERFECT)
        assert "10% disagreement" in found.note


@pytest.mark.parametrize("codes", WITHOUT_SPREAD)
def test_where_all_cards_say_the_same_no_interval_without_width_is_given(codes):
    facet = describe(Ratings(codes, tuple("abcd")))
    for measure, found in every_estimate(facet):
        if found.value is not None and found.standard_error is not None:
            assert (found.low, found.high) == (None, None), measure
            assert found.note, measure


def test_light_averages_the_defined_pairs_and_says_how_many():
    codes = [[0, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0]]
    light = describe(Ratings(codes, ("a", "b"))).figures[Measure.LIGHT]
    assert (light.value, light.note) == (0, "mean of 2 of 3 pairs")


def test_light_without_any_defined_pair_gives_the_common_reason():
    light = describe(Ratings([[0, 0, 0]] * 3, ("a", "b"))).figures[Measure.LIGHT]
    assert light.reason == Reason.NO_VARIATION


def test_light_without_any_defined_pair_and_different_reasons_says_so():
    ratings = Ratings([[0, 0, -1], [0, 0, -1], [-1, -1, 1]], ("a", "b"))
    assert describe(ratings).figures[Measure.LIGHT].reason == Reason.NO_PAIR_DEFINED


def test_a_coder_without_judgements_is_dropped_from_pairs_and_kept_in_margins():
    ratings = Ratings([[0, 0, -1], [1, 0, -1]] * 6, ("a", "b"), coders=("Ada", "Ben", "Cleo"))
    facet = describe(ratings)
    assert facet.n_coders == 2
    assert [(pair.first, pair.second) for pair in facet.pairs] == [("Ada", "Ben")]
    assert [margin.n_units for margin in facet.margins] == [12, 12, 0]


def test_cards_with_no_or_one_judgement_count_as_cards_but_not_as_pairable():
    facet = describe(Ratings([[0, 0], [1, -1], [-1, -1]], ("a", "b")))
    assert (facet.n_units, facet.n_pairable, facet.n_labels, facet.n_missing) == (3, 1, 3, 3)
    assert facet.figures[Measure.PERCENT] == Estimate(1, n_units=1, n_coders=2)


def test_a_single_judgement_weighs_in_the_shares_of_gwet_but_not_in_alpha_and_kappa():
    with_single = describe(Ratings([[0, 0], [0, 1], [1, 1], [1, -1]], ("a", "b")))
    without = describe(Ratings([[0, 0], [0, 1], [1, 1]], ("a", "b")))
    same, other = Measure.ALPHA_NOMINAL, Measure.FLEISS
    assert with_single.figures[same] == without.figures[same]
    assert with_single.pairs[0].figures == without.pairs[0].figures
    assert with_single.figures[other].value != pytest.approx(without.figures[other].value)


def test_a_declared_but_unused_category_keeps_its_rank_and_counts():
    codes = [[0, 0], [0, 2], [2, 2], [2, 0], [0, 0], [0, 1]] * 3
    declared = describe(Ratings(codes, ("low", "middle", "high", "top"), scale=Scale.ORDINAL))
    dropped = describe(Ratings(codes, ("low", "middle", "high"), scale=Scale.ORDINAL))
    assert declared.figures[Measure.AC1].value > dropped.figures[Measure.AC1].value
    top = declared.categories[3]
    assert top.n_labels == 0
    assert top.figures[Measure.SPECIFIC].reason == Reason.CATEGORY_NOT_USED
    assert top.figures[Measure.CATEGORY_FLEISS].reason == Reason.NO_VARIATION
    skipped = describe(Ratings([[0, 0], [0, 2], [2, 2]] * 4, ("1", "2", "3"), scale="ordinal"))
    assert skipped.figures[Measure.AC2_LINEAR].value is not None
    assert skipped.pairs[0].confusion == ((4, 0, 4), (0, 0, 0), (0, 0, 4))


def test_a_category_nobody_uses_and_one_everybody_uses_are_told_apart():
    always, never = describe(Ratings([[0, 0]] * 12, ("always", "never"))).categories
    for figures in (always.figures, always.pairs[0].figures):
        assert figures[Measure.SPECIFIC].value == 1
        assert figures[Measure.NEGATIVE].reason == Reason.CATEGORY_ALWAYS_USED
    for figures in (never.figures, never.pairs[0].figures):
        assert figures[Measure.SPECIFIC].reason == Reason.CATEGORY_NOT_USED
        assert figures[Measure.NEGATIVE].value == 1


def test_not_judged_and_none_applies_are_different_answers():
    empty = np.zeros((4, 2, 2), dtype=bool)
    silent = describe(SetRatings(empty, np.zeros((4, 2), dtype=bool), ("a", "b"))).figures
    none_applies = describe(SetRatings(empty, np.ones((4, 2), dtype=bool), ("a", "b"))).figures
    assert silent[Measure.PERCENT_EXACT_SET].reason == Reason.NO_JUDGEMENTS
    assert none_applies[Measure.PERCENT_EXACT_SET].value == 1
    assert none_applies[Measure.MEAN_JACCARD].value == 1
    assert none_applies[Measure.ALPHA_MASI].reason == Reason.NO_VARIATION


def test_category_names_are_taken_as_they_are():
    names = ("nan", "NA", "", "a", "A", " a", "a ", "None")
    facet = describe(Ratings([[code, code] for code in range(8)], names))
    assert facet.categories_declared == names
    assert facet.figures[Measure.ALPHA_NOMINAL].value == 1
    assert [entry.n_labels for entry in facet.categories] == [2] * 8
    assert list(calculate(Ratings([[0, 1]], names)).figures["specific_agreement"]) == list(names)


@SCALES
@pytest.mark.parametrize("n_cards", [1, 2, 9])
def test_few_cards_give_values_without_intervals(n_cards, scale):
    codes = [[0, 1], *[[0, 0], [1, 1]] * 4][:n_cards]
    facet = describe(Ratings(codes, ("1", "2"), scale=scale))
    for measure, found in every_estimate(facet):
        assert (found.low, found.high) == (None, None), measure
    kappa = facet.pairs[0].figures[Measure.COHEN]
    assert kappa.value is not None
    assert kappa.note is not None


def test_ten_cards_give_an_interval():
    facet = describe(Ratings([[0, 1], [1, 0], *[[0, 0], [1, 1]] * 4], ("a", "b")))
    assert facet.pairs[0].figures[Measure.COHEN].low is not None
    assert facet.figures[Measure.ALPHA_NOMINAL].low is not None


def test_an_interval_is_not_clipped():
    facet = describe(Ratings([[0, 1], *[[0, 0], [1, 1]] * 5], ("a", "b")))
    assert facet.pairs[0].figures[Measure.COHEN].high > 1


def test_a_negative_coefficient_stays_negative():
    facet = describe(Ratings([[0, 1], [1, 0]] * 5, ("a", "b")))
    assert facet.pairs[0].figures[Measure.COHEN].value == -1
    assert facet.figures[Measure.ALPHA_NOMINAL].value < -0.8


def test_a_ratio_scale_has_no_numbers_below_zero():
    ratings = Ratings([[0, 0], [1, 2]] * 6, ("-1", "0", "2"), scale=Scale.INTERVAL)
    figures = describe(ratings).figures
    assert figures[Measure.ALPHA_RATIO].reason == Reason.NEGATIVE_NUMBER
    assert figures[Measure.ALPHA_INTERVAL].value is not None


def test_fleiss_kappa_of_complete_cards_says_if_there_is_none():
    figures = describe(Ratings([[0, 0, -1], [-1, 1, 1], [0, -1, 1]], ("a", "b"))).figures
    assert figures[Measure.FLEISS_LISTWISE].reason == Reason.NOT_COMPLETE
    figures = describe(Ratings([[0, 0, 0], [-1, 1, 1], [0, -1, 1]], ("a", "b"))).figures
    assert figures[Measure.FLEISS_LISTWISE].reason == Reason.NO_VARIATION


@pytest.mark.parametrize("scale", Scale)
def test_without_a_category_that_is_the_reason_on_every_scale(scale):
    figures = describe(Ratings([[-1, -1]] * 12, (), scale=scale)).figures
    assert {found.reason for found in figures.values()} == {Reason.NO_CATEGORY_DECLARED}


def test_an_undefined_figure_is_stored_with_its_reason():
    stored = as_dict(describe(Ratings([[0, 0]] * 3, ("a", "b"))))
    found = stored["figures"]["krippendorff_alpha_nominal"]
    assert (found["value"], found["low"], found["high"]) == (None, None, None)
    assert found["reason"] == "no variation: all judgements compared fall in one category"
    assert stored["algorithm_version"] == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": None},
        {"value": 0.5, "reason": "why"},
        {"value": float("nan")},
        {"value": float("inf")},
        {"value": 0.5, "low": 0.4, "high": 0.6},
        {"value": 0.5, "method": "bootstrap"},
    ],
)
def test_an_estimate_is_a_number_or_a_reason_and_an_interval_says_how_it_was_made(wrong):
    with pytest.raises(ValueError, match=r"\.$"):
        Estimate(**wrong)
