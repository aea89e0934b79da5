"""What holds for any sorts whatever: ranges, symmetry, and no say for orders and numbers."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.agreement.sorts.calculation import calculate_sorts
from app.agreement.sorts.dendrogram import Linkage
from app.agreement.sorts.measures import SortMeasure, SortReason
from app.agreement.sorts.pairs import compare_sorts
from tests.agreement.sorts.drawn import draw_sorts, shuffled, sortings

SYMMETRIC = set(SortMeasure) - {SortMeasure.HOMOGENEITY, SortMeasure.COMPLETENESS}
CHANCE_CORRECTED = {SortMeasure.ADJUSTED_RAND, SortMeasure.AMI}
OF_CARDS = {SortMeasure.EDIT_DISTANCE}


@settings(max_examples=50)
@given(sortings())
def test_every_figure_is_a_number_or_says_why_it_is_none(sorts):
    figures = calculate_sorts(sorts).figures
    json.dumps(figures, allow_nan=False)
    reasons = {reason.name.lower() for reason in SortReason}

    def look_at(found):
        if isinstance(found, dict) and "undefined" in found:
            assert found["undefined"] in reasons
        elif isinstance(found, dict):
            [look_at(one) for one in found.values()]
        elif isinstance(found, list):
            [look_at(one) for one in found]
        elif not isinstance(found, str):
            assert np.isfinite(found)

    look_at(figures)


@settings(max_examples=60)
@given(sortings(min_sorts=2))
def test_every_figure_of_two_sorts_lies_in_its_range(sorts):
    for pair in compare_sorts(sorts):
        for measure, found in pair.figures.items():
            if found.value is None:
                continue
            lowest = -1 if measure in CHANCE_CORRECTED else 0
            highest = pair.n_cards - 1 if measure in OF_CARDS else 1
            assert lowest <= found.value <= highest + 1e-12, measure


@settings(max_examples=60)
@given(sortings(min_sorts=2, max_sorts=2), st.randoms(use_true_random=False))
def test_two_sorts_agree_as_much_in_either_order(sorts, chance):
    cards = list(range(sorts.n_cards))
    chance.shuffle(cards)
    for pair, back in zip(
        compare_sorts(sorts), compare_sorts(shuffled(sorts, cards, [1, 0])), strict=True
    ):
        for measure in SYMMETRIC:
            assert pair.figures[measure] == back.figures[measure]
        one, other = pair.figures, back.figures
        assert one[SortMeasure.HOMOGENEITY] == other[SortMeasure.COMPLETENESS]


@given(sortings(min_sorts=1, max_sorts=1, min_cards=3, gaps=False))
def test_the_same_piles_under_other_numbers_agree_perfectly(sorts):
    copy = np.hstack([sorts.piles, 50 - sorts.piles])
    (pair,) = compare_sorts(type(sorts)(copy, sorts.cards, ("one", "other")))
    assert pair.figures[SortMeasure.EDIT_DISTANCE].value == 0
    assert pair.figures[SortMeasure.RAND].value == 1
    if 1 < sorts.n_piles[0] < sorts.n_cards:
        values = {measure: found.value for measure, found in pair.figures.items()}
        distances = dict.fromkeys((SortMeasure.EDIT_DISTANCE, SortMeasure.EDIT_DISTANCE_SHARE), 0)
        assert values == dict.fromkeys(SortMeasure, 1) | distances
    else:
        assert pair.figures[SortMeasure.ADJUSTED_RAND].reason == SortReason.NO_VARIATION
        assert pair.figures[SortMeasure.AMI].reason == SortReason.NO_VARIATION


@settings(max_examples=50)
@given(sortings(min_cards=2, min_sorts=1), st.sampled_from(Linkage), st.data())
def test_neither_the_order_of_cards_nor_that_of_people_changes_a_digit(sorts, linkage, data):
    cards = data.draw(st.permutations(range(sorts.n_cards)))
    people = data.draw(st.permutations(range(len(sorts.participants))))
    found = calculate_sorts(sorts, linkage=linkage)
    other = calculate_sorts(shuffled(sorts, cards, people), linkage=linkage)
    for key in ("mst_weight", "nmst_per_edge", "nmst_per_sort", "cophenetic_correlation"):
        assert found.figures[key] == other.figures[key]
    assert found.figures.get("tied_distances") == other.figures.get("tied_distances")
    assert in_names(found, sorts.cards) == in_names(other, [sorts.cards[card] for card in cards])


def in_names(found, cards):
    """Return the tree with names instead of positions."""
    if found.tree is None:
        return None
    names = [cards[card] for card in found.sorted_cards]
    groups = [frozenset([name]) for name in names]
    for one, other in found.tree.merges.tolist():
        groups.append(groups[one] | groups[other])
    leaves = [names[card] for card in found.tree.leaf_order]
    return groups[len(names) :], found.tree.heights.tolist(), leaves


@settings(max_examples=60)
@given(sortings(min_sorts=3, gaps=False, min_cards=1))
def test_edit_distances_obey_the_triangle_inequality(sorts):
    pairs = compare_sorts(sorts)
    moved = {(p.first, p.second): p.figures[SortMeasure.EDIT_DISTANCE].value for p in pairs}
    first, second, third = sorts.participants[:3]
    assert moved[first, third] <= moved[first, second] + moved[second, third]


@pytest.mark.parametrize("linkage", Linkage)
@settings(max_examples=50)
@given(sorts=sortings(min_cards=2, min_sorts=1, gaps=False))
def test_a_tree_joins_all_cards_and_never_sinks(sorts, linkage):
    tree = calculate_sorts(sorts, linkage=linkage).tree
    assert sorted(tree.leaf_order.tolist()) == list(range(sorts.n_cards))
    assert (np.diff(tree.heights) >= 0).all()
    assert tree.sizes[-1] == sorts.n_cards
    assert sorted(tree.merges.ravel().tolist()) == list(range(2 * sorts.n_cards - 2))


def test_whoever_waits_is_told_how_far_the_comparison_is():
    told = []
    compare_sorts(draw_sorts(1, n_cards=6, n_sorts=21), told.append)
    assert told == [100 / 210, 200 / 210, 1]
