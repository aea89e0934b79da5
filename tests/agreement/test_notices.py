"""What is said in plain words beside the figures: skew, few cards, gaps, coders and categories."""

import numpy as np
import pytest

from app.agreement import Measure, NoticeKind, Ratings, SetRatings, describe
from tests.agreement.designs import codes_of_table


def kinds(facet):
    return [notice.kind for notice in facet.notices]


def sentence(facet, kind):
    return next(notice.sentence for notice in facet.notices if notice.kind is kind)


def of_table(cells):
    names = ("yes", "no", "maybe", "never")[: len(cells)]
    return describe(Ratings(codes_of_table(cells), names, coders=("Ada", "Ben")))


def test_eighty_five_five_five_five_is_explained_with_ac1_and_both_indices():
    facet = of_table([[85, 5], [5, 5]])
    explanation = sentence(facet, NoticeKind.PARADOX)
    assert "agree on 90% although kappa is only 0.44" in explanation
    assert "Gwet's AC1 0.88" in explanation
    assert "prevalence index 0.80, bias index 0.00" in explanation


def test_high_agreement_with_low_kappa_is_explained():
    explanation = sentence(of_table([[80, 10], [5, 5]]), NoticeKind.PARADOX)
    assert "agree on 85% although kappa is only 0.32" in explanation
    assert "prevalence index 0.75, bias index 0.05" in explanation


def test_a_very_low_kappa_is_explained_even_where_no_category_makes_up_more_than_four_fifths():
    explanation = sentence(of_table([[70, 10], [10, 10]]), NoticeKind.PARADOX)
    assert "agree on 80% although kappa is only 0.38" in explanation


@pytest.mark.parametrize(
    "cells",
    [
        [[45, 5], [5, 45]],  # kappa is high as well
        [[92, 2], [1, 5]],  # kappa is fair although one category is frequent
        [[40, 25], [25, 10]],  # agreement is low
        [[85, 0], [0, 15]],  # perfect
        [[100, 0], [0, 0]],  # kappa is not defined
    ],
)
def test_nothing_else_is_called_a_paradox(cells):
    assert NoticeKind.PARADOX not in kinds(of_table(cells))


def test_three_coders_learn_which_category_is_so_frequent():
    codes = [[0, 0, 0]] * 45 + [[0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 0], [2, 0, 0]]
    facet = describe(Ratings(codes, ("bug", "feature", "question")))
    assert "bug makes up 96% of the judgements" in sentence(facet, NoticeKind.PARADOX)


def test_rare_categories_of_sets_are_named():
    rare = codes_of_table([[0, 4], [4, 92]]) == 0
    usual = codes_of_table([[45, 4], [4, 47]]) == 0
    members = np.stack([rare, usual], axis=2)
    facet = describe(SetRatings(members, np.ones((100, 2), dtype=bool), ("rare", "usual")))
    assert sentence(facet, NoticeKind.PARADOX).startswith("High agreement but low kappa on rare:")


@pytest.mark.parametrize(
    ("n_cards", "start"), [(1, "Only 1 card was"), (9, "Only 9 cards were"), (29, "Only 29 cards")]
)
def test_few_cards_are_pointed_out(n_cards, start):
    codes = ([[0, 1]] + [[0, 0], [1, 1]] * 20)[:n_cards]
    facet = describe(Ratings(codes, ("a", "b")))
    assert sentence(facet, NoticeKind.FEW_CARDS).startswith(start)
    assert ("no interval is given" in sentence(facet, NoticeKind.FEW_CARDS)) == (n_cards < 10)


def test_thirty_cards_are_enough():
    assert NoticeKind.FEW_CARDS not in kinds(describe(Ratings([[0, 1], [1, 1]] * 15, ("a", "b"))))


def test_a_wide_interval_is_named_with_its_pair():
    facet = of_table([[8, 4], [4, 8]])
    kappa = facet.pairs[0].figures[Measure.COHEN]
    assert kappa.high - kappa.low > 0.4
    assert "wider than 0.4 for Ada with Ben" in sentence(facet, NoticeKind.WIDE_INTERVAL)
    assert NoticeKind.WIDE_INTERVAL not in kinds(of_table([[800, 400], [400, 800]]))


def test_unused_categories_are_named():
    one, two = of_table(np.diag([5, 5, 0])), of_table(np.diag([5, 5, 0, 0]))
    assert sentence(one, NoticeKind.UNUSED_CATEGORY).startswith("Nobody used maybe; it counts")
    assert sentence(two, NoticeKind.UNUSED_CATEGORY).startswith(
        "Nobody used maybe and never; they count"
    )
    assert NoticeKind.UNUSED_CATEGORY not in kinds(of_table(np.diag([5, 5])))


def test_a_constant_coder_is_named():
    facet = of_table([[8, 4], [0, 0]])
    assert sentence(facet, NoticeKind.CONSTANT_CODER).startswith("Ada used a single category")


def test_a_silent_coder_is_named_and_left_out():
    ratings = Ratings([[0, 0, -1], [1, 0, -1]] * 6, ("a", "b"), coders=("Ada", "Ben", "Cleo"))
    assert sentence(describe(ratings), NoticeKind.SILENT_CODER).startswith("Cleo judged no card")


def test_undefined_pairs_are_counted_and_explained():
    codes = [[0, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0]]
    facet = describe(Ratings(codes, ("a", "b"), coders=("Ada", "Ben", "Cleo")))
    found = sentence(facet, NoticeKind.UNDEFINED_PAIRS)
    assert "1 of 3 pairs: Ada with Ben, no variation" in found


def test_missing_judgements_are_counted():
    facet = describe(Ratings([[0, 0], [1, -1]] * 20, ("a", "b")))
    assert sentence(facet, NoticeKind.MISSING).startswith("20 judgements are missing (25% of 80)")


def test_perfect_agreement_comes_with_its_bound():
    facet = describe(Ratings([[0, 0], [1, 1]] * 15, ("a", "b")))
    assert "up to 10% of further ones" in sentence(facet, NoticeKind.PERFECT)


def test_perfect_agreement_on_sets_comes_with_its_bound():
    members = np.arange(60) % 3 == 0
    sets = SetRatings(
        np.repeat(members.reshape(60, 1, 1), 2, axis=1), np.ones((60, 2), dtype=bool), ("a",)
    )
    assert "up to 5% of further ones" in sentence(describe(sets), NoticeKind.PERFECT)


def test_one_category_everywhere_is_no_perfect_agreement():
    facet = of_table([[30, 0], [0, 0]])
    assert NoticeKind.NO_VARIATION in kinds(facet)
    assert NoticeKind.PERFECT not in kinds(facet)


def test_sound_figures_need_no_notice():
    assert kinds(of_table([[90, 10], [12, 88]])) == []


def test_nothing_is_said_of_nothing():
    assert kinds(describe(Ratings(np.zeros((0, 0), dtype=int), ("a", "b")))) == []
