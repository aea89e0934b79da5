"""PURE: rows that give a card several categories, in one cell or in several rows."""

import numpy as np

from app.agreement import SetRatings
from app.agreement.ratings import IntArray
from app.calculator.labels import category_codes, order_of
from app.calculator.refusals import refuse_rows
from app.calculator.rows import Rows, check_categories, first_rows, index, repeated


def read_sets(rows: Rows, declared: tuple[str, ...]) -> SetRatings:
    """Return the sets; an empty cell is the judgement that no category applies."""
    owners, parts = _parts(rows)
    places, names = index(parts)
    firsts = owners[first_rows(places, len(names))].tolist()
    used = {name: rows.numbers[row] for name, row in zip(names, firsts, strict=True)}
    categories = declared or order_of(used, rows.layout.scale)
    check_categories(rows, len(categories))
    codes = category_codes(names, categories, used)[places]
    _refuse_said_twice(rows, owners, codes)
    _refuse_none_and_some(rows)
    judged = np.zeros(rows.shape, dtype=np.bool_)
    judged[rows.cards, rows.coders] = True
    members = np.zeros((*rows.shape, len(categories)), dtype=np.bool_)
    members[rows.cards[owners], rows.coders[owners], codes] = True
    return SetRatings(members, judged, categories, coders=rows.coder_names)


def _parts(rows: Rows) -> tuple[IntArray, list[str]]:
    """Return every single label after the row it stands in."""
    separator = rows.layout.separator
    owners: list[int] = []
    parts: list[str] = []
    blank: list[int] = []
    for row, cell in enumerate(rows.labels):
        if not cell:
            continue
        found = cell.split(separator)
        if "" in found:
            blank.append(rows.numbers[row])
        owners.extend([row] * len(found))
        parts.extend(found)
    if blank:
        raise refuse_rows(
            f"Row {number}: there is no category on one side of “{separator}”." for number in blank
        )
    return np.array(owners, dtype=np.int64), parts


def _refuse_said_twice(rows: Rows, owners: IntArray, codes: IntArray) -> None:
    n_categories = int(codes.max(initial=0)) + 1
    found = repeated(rows.pairs[owners] * n_categories + codes)
    if found:
        raise refuse_rows(
            _said_twice(rows, int(owners[first]), int(owners[later])) for first, later in found
        )


def _said_twice(rows: Rows, first: int, later: int) -> str:
    number = rows.numbers[later]
    if first == later:
        return f"Row {number} names a category twice: {rows.whose(later)}."
    return f"Row {number} repeats a category of row {rows.numbers[first]}: {rows.whose(later)}."


def _refuse_none_and_some(rows: Rows) -> None:
    """Refuse "none applies" said twice, or beside a category."""
    is_empty = np.array([not cell for cell in rows.labels], dtype=np.bool_)
    empty = np.flatnonzero(is_empty)
    torn = empty[np.isin(rows.pairs[empty], rows.pairs[~is_empty])].tolist()
    if torn:
        raise refuse_rows(
            f"Row {rows.numbers[row]} says that no category applies, and another row names one: "
            f"{rows.whose(row)}."
            for row in torn
        )
    found = repeated(rows.pairs[empty])
    if found:
        raise refuse_rows(
            f"Row {rows.numbers[empty[later]]} repeats row {rows.numbers[empty[first]]}: "
            f"{rows.whose(int(empty[later]))}."
            for first, later in found
        )
