"""What is shown where a figure cannot be computed or should not be trusted."""

import numpy as np
import pytest

from app.agreement import (
    Estimate,
    Measure,
    Note,
    NoticeKind,
    Ratings,
    Reason,
    Scale,
    SetRatings,
    as_dict,
    assess,
    describe,
)

BASED_ON_PAIRS = (
    Measure.PERCENT,
    Measure.COHEN_KAPPA,
    Measure.SCOTT_PI,
    Measure.LIGHT_KAPPA,
    Measure.FLEISS_KAPPA,
    Measure.CONGER_KAPPA,
    Measure.KRIPPENDORFF_ALPHA,
    Measure.GWET_AC1,
    Measure.BRENNAN_PREDIGER,
)
BEYOND_CHANCE = (
    Measure.COHEN_KAPPA,
    Measure.SCOTT_PI,
    Measure.LIGHT_KAPPA,
    Measure.FLEISS_KAPPA,
    Measure.CONGER_KAPPA,
    Measure.KRIPPENDORFF_ALPHA,
)


def kinds(facet):
    return [notice.kind for notice in facet.notices]


def sentence(facet, kind):
    return next(notice.sentence for notice in facet.notices if notice.kind is kind)


@pytest.mark.parametrize("measure", BASED_ON_PAIRS)
@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        (np.zeros((0, 2), dtype=int), Reason.NO_JUDGEMENTS),
        ([[-1, -1], [-1, -1]], Reason.NO_JUDGEMENTS),
        ([[0], [1]], Reason.FEWER_THAN_TWO_CODERS),
        ([[0, -1], [1, -1]], Reason.FEWER_THAN_TWO_CODERS),
        ([[0, -1], [-1, 1]], Reason.NOTHING_PAIRABLE),
    ],
)
def test_without_two_judgements_on_a_card_nothing_is_defined(measure, codes, reason):
    estimate = assess(Ratings(codes, ("a", "b")), measure)
    assert estimate.value is None
    assert estimate.reason == reason


@pytest.mark.parametrize("measure", BEYOND_CHANCE)
def test_one_used_category_leaves_agreement_beyond_chance_undefined(measure):
    estimate = assess(Ratings([[0, 0]] * 5, ("ok", "not ok")), measure)
    assert estimate.value is None
    assert estimate.reason == Reason.NO_VARIATION


@pytest.mark.parametrize("measure", [Measure.PERCENT, Measure.GWET_AC1, Measure.BRENNAN_PREDIGER])
def test_one_used_category_of_several_gives_one_where_chance_ignores_use(measure):
    assert assess(Ratings([[0, 0]] * 5, ("ok", "not ok")), measure).value == 1


@pytest.mark.parametrize("n_cards", [3, 7, 11, 49])
@pytest.mark.parametrize("measure", [Measure.FLEISS_KAPPA, Measure.CONGER_KAPPA])
def test_one_used_category_is_not_missed_by_rounding(n_cards, measure):
    codes = np.zeros((n_cards, 3), dtype=int)
    codes[0, 2] = -1
    assert assess(Ratings(codes, ("ok", "not ok")), measure).reason == Reason.NO_VARIATION


@pytest.mark.parametrize("measure", BASED_ON_PAIRS)
def test_one_declared_category_leaves_everything_undefined(measure):
    estimate = assess(Ratings([[0, 0]] * 5, ("only",)), measure)
    assert estimate.value is None
    assert estimate.reason == Reason.ONE_CATEGORY_DECLARED


def test_one_declared_category_leaves_every_part_of_a_report_undefined():
    facet = describe(Ratings([[0, 0]] * 5, ("only",)))
    for part in (*facet.pairs, *facet.categories, *facet.categories[0].pairs):
        assert part.percent.reason == Reason.ONE_CATEGORY_DECLARED
        assert part.kappa.reason == Reason.ONE_CATEGORY_DECLARED


def test_a_constant_coder_gives_zero_with_a_warning_and_no_interval():
    facet = describe(Ratings([[0, code] for code in (0, 1, 0, 1, 2)] * 4, ("a", "b", "c")))
    kappa = facet.pairs[0].kappa
    assert kappa == Estimate(0, n_units=20, n_coders=2, note=Note.CONSTANT_CODER)
    assert facet.pairs[0].kappa_null_error is None
    assert "1 used a single category" in sentence(facet, NoticeKind.CONSTANT_CODER)


