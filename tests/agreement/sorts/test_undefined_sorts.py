"""What is shown where a figure of sorts cannot be computed, and what is said beside it."""

import numpy as np
import pytest

from app.agreement import NoticeKind
from app.agreement.sorts.calculation import calculate_sorts
from app.agreement.sorts.measures import SortMeasure
from app.agreement.sorts.sorting import Sorts
from tests.agreement.sorts.drawn import draw_sorts, sorts_of

SPREAD = ("mst_weight", "nmst_per_edge", "nmst_per_sort")


def figures_of(*people, cards=()):
    return calculate_sorts(sorts_of(*people, cards=cards)).figures


def undefined(reason):
    return {"undefined": reason}


def sentences(sorts, kind):
    return [one.sentence for one in calculate_sorts(sorts).notices if one.kind == kind]


@pytest.mark.parametrize("people", [(), ([],), ([], [])], ids=["nobody", "one", "two"])
def test_without_a_sorted_card_nothing_is_defined(people):
    figures = figures_of(*people, cards="ab")
    assert figures["n_sorts"] == 0
    assert figures["cooccurrence"][0][0] == undefined("not_sorted_together")
    for key in (*SortMeasure, *SPREAD, "cophenetic_correlation"):
        assert figures[key] == undefined("no_judgements")


def test_one_sort_has_similarities_and_a_tree_but_nothing_to_compare():
    figures = figures_of(["ab", "c"])
    assert figures["cooccurrence"] == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert figures["cophenetic_correlation"] == 1
    for key in (*SortMeasure, *SPREAD):
        assert figures[key] == undefined("fewer_than_two_coders")


def test_two_who_sorted_no_card_in_common_cannot_be_compared():
    figures = figures_of(["ab"], ["cd"], ["ab", "cd"])
    for key in SortMeasure:
        assert figures[key]["p1|p2"] == undefined("nothing_pairable")
    assert figures["edit_distance"]["p2|p3"] == 0
    for key in SPREAD:
        assert figures[key] == undefined("not_connected")


def test_a_single_card_in_common_has_no_pairs():
    figures = figures_of(["ab"], ["bc"])
    for key in set(SortMeasure) - {SortMeasure.EDIT_DISTANCE}:
        assert figures[key]["p1|p2"] == undefined("too_few_cards")
    assert figures["edit_distance"]["p1|p2"] == 0


@pytest.mark.parametrize("piles", [["abcd"], ["a", "b", "c", "d"]], ids=["one pile", "alone"])
def test_equal_sorts_that_tell_nothing_are_not_called_perfect(piles):
    figures = figures_of(piles, piles)
    for key in (SortMeasure.ADJUSTED_RAND, SortMeasure.AMI):
        assert figures[key]["p1|p2"] == undefined("no_variation")
    assert figures["rand"]["p1|p2"] == 1
    assert figures["edit_distance"]["p1|p2"] == 0
    assert figures["cophenetic_correlation"] == undefined("equal_distances")


def test_two_single_piles_leave_nothing_to_know():
    figures = figures_of(["abc"], ["abc"])
    for key in (SortMeasure.V_MEASURE, SortMeasure.HOMOGENEITY, SortMeasure.COMPLETENESS):
        assert figures[key]["p1|p2"] == undefined("no_variation")
    assert figures["pair_jaccard"]["p1|p2"] == 1


def test_cards_left_alone_by_both_are_no_pairs_together():
    assert figures_of(["a", "b"], ["a", "b"])["pair_jaccard"]["p1|p2"] == undefined(
        "no_cards_together"
    )


def test_one_pile_against_cards_left_alone_is_as_far_as_two_sorts_can_be():
    figures = {key: figures_of(["abcd"], [*"abcd"])[key]["p1|p2"] for key in SortMeasure}
    assert figures["edit_distance"] == 3
    assert figures["edit_distance_share"] == 1
    assert figures["adjusted_rand"] == figures["ami"] == figures["rand"] == 0
    assert (figures["homogeneity"], figures["completeness"]) == (1, 0)


def test_a_finer_sort_is_homogeneous_and_not_complete():
    figures = {key: figures_of(["abcd", "ef"], ["ab", "cd", "ef"])[key] for key in SortMeasure}
    assert figures["homogeneity"]["p1|p2"] == 1
    assert figures["completeness"]["p1|p2"] < 1
    assert figures["edit_distance"]["p1|p2"] == 2


def test_cards_nobody_sorted_together_have_no_similarity_and_make_no_tree():
    figures = figures_of(["ab"], ["bc"])
    assert figures["cooccurrence"][0] == [1, 1, undefined("not_sorted_together")]
    assert figures["cophenetic_correlation"] == undefined("not_sorted_together")


def test_a_card_nobody_sorted_is_counted_and_stands_outside_the_tree():
    sorts = sorts_of(["ab", "c"], ["a", "bc"], cards="abcx")
    found = calculate_sorts(sorts)
    assert found.figures["n_cards"] == 4
    assert found.figures["cooccurrence"][3] == [undefined("not_sorted_together")] * 4
    assert found.sorted_cards == (0, 1, 2)
    assert sentences(sorts, NoticeKind.MISSING)[0] == (
        "Nobody sorted “x”: it is not in the dendrogram."
    )


def test_whoever_sorted_nothing_is_left_out_and_named():
    sorts = sorts_of(["ab", "c"], [], ["a", "bc"])
    found = calculate_sorts(sorts).figures
    assert found["n_sorts"] == 2
    assert list(found["rand"]) == ["p1|p3"]
    assert found["nmst_per_sort"] == found["mst_weight"] / 2
    assert sentences(sorts, NoticeKind.SILENT_CODER) == [
        "“p2” sorted no card and is left out of every figure."
    ]


def test_similarity_leaves_out_those_who_did_not_sort_both_cards():
    figures = figures_of(["ab", "c"], ["abc"], ["a"])
    assert figures["cooccurrence"][0] == [1, 1, 0.5]


def test_missing_placements_few_people_and_bare_sorts_are_pointed_out():
    sorts = sorts_of(["abc"], ["a", "b", "c"], ["ab"])
    assert "1 of 9 placements are missing (11%)" in sentences(sorts, NoticeKind.MISSING)[0]
    assert "Only 3 people sorted cards" in sentences(sorts, NoticeKind.FEW_SORTS)[0]
    one, alone = sentences(sorts, NoticeKind.CONSTANT_CODER)
    assert one.startswith("“p1” and “p3” put all cards into one pile")
    assert alone.startswith("“p2” left each card alone")


def test_a_complete_sort_by_many_has_nothing_to_mind():
    sorts = draw_sorts(8, n_cards=12, n_piles=2, n_sorts=15)
    assert {one.kind for one in calculate_sorts(sorts).notices} <= {NoticeKind.TIED}


@pytest.mark.parametrize(
    ("piles", "cards", "sentence"),
    [
        ([[0, 0]], ("a", "b"), "a row for each card"),
        ([[0.5, 0]], ("a",), "whole numbers"),
        ([[-2, 0]], ("a",), "numbered from 0"),
        ([[0, 0], [1, 1]], ("a", "a"), "Two cards have the same name"),
    ],
)
def test_sorts_that_are_none_are_refused(piles, cards, sentence):
    with pytest.raises(ValueError, match=sentence):
        Sorts(np.array(piles), cards, ("Ada", "Ben"))
