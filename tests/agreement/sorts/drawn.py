"""Sorts for the tests: from piles of names, drawn by chance, and as Hypothesis strategies."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.agreement.sorts.sorting import Sorts


def sorts_of(*people, cards=()):
    """Return sorts from each participant's piles, a pile being a text of one-letter cards."""
    names = tuple(cards) or tuple(sorted({card for piles in people for card in "".join(piles)}))
    return from_piles(names, [f"p{n}" for n in range(1, len(people) + 1)], people)


def from_piles(cards, participants, people):
    """Return sorts from each participant's list of piles; who is in no pile was not sorted."""
    table = np.full((len(cards), len(participants)), -1)
    place = {card: row for row, card in enumerate(cards)}
    for column, piles in enumerate(people):
        for number, pile in enumerate(piles):
            for card in pile:
                table[place[card], column] = number
    return Sorts(table, tuple(cards), tuple(participants))


def draw_sorts(seed, *, n_cards=40, n_sorts=3, n_piles=6, gaps=0.0):
    """Return sorts that share a tendency, with some cards left out."""
    chance = np.random.default_rng(seed)
    usual = chance.integers(0, n_piles, n_cards)
    own = chance.integers(0, n_piles, (n_cards, n_sorts))
    table = np.where(chance.random(own.shape) < 0.6, usual[:, None], own)
    table[chance.random(own.shape) < gaps] = -1
    cards = tuple(f"c{card:03}" for card in range(n_cards))
    return Sorts(table, cards, tuple(f"p{person}" for person in range(n_sorts)))


@st.composite
def sortings(draw, *, min_cards=0, max_cards=9, min_sorts=0, max_sorts=4, gaps=True):
    """Few cards and piles, so that every awkward case comes up often."""
    shape = draw(st.tuples(st.integers(min_cards, max_cards), st.integers(min_sorts, max_sorts)))
    table = draw(arrays(np.int64, shape, elements=st.integers(-1 if gaps else 0, 4)))
    cards = tuple("abcdefghijklmnop"[: shape[0]])
    return Sorts(table, cards, tuple("wxyz"[: shape[1]]))


def shuffled(sorts, cards, participants):
    """Return the same sorts with cards and participants in another order, piles renumbered."""
    table = sorts.piles[np.ix_(cards, participants)]
    return Sorts(
        np.where(table < 0, -1, 100 - table),
        tuple(sorts.cards[card] for card in cards),
        tuple(sorts.participants[person] for person in participants),
    )
