"""PURE: a long table of judgements, read exactly as it is written or refused with the row.

A label is the very text of its cell: "nan", "NA", " a" and "A" are labels of their own, and only
the empty cell says nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from app.agreement import Ratings, Scale, SetRatings
from app.agreement.ratings import IntArray
from app.calculator.cautions import cautions_of
from app.calculator.labels import category_codes, declared_categories, order_of
from app.calculator.refusals import refuse_rows
from app.calculator.rows import (
    Bounds,
    Layout,
    Rows,
    check_categories,
    check_size,
    first_rows,
    index,
    refuse_pairs_alike,
    refuse_repeats,
)
from app.calculator.sets import read_sets
from app.errors import Invalid
from app.tables.table import Table, refuse

WIDE = Bounds()


@dataclass(frozen=True, slots=True)
class Judgements:
    """What a table says: the judgements, and the document of each card if a column names it."""

    ratings: Ratings | SetRatings
    clusters: IntArray | None
    n_rows: int
    notices: tuple[str, ...]


def check_layout(layout: Layout) -> None:
    """Raise `Invalid` for choices that contradict each other, whatever the table holds."""
    declared_categories(layout.categories, layout.scale)
    if len(set(layout.columns)) < len(layout.columns):
        raise Invalid("Card, coder and category stand in columns of their own.", field="unit")
    if layout.is_multiple and layout.scale is not Scale.NOMINAL:
        raise Invalid(
            "Sets of categories have no scale: choose several categories or a scale, not both.",
            field="scale",
        )
    if layout.is_multiple and not layout.separator:
        raise Invalid("Several categories need a separator between them.", field="separator")


def read_judgements(table: Table, layout: Layout, bounds: Bounds = WIDE) -> Judgements:
    """Return the judgements of a long table; raises `Invalid` naming row and reason."""
    check_layout(layout)
    declared = declared_categories(layout.categories, layout.scale)
    cells = columns_of(table, layout)
    cards, card_names = index(cells[layout.unit])
    coders, coder_names = index(cells[layout.coder], is_sorted=True)
    check_size(layout, bounds, len(card_names), len(coder_names))
    refuse_pairs_alike(coder_names)
    labels = cells[layout.label]
    numbers = table.row_numbers
    rows = Rows(layout, bounds, numbers, cards, coders, labels, card_names, coder_names)
    ratings = read_sets(rows, declared) if layout.is_multiple else _read_single(rows, declared)
    clusters = _clusters(rows, cells[layout.cluster]) if layout.cluster else None
    notices = (*table.notices, *cautions_of(layout, ratings.categories))
    return Judgements(ratings, clusters, len(table.rows), notices)


def columns_of(table: Table, layout: Layout) -> dict[str, list[str]]:
    """Return the cells of the columns in use; only the label may be empty."""
    unknown = [f"“{name[:60]}”" for name in layout.columns if name not in table.columns]
    if unknown:
        raise refuse(
            f"The first row names no column {' or '.join(unknown)}. "
            f"Its columns are: {', '.join(table.columns[:20])}."
        )
    places = {name: table.columns.index(name) for name in layout.columns}
    cells = {name: [row[place] for row in table.rows] for name, place in places.items()}
    for name in layout.columns:
        if name != layout.label:
            _refuse_blank(name, cells[name], table.row_numbers)
    return cells


def _refuse_blank(column: str, cells: Iterable[str], numbers: Sequence[int]) -> None:
    blank = [number for number, cell in zip(numbers, cells, strict=True) if not cell.strip()]
    if blank:
        raise refuse_rows(f"Row {number}: the column “{column}” is empty." for number in blank)


def _read_single(rows: Rows, declared: tuple[str, ...]) -> Ratings:
    refuse_repeats(rows)
    places, names = index(rows.labels)
    firsts = first_rows(places, len(names))
    used = {name: rows.numbers[row] for name, row in zip(names, firsts, strict=True) if name}
    categories = declared or order_of(used, rows.layout.scale)
    check_categories(rows, len(categories))
    codes = np.full(rows.shape, -1, dtype=np.int64)
    codes[rows.cards, rows.coders] = category_codes(names, categories, used)[places]
    return Ratings(codes, categories, scale=rows.layout.scale, coders=rows.coder_names)


def _clusters(rows: Rows, cells: Sequence[str]) -> IntArray:
    """Return the document of each card; a card that lies in two is refused."""
    places, names = index(cells)
    firsts = np.array(first_rows(rows.cards, len(rows.card_names)), dtype=np.int64)
    found = places[firsts]
    strays = np.flatnonzero(found[rows.cards] != places).tolist()
    if strays:
        raise refuse_rows(
            f"Row {rows.numbers[row]}: the card “{rows.card_names[rows.cards[row]][:60]}” lies in "
            f"“{names[places[row]][:60]}” here, and in “{names[found[rows.cards[row]]][:60]}” in "
            f"row {rows.numbers[firsts[rows.cards[row]]]}."
            for row in strays
        )
    return found
