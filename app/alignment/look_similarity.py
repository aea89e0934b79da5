"""How often coders put two cards together, and the tree that follows; worked out once."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from app.agreement.ratings import BoolArray, CountArray, FloatArray, IntArray, ratio
from app.agreement.sorts.dendrogram import Dendrogram, Linkage, build_dendrogram
from app.alignment.look_overview import Levels, levels_of
from app.alignment.look_piles import Piles

MOST_CARDS = 3_000  # as in `concord sorts`: beyond, one matrix fills a small server
MOST_PAIRS = 20
_KEPT = 24


@dataclass(frozen=True, slots=True)
class Near:
    """Two cards by their places, and the coders who put them together, of those who sorted both."""

    first: int
    second: int
    n_together: int
    n_both: int


@dataclass(frozen=True, slots=True)
class Level:
    """How many pairs of cards so many coders, of so many who sorted both, put together."""

    n_together: int
    n_both: int
    n_pairs: int


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What all similarities of a facet say.

    The tree calls the first of `in_tree` its card 0. `left_out` have no known similarity to some
    others and are not in it; `why_no_tree` says why there is none. `among` has all cards that
    anybody sorted: those of the tree in its order, then the others.
    """

    linkage: Linkage
    in_tree: IntArray
    left_out: tuple[int, ...]
    tree: Dendrogram | None
    why_no_tree: str
    among: tuple[int, ...]
    nearest: tuple[Near, ...]
    levels: tuple[Level, ...]
    overview: Levels


def together(
    piles: Piles, rows: Sequence[int], columns: Sequence[int]
) -> tuple[CountArray, CountArray]:
    """Return the coders who put each two of these cards together, and those who sorted both."""
    rows, columns = list(rows), list(columns)
    n_together = np.zeros((len(rows), len(columns)), dtype=np.int16)
    for one in piles.inside:
        table = one.astype(np.float32)
        n_together += (table[rows] @ table[columns].T) > 0
    is_sorted = piles.is_sorted.astype(np.float32)
    n_both = (is_sorted[rows] @ is_sorted[columns].T).astype(np.int16)
    return n_together, n_both


def similarity(piles: Piles, rows: Sequence[int], columns: Sequence[int]) -> FloatArray:
    """Return the share of coders who put each two cards together; NaN where nobody sorted both.

    It is `cooccurrence` of these cards, also where cards lie in several piles of a coder: then
    two cards are together if any of these piles holds both.
    """
    n_together, n_both = together(piles, rows, columns)
    return ratio(n_together, n_both)


_kept: OrderedDict[tuple[str, Linkage], Survey] = OrderedDict()
_one_at_a_time = Lock()  # a matrix of 3,000 cards and its tree take half a gigabyte for seconds


def survey(piles: Piles, linkage: Linkage) -> Survey:
    """Return what the similarities say; the piles of a closed round never change, so it is kept.

    Raises ValueError with more than `MOST_CARDS` cards.
    """
    if piles.n_cards > MOST_CARDS:
        raise ValueError(f"Up to {MOST_CARDS:,} cards can be compared.")
    key = (piles.digest, linkage)
    with _one_at_a_time:
        if key not in _kept:
            _kept[key] = _survey(piles, linkage)
            while len(_kept) > _KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key]


def _survey(piles: Piles, linkage: Linkage) -> Survey:
    cards = np.flatnonzero(piles.is_sorted.any(axis=1))
    n_together, n_both = together(piles, cards.tolist(), cards.tolist())
    upper = np.triu_indices(cards.size, 1)
    known = _known_to_each_other(n_both == 0)
    is_in = np.zeros(cards.size, dtype=np.bool_)
    is_in[known] = True
    tree, order = None, np.arange(cards.size)
    if known.size:
        square = np.ix_(known, known)
        names = [piles.keys[card] for card in cards[known]]
        tree = build_dendrogram(n_together[square] / n_both[square], names, linkage=linkage)
        order = np.concatenate([known[tree.leaf_order], np.flatnonzero(~is_in)])
    return Survey(
        linkage=linkage,
        in_tree=cards[known],
        left_out=tuple(cards[~is_in].tolist()),
        tree=tree,
        why_no_tree="" if known.size else _why_no_tree(cards.size),
        among=tuple(cards[order].tolist()),
        nearest=_nearest(cards, upper, n_together[upper], n_both[upper]),
        levels=_levels(n_together[upper], n_both[upper]),
        overview=levels_of(n_together, n_both, order),
    )


def _why_no_tree(n_cards: int) -> str:
    if n_cards == 0:
        return "nobody sorted a card"
    return "most cards have others that no coder sorted together with them"


def _known_to_each_other(is_unknown: BoolArray) -> IntArray:
    """Return the cards whose similarities are all known; none if that leaves out the most.

    Until no gap is left the card with most gaps goes, among equals the one whose name comes last.
    """
    n_cards = is_unknown.shape[0]
    n_gaps = is_unknown.sum(axis=1)
    is_kept = np.ones(n_cards, dtype=np.bool_)
    while n_gaps.any():
        worst = n_cards - 1 - int(n_gaps[::-1].argmax())
        is_kept[worst] = False
        n_gaps = np.where(is_kept, n_gaps - is_unknown[worst], 0)
    kept = np.flatnonzero(is_kept)
    return kept if 2 * kept.size > n_cards else kept[:0]


def _nearest(
    cards: IntArray,
    pairs: tuple[IntArray, ...],
    n_together: CountArray,
    n_both: CountArray,
) -> tuple[Near, ...]:
    """Return the pairs most coders put together; among equals those that most coders sorted."""
    known = np.flatnonzero(n_together)
    shares = n_together[known] / n_both[known]
    order = known[np.lexsort((known, -n_both[known], -shares))][:MOST_PAIRS]
    rows, columns = (cards[places[order]].tolist() for places in pairs)
    counts = (n_together[order].tolist(), n_both[order].tolist())
    return tuple(Near(*found) for found in zip(rows, columns, *counts, strict=True))


def _levels(n_together: CountArray, n_both: CountArray) -> tuple[Level, ...]:
    if not n_both.size:
        return ()
    width = int(n_both.max()) + 1
    every = n_both.astype(np.int64) * width + n_together
    codes, counts = np.unique(every, return_counts=True)
    found = [
        Level(int(code % width), int(code // width), int(n))
        for code, n in zip(codes, counts, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-_share(one), -one.n_both)))


def _share(level: Level) -> float:
    return level.n_together / level.n_both if level.n_both else -1.0