def test_perfect_agreement_gives_one_and_a_bound_instead_of_an_interval():
    facet = describe(Ratings([[0, 0], [1, 1]] * 15, ("a", "b")))
    kappa = facet.pairs[0].kappa
    assert kappa.value == 1
    assert (kappa.low, kappa.high, kappa.standard_error) == (None, None, None)
    assert kappa.note.startswith(Note.PERFECT)
    assert "10% disagreement" in kappa.note
    assert "up to 10% of further ones" in sentence(facet, NoticeKind.PERFECT)


def test_light_averages_the_defined_pairs_and_says_how_many():
    codes = [[0, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0]]
    facet = describe(Ratings(codes, ("a", "b"), coders=("Ada", "Ben", "Cleo")))
    assert facet.light.value == 0
    assert facet.light.note == "mean of 2 of 3 pairs"
    assert "1 of 3 pairs: Ada with Ben, no variation" in sentence(facet, NoticeKind.UNDEFINED_PAIRS)


def test_light_without_any_defined_pair_gives_the_common_reason():
    assert assess(Ratings([[0, 0, 0]] * 3, ("a", "b")), Measure.LIGHT_KAPPA).reason == (
        Reason.NO_VARIATION
    )


def test_light_without_any_defined_pair_and_different_reasons_says_so():
    ratings = Ratings([[0, 0, -1], [0, 0, -1], [-1, -1, 1]], ("a", "b"))
    assert assess(ratings, Measure.LIGHT_KAPPA).reason == Reason.NO_PAIR_DEFINED


def test_a_coder_without_judgements_is_left_out_by_name():
    ratings = Ratings([[0, 0, -1], [1, 0, -1]] * 6, ("a", "b"), coders=("Ada", "Ben", "Cleo"))
    facet = describe(ratings)
    assert facet.n_coders == 2
    assert [(pair.first, pair.second) for pair in facet.pairs] == [("Ada", "Ben")]
    assert sentence(facet, NoticeKind.SILENT_CODER).startswith("Cleo judged no card")


def test_cards_with_no_or_one_judgement_count_as_cards_but_not_as_pairable():
    facet = describe(Ratings([[0, 0], [1, -1], [-1, -1]], ("a", "b")))
    assert (facet.n_units, facet.n_pairable, facet.n_labels, facet.n_missing) == (3, 1, 3, 3)
    assert facet.percent == Estimate(1, n_units=1, n_coders=2)


def test_a_single_judgement_weighs_in_the_shares_of_fleiss_but_not_in_alpha():
    with_single = Ratings([[0, 0], [0, 1], [1, 1], [1, -1]], ("a", "b"))
    without = Ratings([[0, 0], [0, 1], [1, 1]], ("a", "b"))
    alpha, fleiss = Measure.KRIPPENDORFF_ALPHA, Measure.FLEISS_KAPPA
    assert assess(with_single, alpha) == assess(without, alpha)
    assert assess(with_single, fleiss).value != pytest.approx(assess(without, fleiss).value)


