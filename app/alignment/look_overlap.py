"""The piles of two coders against each other: shared cards, and which may mean the same."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from app.agreement.ratings import IntArray
from app.agreement.sorts.matching import Match, propose_matches
from app.alignment.look_piles import Piles

HEATS = 5
MOST_PILES = 60  # in a row or column of the page; the file has all


@dataclass(frozen=True, slots=True)
class Cell:
    """Cards in both piles; `is_match` marks piles that are proposed to belong together."""

    n_cards: int
    heat: int
    is_match: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A pile of the first coder against each of the second; `n_apart` did the second not sort."""

    name: str
    cells: tuple[Cell, ...]
    n_both: int
    n_apart: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Piles that may belong together, and why, in words."""

    names: tuple[str, ...]
    other_names: tuple[str, ...]
    reason: str
    score: float

    @property
    def is_alone(self) -> bool:
        return not self.names or not self.other_names


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two coders' piles, ordered so that what belongs together stands near the diagonal."""

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    totals: tuple[int, ...]
    proposals: tuple[Proposal, ...]
    n_both: int
    n_more_rows: int
    n_more_columns: int


def overlap_counts(piles: Piles, first: int, second: int) -> IntArray:
    """Return how many cards each pile of one coder shares with each of the other."""
    one, other = piles.inside[first].astype(np.int64), piles.inside[second].astype(np.int64)
    table: IntArray = one.T @ other
    return table


def overlap_of(piles: Piles, first: int, second: int) -> Overlap:
    """Return the table of two coders with its proposals; without these where sorts overlap.

    What two sorts that are no partitions share cannot be counted card by card.
    """
    table = overlap_counts(piles, first, second)
    names, others = piles.names[first], piles.names[second]
    matches = () if piles.n_twice else propose_matches(table, names, others)
    rows, columns = _order(table, matches)
    together = {pair for match in matches for pair in product(match.piles, match.other_piles)}
    most = int(table.max(initial=0))
    both = piles.is_sorted[:, first] & piles.is_sorted[:, second]
    shown = columns[:MOST_PILES]
    return Overlap(
        rows=tuple(
            Row(
                names[row],
                tuple(_cell(int(table[row, at]), most, (row, at) in together) for at in shown),
                int((piles.inside[first][:, row] & both).sum()),
                int((piles.inside[first][:, row] & ~both).sum()),
            )
            for row in rows[:MOST_PILES]
        ),
        columns=tuple(others[at] for at in shown),
        totals=tuple(int((piles.inside[second][:, at] & both).sum()) for at in shown),
        proposals=tuple(_proposal(match, names, others) for match in matches),
        n_both=int(both.sum()),
        n_more_rows=max(0, len(rows) - MOST_PILES),
        n_more_columns=max(0, len(columns) - MOST_PILES),
    )


def _cell(n_cards: int, most: int, is_match: bool) -> Cell:
    return Cell(n_cards, math.ceil(HEATS * n_cards / most) if n_cards else 0, is_match)


def _order(table: IntArray, matches: Sequence[Match]) -> tuple[list[int], list[int]]:
    """Return rows and columns as the matches name them, or as they were made."""
    if not matches:
        return list(range(table.shape[0])), list(range(table.shape[1]))
    return (
        [pile for match in matches for pile in match.piles],
        [pile for match in matches for pile in match.other_piles],
    )


def _proposal(match: Match, names: Sequence[str], others: Sequence[str]) -> Proposal:
    return Proposal(
        tuple(names[one] for one in match.piles),
        tuple(others[one] for one in match.other_piles),
        match.reason,
        match.score,
    )
