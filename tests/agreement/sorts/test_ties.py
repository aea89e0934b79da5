"""Equal similarities: which are said to matter, and how they are decided."""

import numpy as np
import pytest

from app.agreement.sorts.calculation import calculate_sorts
from app.agreement.sorts.dendrogram import Linkage, build_dendrogram
from tests.agreement.sorts.drawn import draw_sorts, shuffled, sorts_of


def tree_of(rows, cards="abcd", linkage=Linkage.AVERAGE):
    return build_dendrogram(np.array(rows, dtype=float), cards[: len(rows)], linkage=linkage)


CHAIN = [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]
TWINS = [[1, 0.5, 0, 0], [0.5, 1, 0, 0], [0, 0, 1, 0.5], [0, 0, 0.5, 1]]
ALIKE = [[1, 0.5, 0.5], [0.5, 1, 0.5], [0.5, 0.5, 1]]


def test_among_equals_the_first_names_are_joined():
    tree = tree_of(CHAIN)
    assert tree.is_tied
    assert tree.merges.tolist() == [[0, 1], [3, 2]]
    assert tree_of(CHAIN, "zyx").merges.tolist() == [[2, 1], [3, 0]]


@pytest.mark.parametrize("rows", [TWINS, ALIKE], ids=["apart", "all alike"])
def test_equals_that_lead_to_the_same_tree_are_no_tie(rows):
    assert not tree_of(rows).is_tied


def test_single_linkage_draws_the_same_tree_whatever_comes_first():
    assert not tree_of(CHAIN, linkage=Linkage.SINGLE).is_tied


def test_rounding_breaks_no_tie():
    nearly = np.array(CHAIN)
    nearly[1, 2] = nearly[2, 1] = 0.5 + 1e-15
    assert build_dendrogram(nearly, "abc").merges.tolist() == [[0, 1], [3, 2]]


def test_the_figures_say_so_only_where_a_tie_was_broken():
    assert "tied_distances" in calculate_sorts(sorts_of(["ab", "c"], ["a", "bc"])).figures
    assert "tied_distances" not in calculate_sorts(sorts_of(["ab", "cd"], ["ab", "cd"])).figures


def test_the_range_holds_the_tree_that_is_drawn_and_no_order_of_rows_moves_it():
    sorts = sorts_of(["abc", "de"], ["ab", "cde"], ["a", "bcd", "e"])
    found = calculate_sorts(sorts, n_orders=40).figures
    low, high = found["cophenetic_correlation_range"]
    assert (
        low < found["cophenetic_correlation"] <= high
        or low <= found["cophenetic_correlation"] < high
    )
    turned = shuffled(sorts, [4, 2, 0, 3, 1], [2, 0, 1])
    again = calculate_sorts(turned, n_orders=40).figures
    assert again["cophenetic_correlation_range"] == [low, high]


def test_there_is_no_range_without_ties_or_for_very_many_cards():
    assert (
        "cophenetic_correlation_range"
        not in calculate_sorts(sorts_of(["ab", "cd"], ["ab", "cd"]), n_orders=40).figures
    )
    many = draw_sorts(1, n_cards=101, n_sorts=2)
    found = calculate_sorts(many, n_orders=40).figures
    assert "tied_distances" in found
    assert "cophenetic_correlation_range" not in found


@pytest.mark.parametrize("rows", [np.ones((0, 0)), np.ones((2, 3)), [[1, np.nan], [np.nan, 1]]])
def test_a_tree_of_nothing_or_of_gaps_is_refused(rows):
    with pytest.raises(ValueError, match="A tree needs"):
        build_dendrogram(np.array(rows), "abcd"[: len(rows)])
