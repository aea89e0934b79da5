"""Which piles of all participants are proposed as one category."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from app.agreement.sorts.dendrogram import build_dendrogram
from app.agreement.sorts.matching import Basis
from app.agreement.sorts.pile_groups import cut_tree, propose_groups, usual_number_of_piles
from app.agreement.sorts.similarity import cooccurrence
from tests.agreement.sorts.drawn import draw_sorts, sortings, sorts_of


def grouped(group):
    return [(pile.participant, pile.pile) for pile in group.piles]


def unnamed(sorts):
    return [[""] * n_piles for n_piles in sorts.n_piles.tolist()]


@pytest.mark.parametrize("n_groups", [1, 2, 5, 24, 25])
def test_a_cut_tree_has_the_groups_scipy_finds(n_groups):
    similarity = np.random.default_rng(4).random((25, 25))
    similarity = (similarity + similarity.T) / 2
    np.fill_diagonal(similarity, 1)
    found = cut_tree(build_dendrogram(similarity, [f"{n:02}" for n in range(25)]), n_groups)
    steps = linkage(squareform(1 - similarity, checks=False), "average")
    expected = fcluster(steps, n_groups, "maxclust")
    assert len(set(found)) == n_groups
    assert len(set(zip(found, expected, strict=True))) == n_groups


def test_groups_are_numbered_along_the_leaves():
    sorts = draw_sorts(3)
    tree = build_dendrogram(cooccurrence(sorts), sorts.cards)
    in_order = cut_tree(tree, 6)[tree.leaf_order]
    assert (np.diff(in_order) >= 0).all()


@pytest.mark.parametrize("n_groups", [0, 4])
def test_more_groups_than_cards_or_none_are_refused(n_groups):
    tree = build_dendrogram(np.eye(3), "abc")
    with pytest.raises(ValueError, match="3 cards make 1 to 3 groups"):
        cut_tree(tree, n_groups)


def test_the_usual_number_of_piles_is_the_lower_middle_of_those_who_sorted():
    assert usual_number_of_piles(sorts_of(["ab"], ["a", "b"], [], cards="ab")) == 1
    assert usual_number_of_piles(sorts_of(["a", "b", "c"], ["ab", "c"], ["abc"])) == 2
    assert usual_number_of_piles(sorts_of([], cards="ab")) == 0


def test_piles_go_where_most_of_their_cards_are():
    sorts = sorts_of(["abc", "def"], ["ab", "c", "def"], ["abcd", "ef"])
    found = propose_groups(sorts, np.array([0, 0, 0, 1, 1, 1]), unnamed(sorts))
    first, second = found.groups
    assert grouped(first) == [(0, 0), (1, 0), (1, 1), (2, 0)]
    assert grouped(second) == [(0, 1), (1, 2), (2, 1)]
    assert (first.cards, first.score) == ((0, 1, 2), 9 / 10)
    assert second.score == 1
    assert found.apart == ()


def test_a_pile_spread_over_groups_is_placed_by_its_name_or_stays_apart():
    sorts = sorts_of(["ab", "cd"], ["ac", "bd"])
    names = [["Pets", "Food"], ["foods", "Misc"]]
    found = propose_groups(sorts, np.array([0, 0, 1, 1]), names)
    assert [group.name for group in found.groups] == ["Pets", "Food"]
    (by_name,) = (pile for pile in found.groups[1].piles if pile.basis is Basis.NAMES)
    assert (by_name.participant, by_name.pile, by_name.n_inside, by_name.n_cards) == (1, 0, 1, 2)
    assert [(pile.participant, pile.pile) for pile in found.apart] == [(1, 1)]


def test_a_group_bears_the_name_most_of_its_piles_have():
    sorts = sorts_of(["ab"], ["ab"], ["ab"])
    groups = np.zeros(2, dtype=np.int64)
    found = propose_groups(sorts, groups, [["Animals"], ["Pets "], ["pets"]])
    assert found.groups[0].name == "Pets"
    assert propose_groups(sorts, groups, unnamed(sorts)).groups[0].name == ""


@given(sortings(min_cards=1, min_sorts=1), st.data())
def test_every_pile_is_in_one_group_or_apart(sorts, data):
    groups = data.draw(st.lists(st.integers(-1, 3), min_size=sorts.n_cards, max_size=sorts.n_cards))
    found = propose_groups(sorts, np.array(groups), unnamed(sorts))
    listed = [one for group in found.groups for one in grouped(group)]
    listed += [(pile.participant, pile.pile) for pile in found.apart]
    expected = [(who, pile) for who, n in enumerate(sorts.n_piles.tolist()) for pile in range(n)]
    assert sorted(listed) == expected
    assert all(0 <= group.score <= 1 for group in found.groups)


@pytest.mark.parametrize(
    ("groups", "names"), [([0], [["x"]]), ([0, 0], [["x", "y"]]), ([0, 0], [])]
)
def test_groups_and_names_that_do_not_fit_are_refused(groups, names):
    with pytest.raises(ValueError, match="a group for each card and a name for each pile"):
        propose_groups(sorts_of(["ab"]), np.array(groups), names)