def test_a_declared_but_unused_category_keeps_its_rank_and_counts():
    codes = [[0, 0], [0, 2], [2, 2], [2, 0], [0, 0]] * 3
    declared = Ratings(codes, ("low", "middle", "high"), scale=Scale.ORDINAL)
    dropped = Ratings(np.asarray(codes) // 2, ("low", "high"), scale=Scale.ORDINAL)
    assert assess(declared, Measure.GWET_AC1).value > assess(dropped, Measure.GWET_AC1).value
    facet = describe(declared)
    assert facet.categories[1].n_labels == 0
    assert facet.categories[1].kappa.reason == Reason.NO_VARIATION
    assert facet.categories[1].positive.reason == Reason.CATEGORY_NOT_USED
    assert sentence(facet, NoticeKind.UNUSED_CATEGORY).startswith("Nobody used middle")


def test_not_judged_and_none_applies_are_different_answers():
    empty = np.zeros((4, 2, 2), dtype=bool)
    silent = SetRatings(empty, np.zeros((4, 2), dtype=bool), ("a", "b"))
    none_applies = SetRatings(empty, np.ones((4, 2), dtype=bool), ("a", "b"))
    assert assess(silent, Measure.PERCENT).reason == Reason.NO_JUDGEMENTS
    assert assess(none_applies, Measure.PERCENT).value == 1
    assert assess(none_applies, Measure.KRIPPENDORFF_ALPHA).reason == Reason.NO_VARIATION


def test_category_names_are_taken_as_they_are():
    names = ("nan", "NA", "", "a", "A", " a")
    ratings = Ratings([[code, code] for code in range(6)], names)
    assert describe(ratings).categories_declared == names
    assert assess(ratings, Measure.KRIPPENDORFF_ALPHA).value == 1


@pytest.mark.parametrize("n_cards", [1, 9])
def test_few_cards_give_a_value_without_an_interval(n_cards):
    codes = [[0, 1], *[[0, 0], [1, 1]] * 4][:n_cards]
    facet = describe(Ratings(codes, ("a", "b")))
    kappa = facet.pairs[0].kappa
    assert kappa.value is not None
    assert kappa.low is None
    assert kappa.note is not None
    assert kinds(facet).count(NoticeKind.FEW_CARDS) == 1


def test_ten_cards_give_an_interval_and_a_warning():
    facet = describe(Ratings([[0, 1], [1, 0], *[[0, 0], [1, 1]] * 4], ("a", "b")))
    assert facet.pairs[0].kappa.low is not None
    assert {NoticeKind.FEW_CARDS, NoticeKind.WIDE_INTERVAL} <= set(kinds(facet))


def test_an_interval_is_not_clipped():
    facet = describe(Ratings([[0, 1], *[[0, 0], [1, 1]] * 5], ("a", "b")))
    assert facet.pairs[0].kappa.high > 1


def test_a_negative_coefficient_stays_negative():
    assert assess(Ratings([[0, 1], [1, 0]] * 5, ("a", "b")), Measure.COHEN_KAPPA).value == -1


def test_measures_of_two_coders_refuse_three():
    ratings = Ratings([[0, 0, 1], [1, 1, 1]], ("a", "b"))
    for measure in (Measure.COHEN_KAPPA, Measure.SCOTT_PI, Measure.PABAK):
        assert assess(ratings, measure).reason == Reason.NOT_TWO_CODERS


def test_measures_of_two_categories_refuse_three():
    ratings = Ratings([[0, 0], [1, 2]], ("a", "b", "c"))
    for measure in (Measure.PABAK, Measure.PREVALENCE_INDEX, Measure.BIAS_INDEX):
        assert assess(ratings, measure).reason == Reason.NOT_TWO_CATEGORIES


def test_weighted_kappa_refuses_categories_without_order():
    ratings = Ratings([[0, 0], [1, 2]], ("a", "b", "c"))
    assert assess(ratings, Measure.COHEN_KAPPA_LINEAR).reason == Reason.NOT_ORDERED


def test_kappa_of_sets_points_to_the_categories():
    sets = SetRatings(np.ones((3, 2, 1), dtype=bool), np.ones((3, 2), dtype=bool), ("a",))
    assert assess(sets, Measure.COHEN_KAPPA).reason == Reason.NOT_FOR_SETS
    assert describe(sets).light.reason == Reason.NOT_FOR_SETS


def test_distances_of_sets_refuse_single_categories():
    ratings = Ratings([[0, 0], [1, 1]], ("a", "b"))
    assert assess(ratings, Measure.MEAN_JACCARD).reason == Reason.ONLY_FOR_SETS


def test_an_undefined_figure_is_stored_with_its_reason():
    stored = as_dict(describe(Ratings([[0, 0]] * 3, ("a", "b"))))
    assert stored["alpha"] == {
        "value": None,
        "low": None,
        "high": None,
        "standard_error": None,
        "n_units": 3,
        "n_coders": 2,
        "reason": "no variation: all judgements compared fall in one category",
        "note": None,
    }


def test_the_stored_form_says_by_which_version_it_was_computed():
    assert as_dict(describe(Ratings([[0, 0]], ("a", "b"))))["algorithm_version"] == 2


@pytest.mark.parametrize(("value", "reason"), [(None, None), (0.5, "why"), (float("nan"), None)])
def test_an_estimate_is_a_number_or_a_reason(value, reason):
    with pytest.raises(ValueError, match=r"\.$"):
        Estimate(value, reason=reason)
