"""What the piles of a closed sort say together: similarities, tree, groups and overlap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from app.agreement.sorts.dendrogram import Linkage, build_dendrogram
from app.agreement.sorts.similarity import cooccurrence
from app.alignment.look_groups import groups_at, n_groups_at, usual_cut
from app.alignment.look_overlap import overlap_of
from app.alignment.look_overview import SIDE, as_png
from app.alignment.look_piles import Piles
from app.alignment.look_similarity import similarity, survey
from app.alignment.look_tree import MOST_LINES, draw_tree
from app.coding.rules import Kind
from tests.alignment.sorted_piles import KEYS, looked_at, make_sorted
from tests.coding.factories import make_book, make_numbered_cards
from tests.factories import Team, make_study


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session, coders=("Ben", "Cleo", "Eve"))


@pytest.fixture
def piles(session: Session, team: Team) -> Piles:
    cards = list(make_numbered_cards(session, team, KEYS).values())
    return looked_at(session, make_sorted(session, team, cards))


def made(tables: list[list[list[bool]]], *, names: str = "") -> Piles:
    """Piles of nobody's round: for each coder a table of cards by piles."""
    n_cards = len(tables[0])
    coders = tuple(f"Coder {letter}" for letter in "ABCDE"[: len(tables)])
    return Piles(
        coders=coders,
        card_ids=tuple(range(n_cards)),
        keys=tuple(f"{names}{number:04}" for number in range(n_cards)),
        titles=("",) * n_cards,
        heaps=((),) * len(tables),
        inside=tuple(np.array(one, dtype=np.bool_) for one in tables),
        without=({},) * len(tables),
    )


def of_labels(columns: list[list[int]]) -> Piles:
    """The same of partitions: for each coder the pile of each card, -1 for none."""
    width = 1 + max(max(column) for column in columns)
    return made([[[pile == at for at in range(width)] for pile in column] for column in columns])


def test_similarities_and_tree_are_those_of_the_engine(piles: Piles) -> None:
    every = range(piles.n_cards)
    expected = cooccurrence(piles.sorts)
    assert np.array_equal(similarity(piles, every, every), expected)
    assert np.array_equal(similarity(piles, [4, 2], [1, 7]), expected[np.ix_([4, 2], [1, 7])])
    for linkage in Linkage:
        tree, said = build_dendrogram(expected, piles.keys, linkage=linkage), survey(piles, linkage)
        assert said.tree is not None
        assert said.tree.merges.tolist() == tree.merges.tolist()
        assert said.among == tuple(tree.leaf_order.tolist())


def test_the_most_alike_cards_come_first_and_every_pair_is_counted(piles: Piles) -> None:
    said = survey(piles, Linkage.AVERAGE)
    first = said.nearest[0]
    assert (first.first, first.second, first.n_together, first.n_both) == (0, 1, 3, 3)
    assert sum(level.n_pairs for level in said.levels) == 8 * 7 / 2
    assert (said.levels[0].n_together, said.levels[0].n_both, said.levels[0].n_pairs) == (3, 3, 2)


