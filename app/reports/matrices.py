"""PURE: who said what: the confusion matrix of two coders, shaded where they differ."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from app.reports.stored import StoredFacet, StoredPair

HEATS = 5
_MOST_LISTED = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """Cards that the first coder gave this row's answer and the second this column's."""

    n_cards: int
    row: int
    column: int
    heat: int

    @property
    def is_same(self) -> bool:
        return self.row == self.column


@dataclass(frozen=True, slots=True)
class Row:
    answer: int
    cells: tuple[Cell, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Confused:
    """Two answers given to the same cards, with the cells of both directions."""

    one: int
    other: int
    cells: tuple[Cell, ...]

    @property
    def n_cards(self) -> int:
        return sum(cell.n_cards for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The answers of two coders to the cards both judged."""

    first: int
    second: int
    rows: tuple[Row, ...]
    totals: tuple[int, ...]
    n_cards: int
    key: tuple[str, ...]
    confused: tuple[Confused, ...]


def matrices(stored: StoredFacet) -> tuple[Matrix, ...]:
    """Return one matrix for each two coders; none where cards carry sets."""
    return tuple(
        matrix(pair, pair.found["confusion"])
        for pair in stored.pairs()
        if pair.found["confusion"] is not None
    )


def matrix(pair: StoredPair, table: Sequence[Sequence[int]]) -> Matrix:
    most = max((n for i, line in enumerate(table) for j, n in enumerate(line) if i != j), default=0)
    rows = tuple(
        Row(
            answer=i,
            cells=tuple(Cell(n, i, j, 0 if i == j else heat(n, most)) for j, n in enumerate(line)),
            total=sum(line),
        )
        for i, line in enumerate(table)
    )
    totals = tuple(sum(column) for column in zip(*table, strict=True))
    return Matrix(
        first=pair.first,
        second=pair.second,
        rows=rows,
        totals=totals,
        n_cards=sum(totals),
        key=key(most),
        confused=_confused(rows),
    )


def heat(n_cards: int, most: int) -> int:
    """Return the shade of a cell, 0 to 5: one for each card up to five, else by fifths."""
    if n_cards == 0:
        return 0
    return n_cards if most <= HEATS else math.ceil(HEATS * n_cards / most)


def key(most: int) -> tuple[str, ...]:
    """Return what each shade stands for."""
    if most <= HEATS:
        return tuple(str(n) for n in range(1, most + 1))
    limits = [most * shade // HEATS for shade in range(HEATS + 1)]
    ranges = [(low + 1, high) for low, high in pairwise(limits)]
    return tuple(str(low) if low == high else f"{low}–{high}" for low, high in ranges)


def _confused(rows: Sequence[Row]) -> tuple[Confused, ...]:
    found = []
    for i, j in combinations(range(len(rows)), 2):
        both = (rows[i].cells[j], rows[j].cells[i])
        cells = tuple(cell for cell in both if cell.n_cards)
        if cells:
            found.append(Confused(i, j, cells))
    found.sort(key=lambda pair: -pair.n_cards)
    return tuple(found[:_MOST_LISTED])
