"""PURE: a long table of open sorts, a row for each card of each participant.

A pile is known by its participant and the very text of its cell: the same text of another
participant is another pile, and an empty cell says that the card was not sorted.
"""

from dataclasses import dataclass

import numpy as np

from app.agreement.sorts.sorting import Sorts
from app.calculator.reading import check_layout, columns_of
from app.calculator.refusals import refuse_rows
from app.calculator.rows import Bounds, Layout, Rows, index, refuse_pairs_alike, repeated
from app.tables.table import Table, refuse

MOST_CARDS = 3_000
MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class ReadSorts:
    """What a table says of who put which card where."""

    sorts: Sorts
    n_rows: int
    notices: tuple[str, ...]


def read_sorts(table: Table, layout: Layout) -> ReadSorts:
    """Return the sorts of a long table, cards and people in the order of their names.

    Raises `Invalid` naming the row that cannot be read.
    """
    check_layout(layout)
    cells = columns_of(table, layout)
    cards, card_names = index(cells[layout.unit], is_sorted=True)
    people, names = index(cells[layout.coder], is_sorted=True)
    _check_size(layout, len(card_names), len(names))
    refuse_pairs_alike(names)
    labels = cells[layout.label]
    rows = Rows(layout, Bounds(), table.row_numbers, cards, people, labels, card_names, names)
    _refuse_second_piles(rows)
    piles, pile_names = index(labels)
    is_sorted = np.array([bool(name) for name in pile_names], dtype=np.bool_)[piles]
    codes = np.full(rows.shape, -1, dtype=np.int64)
    codes[cards[is_sorted], people[is_sorted]] = piles[is_sorted]
    return ReadSorts(Sorts(codes, card_names, names), len(table.rows), table.notices)


def _check_size(layout: Layout, n_cards: int, n_people: int) -> None:
    """Refuse what would take more memory than a laptop has, or hours."""
    if n_cards > MOST_CARDS or n_people > MOST_PEOPLE:
        raise refuse(
            f"The column “{layout.unit}” names {n_cards:,} cards and “{layout.coder}” "
            f"{n_people:,} participants; up to {MOST_CARDS:,} and {MOST_PEOPLE:,} can be compared. "
            "Are these the right columns?"
        )


def _refuse_second_piles(rows: Rows) -> None:
    """Refuse a card that a participant has twice: a sort is a partition."""
    found = repeated(rows.pairs)
    if found:
        raise refuse_rows(_second_pile(rows, first, later) for first, later in found)


def _second_pile(rows: Rows, first: int, later: int) -> str:
    number, before = rows.numbers[later], rows.numbers[first]
    card = rows.card_names[rows.cards[later]][:60]
    person = rows.coder_names[rows.coders[later]][:60]
    one, other = rows.labels[first][:60], rows.labels[later][:60]
    if one == other:
        return (
            f"Row {number} repeats row {before}: participant “{person}”, card “{card}”. "
            "A card stands in one row for each participant."
        )
    return (
        f"Row {number} puts the card “{card}” of participant “{person}” into “{other}”, row "
        f"{before} into “{one}”. Sorts can be compared if each card lies in one pile."
    )