def test_the_picture_of_the_whole_has_a_pixel_for_each_card_or_for_a_few(piles: Piles) -> None:
    said = survey(piles, Linkage.AVERAGE)
    shares = similarity(piles, said.among, said.among)
    assert said.overview.tolist() == np.ceil(5 * shares).tolist()
    many = of_labels([[n // 350 for n in range(1400)]])
    overview = survey(many, Linkage.AVERAGE).overview
    assert overview.shape == (SIDE, SIDE)
    assert (overview == 5).sum() == SIDE * SIDE / 4
    assert as_png(overview, "dark").startswith(b"\x89PNG")


def test_cards_in_several_piles_are_together_if_any_pile_holds_both() -> None:
    piles = made([[[True, True], [True, False], [False, True]], [[True], [True], [True]]])
    assert piles.n_twice == 1
    assert similarity(piles, range(3), range(3)).tolist() == [
        [1.0, 1.0, 1.0],
        [1.0, 1.0, 0.5],
        [1.0, 0.5, 1.0],
    ]
    said = survey(piles, Linkage.AVERAGE)
    assert said.tree is not None
    assert groups_at(piles, said, said.tree, 100)[0].cards == (0, 1)


def test_a_card_that_nobody_sorted_with_some_other_is_left_out_of_the_tree() -> None:
    piles = of_labels([[0, 0, 1, 1, -1], [0, 0, 1, -1, 1], [-1] * 5])
    said = survey(piles, Linkage.AVERAGE)
    assert said.tree is not None
    assert said.left_out == (4,)
    assert said.among[-1] == 4
    assert sorted(said.among) == [0, 1, 2, 3, 4]
    apart = survey(of_labels([[0, 0, -1, -1], [-1, -1, 0, 0]]), Linkage.AVERAGE)
    assert apart.tree is None
    assert "no coder sorted together" in apart.why_no_tree
    nobody = survey(of_labels([[-1, -1]]), Linkage.AVERAGE)
    assert (nobody.tree, nobody.among, nobody.levels) == (None, (), ())


@given(st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=4))
def test_a_lower_cut_never_makes_more_groups_and_each_card_is_in_one(
    columns: list[list[int]],
) -> None:
    piles = made(of_labels(columns).inside, names="any ")  # type: ignore[arg-type]
    said = survey(piles, Linkage.COMPLETE)
    assert said.tree is not None
    counts = [n_groups_at(said.tree, cut) for cut in range(101)]
    assert counts == sorted(counts)
    assert counts[0] == 1
    assert 1 <= usual_cut(piles, said.tree) <= 100


def test_groups_are_named_after_the_piles_that_hold_them(piles: Piles) -> None:
    said = survey(piles, Linkage.AVERAGE)
    assert said.tree is not None
    groups = groups_at(piles, said, said.tree, 60)
    assert sorted(card for group in groups for card in group.cards) == list(range(8))
    dead_ends = next(group for group in groups if 0 in group.cards)
    assert dead_ends.name == "Dead ends"
    assert [(pile.coder, pile.name, pile.is_by_name) for pile in dead_ends.piles] == [
        ("Coder A", "Dead ends", False),
        ("Coder B", "Old", False),
        ("Coder C", "dead ends", False),
    ]


def test_cards_decide_which_piles_match_and_names_only_where_cards_do_not(piles: Piles) -> None:
    found = overlap_of(piles, 0, 1)
    assert [(row.name, [cell.n_cards for cell in row.cells]) for row in found.rows] == [
        ("Dead ends", [3, 0, 0]),
        ("Drafts", [2, 0, 0]),
        ("=Odd, one", [0, 2, 1]),
    ]
    assert [(one.names, one.other_names) for one in found.proposals] == [
        (("Dead ends", "Drafts"), ("Old",)),
        (("=Odd, one",), ("Odd one", "Dead end")),
    ]
    assert "5 of 5 cards" in found.proposals[0].reason
    with_gaps = overlap_of(piles, 0, 2)
    assert sum(row.n_apart for row in with_gaps.rows) == 1
    assert with_gaps.n_both == 7


def test_a_large_tree_draws_its_last_joins_and_says_how_many_cards_are_folded() -> None:
    n_cards = MOST_LINES + 40
    piles = of_labels([[n % 10 for n in range(n_cards)], [n % 7 for n in range(n_cards)]])
    tree = survey(piles, Linkage.AVERAGE).tree
    assert tree is not None
    labels = {card: f"Card {card}" for card in range(n_cards)}
    drawing = draw_tree(tree, labels, cut=50, title="average linkage")
    assert len(drawing.leaves) == MOST_LINES
    assert len(drawing.branches) == MOST_LINES - 1
    assert drawing.n_folded == 40
    folded = [leaf.label.partition(" and ")[2].split() for leaf in drawing.leaves]
    assert sum(int(words[0]) for words in folded if words) == 40


@pytest.mark.parametrize(("kind", "n_cards"), [(Kind.INDEPENDENT, 0), (Kind.CALIBRATION, 8)])
def test_cards_that_were_talked_about_are_looked_at_but_count_in_no_figure(
    session: Session, team: Team, kind: Kind, n_cards: int
) -> None:
    cards = list(make_numbered_cards(session, team, KEYS).values())
    book = make_book(session, team)
    make_sorted(session, team, cards, book=book)
    again = make_sorted(session, team, cards, book=book, name="Again", kind=kind)
    assert looked_at(session, again).n_cards == 8
    counted = looked_at(session, again, is_for_figures=True)
    assert (counted.n_cards, counted.n_talked) == (n_cards, 8 - n_cards)
