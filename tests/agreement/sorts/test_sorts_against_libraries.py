"""Scikit-learn and SciPy give the same figures of sorts, and so do the definitions by hand."""

from itertools import combinations, permutations

import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import squareform
from sklearn import metrics

from app.agreement.sorts.calculation import calculate_sorts
from app.agreement.sorts.dendrogram import Linkage, build_dendrogram
from app.agreement.sorts.measures import SortMeasure
from app.agreement.sorts.pairs import compare_sorts
from app.agreement.sorts.similarity import cooccurrence
from tests.agreement.sorts.drawn import draw_sorts, sorts_of

DRAWN = {
    "few cards": draw_sorts(1, n_cards=7, n_piles=3, n_sorts=4),
    "complete": draw_sorts(2),
    "partial": draw_sorts(3, n_cards=60, gaps=0.3),
    "many piles": draw_sorts(4, n_cards=90, n_piles=45),
    "large": draw_sorts(5, n_cards=900, n_piles=15, n_sorts=2),
    "coarse and fine": sorts_of(
        ["abcdefgh"], ["ab", "cd", "ef", "gh"], [*"abcdefgh"], ["abc", "defgh"]
    ),
}
REFEREES = {
    SortMeasure.ADJUSTED_RAND: metrics.adjusted_rand_score,
    SortMeasure.RAND: metrics.rand_score,
    SortMeasure.V_MEASURE: metrics.v_measure_score,
    SortMeasure.HOMOGENEITY: metrics.homogeneity_score,
    SortMeasure.COMPLETENESS: metrics.completeness_score,
    SortMeasure.AMI: metrics.adjusted_mutual_info_score,
}


def labels_of(sorts, pair):
    columns = [sorts.participants.index(name) for name in (pair.first, pair.second)]
    both = sorts.sorted[:, columns].all(axis=1)
    return sorts.piles[np.ix_(both, columns)].T


@pytest.mark.parametrize("design", DRAWN)
@pytest.mark.parametrize("measure", REFEREES)
def test_a_figure_of_two_sorts_equals_scikit_learn(design, measure):
    for pair in compare_sorts(DRAWN[design]):
        expected = REFEREES[measure](*labels_of(DRAWN[design], pair))
        assert pair.figures[measure].value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("design", DRAWN)
def test_the_jaccard_index_equals_the_pair_confusion_matrix(design):
    for pair in compare_sorts(DRAWN[design]):
        (_, only), (other, both) = metrics.pair_confusion_matrix(*labels_of(DRAWN[design], pair))
        found = pair.figures[SortMeasure.PAIR_JACCARD].value
        assert found == pytest.approx(both / (both + only + other))


@pytest.mark.parametrize("seed", range(12))
def test_the_edit_distance_is_the_least_over_all_ways_to_match_piles(seed):
    sorts = draw_sorts(seed, n_cards=9, n_piles=5, n_sorts=2, gaps=0.1 * (seed % 2))
    (pair,) = compare_sorts(sorts)
    one, other = labels_of(sorts, pair)
    kept = max(
        sum(np.count_nonzero((one == pile) & (other == match)) for pile, match in enumerate(way))
        for way in permutations(range(5))
    )
    assert pair.figures[SortMeasure.EDIT_DISTANCE].value == one.size - kept


def test_the_edit_distance_is_the_same_whether_or_not_the_piles_are_matched_in_parts():
    blocks = [draw_sorts(seed, n_cards=30, n_piles=14, n_sorts=2) for seed in range(10)]
    whole = np.concatenate([block.piles + 100 * number for number, block in enumerate(blocks)])
    cards = tuple(f"c{card:03}" for card in range(300))
    together = type(blocks[0])(whole, cards, ("p0", "p1"))
    assert together.n_piles.prod() > 10_000
    expected = sum(distance_of(block) for block in blocks)
    assert distance_of(together) == expected


def distance_of(sorts):
    return compare_sorts(sorts)[0].figures[SortMeasure.EDIT_DISTANCE].value


@pytest.mark.parametrize("seed", range(4))
def test_the_spanning_tree_weighs_what_scipy_finds(seed):
    sorts = draw_sorts(seed, n_sorts=8)
    figures = calculate_sorts(sorts).figures
    distances = np.zeros((8, 8))
    for (first, second), moved in zip(
        combinations(range(8), 2), figures["edit_distance"].values(), strict=True
    ):
        distances[first, second] = moved
    expected = minimum_spanning_tree(distances).sum()
    assert figures["mst_weight"] == expected
    assert figures["nmst_per_edge"] == expected / 7
    assert figures["nmst_per_sort"] == expected / 8


@pytest.mark.parametrize("link", Linkage)
@pytest.mark.parametrize("seed", range(3))
def test_a_tree_without_ties_is_the_one_scipy_draws(seed, link):
    n_cards = 25
    chance = np.random.default_rng(seed)
    similarity = chance.random((n_cards, n_cards))
    similarity = (similarity + similarity.T) / 2
    np.fill_diagonal(similarity, 1)
    distances = squareform(1 - similarity, checks=False)
    tree = build_dendrogram(similarity, [f"{card:02}" for card in range(n_cards)], linkage=link)
    expected = linkage(distances, link.value)
    assert not tree.is_tied
    assert [set(step) for step in tree.merges] == [set(step) for step in expected[:, :2]]
    assert tree.heights == pytest.approx(expected[:, 2], abs=1e-12)
    assert tree.sizes.tolist() == expected[:, 3].tolist()
    assert tree.correlation == pytest.approx(cophenet(expected, distances)[0], abs=1e-12)


def test_the_similarity_is_the_share_of_those_who_sorted_both():
    sorts = DRAWN["partial"]
    found = cooccurrence(sorts)
    for one, other in [(0, 1), (3, 3), (10, 55), (59, 2)]:
        rows = sorts.piles[[one, other]]
        both = rows[:, (rows >= 0).all(axis=0)]
        assert found[one, other] == np.mean(both[0] == both[1])
