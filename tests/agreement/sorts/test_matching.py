"""Which piles of two people are proposed to belong together: cards first, names second."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.agreement.sorts.likeness import ALIKE, name_likeness
from app.agreement.sorts.matching import Basis, overlap_table, propose_matches
from app.agreement.sorts.sorting import Sorts
from tests.agreement.sorts.drawn import sorts_of

TABLES = arrays(
    np.int64, st.tuples(st.integers(0, 5), st.integers(0, 5)), elements=st.integers(0, 4)
)
WORDS = st.sampled_from(["", "Pets", "pets", "Junk food", "food, junk", "Moon", "Healthy snacks"])


def propose(table, names=None, other_names=None):
    found = np.array(table)
    names = names or [""] * found.shape[0]
    other_names = other_names or [""] * found.shape[1]
    return propose_matches(found, names, other_names)


def pairs(matches):
    return [(match.piles, match.other_piles) for match in matches]


def test_a_table_counts_the_cards_of_each_two_piles():
    sorts = sorts_of(["abc", "de"], ["ab", "cd", "f"])
    assert overlap_table(sorts, 0, 1).tolist() == [[2, 1, 0], [0, 1, 0]]
    assert overlap_table(sorts, 1, 0).tolist() == [[2, 0], [1, 1], [0, 0]]


def test_the_same_piles_are_matched_one_to_one_whatever_their_names():
    (pets, food) = propose([[0, 3], [4, 0]], ["Pets", "Food"], ["Pets", "Food"])
    assert ((pets.piles, pets.other_piles), (food.piles, food.other_piles)) == (
        ((0,), (1,)),
        ((1,), (0,)),
    )
    assert (pets.score, pets.basis) == (1, Basis.OVERLAP)
    assert pets.reason == "they hold the same cards: 3 of 3 cards lie on both sides"


def test_a_coarse_pile_meets_all_the_fine_ones_it_holds():
    coarse, fine = propose([[3, 2, 2, 0], [0, 0, 1, 5]])
    assert (coarse.piles, coarse.other_piles, coarse.score) == ((0,), (0, 1, 2), 7 / 8)
    assert (fine.piles, fine.other_piles, fine.score) == ((1,), (3,), 5 / 6)


def test_several_piles_meet_several_if_their_cards_hold_them_together():
    assert pairs(propose([[3, 0], [4, 3], [0, 2]])) == [((0, 1, 2), (0, 1))]


def test_without_a_majority_each_others_nearest_are_matched():
    table = [[4, 3, 3], [3, 1, 5], [3, 5, 1]]
    assert pairs(propose(table)) == [((1,), (2,)), ((2,), (1,)), ((0,), (0,))]


def test_among_equal_overlaps_the_more_alike_name_decides():
    table = [[2, 2, 0], [2, 1, 3], [2, 1, 3]]
    names, others = ["Moon", "", ""], ["Snacks", "moons", ""]
    assert ((0,), (1,)) in pairs(propose(table, names, others))
    assert ((0,), (0,)) in pairs(propose(table))


def test_a_pile_without_common_cards_is_matched_by_its_name():
    (food, moon) = propose([[5, 0], [0, 0]], ["Food", "Moon things"], ["Food", "moon  thing"])
    assert (moon.piles, moon.other_piles, moon.score) == ((1,), (1,), 0)
    assert (food.basis, moon.basis) == (Basis.OVERLAP, Basis.NAMES)
    assert moon.reason == "their names are alike: 0 of 0 cards lie on both sides"


def test_a_name_brings_a_pile_into_a_match_that_cards_have_made():
    found = propose([[6, 0], [0, 0]], ["Food", "Foods"], ["food", "Moon"])
    assert pairs(found) == [((0, 1), (0,)), ((), (1,))]
    assert found[0].basis is Basis.NAMES


def test_a_pile_without_a_partner_stands_alone_at_the_end():
    found = propose([[2, 0], [0, 0]])
    assert pairs(found) == [((0,), (0,)), ((), (1,)), ((1,), ())]
    assert all((one.score, one.basis) == (0, Basis.NOTHING) for one in found[1:])
    assert "no name is like its own" in found[1].reason


def test_unnamed_piles_are_never_matched_for_having_no_name():
    assert pairs(propose([[0]], [""], [""])) == [((), (0,)), ((0,), ())]


@settings(max_examples=60)
@given(TABLES, st.data())
def test_every_pile_is_in_one_match_and_every_match_scores_between_0_and_1(table, data):
    names, others = (
        data.draw(st.lists(WORDS, min_size=size, max_size=size)) for size in table.shape
    )
    matches = propose_matches(table, names, others)
    for side, n_piles in (("piles", table.shape[0]), ("other_piles", table.shape[1])):
        listed = [pile for match in matches for pile in getattr(match, side)]
        assert sorted(listed) == list(range(n_piles))
    assert all(0 <= match.score <= 1 for match in matches)
    turned = propose_matches(table.T, others, names)
    assert {(match.piles, match.other_piles, match.score) for match in matches} == {
        (match.other_piles, match.piles, match.score) for match in turned
    }


def test_names_that_do_not_fit_the_table_are_refused():
    with pytest.raises(ValueError, match="one name for each pile"):
        propose_matches(np.zeros((2, 1), dtype=np.int64), ["one"], ["other"])


@pytest.mark.parametrize(
    ("one", "other"),
    [("pets", " Pets "), ("Junk food", "food / junk"), ("Café", "cafe\u0301"), ("pet", "pets")],
)
def test_names_are_alike_beyond_case_order_and_endings(one, other):
    assert name_likeness(one, other) >= ALIKE
    assert name_likeness(one, other) == name_likeness(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("pets", "animals"), ("", ""), ("  ", "pets"), ("A", "B")]
)
def test_other_names_are_not_alike(one, other):
    assert name_likeness(one, other) < ALIKE


def test_names_of_signs_only_are_compared_as_they_are():
    assert name_likeness("???", "???") == 1
    assert name_likeness("???", "!!!") == 0


def test_a_large_table_is_matched_at_once():
    chance = np.random.default_rng(2)
    piles = chance.integers(0, 60, (2_000, 2))
    sorts = Sorts(piles, tuple(map(str, range(2_000))), ("one", "other"))
    names = [f"pile {number}" for number in range(60)]
    assert propose_matches(overlap_table(sorts, 0, 1), names, names)
