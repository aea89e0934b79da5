"""The one shape every uploaded table is brought into, and the checks all of them pass."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from app.errors import Invalid
from app.text import first_bad_character, normalised

N_PROBLEMS_SHOWN = 20

Record = tuple[int, list[str]]


class TableFormat(StrEnum):
    """The kinds of file that hold rows."""

    CSV = "csv"
    TSV = "tsv"
    XLSX = "xlsx"
    JSON = "json"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may hold; enough for any card sort, too little to exhaust a server."""

    rows: int = 100_000
    columns: int = 200
    cells: int = 5_000_000
    cell_characters: int = 100_000
    characters: int = 100_000_000
    unpacked_bytes: int = 100_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under named columns, and where in the file each row stands."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    row_numbers: list[int]
    format: TableFormat
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    notices: tuple[str, ...] = ()


def refuse(message: str, problems: Iterable[str] = ()) -> Invalid:
    """Return the refusal of a file, at most twenty findings listed."""
    found = list(problems)
    hidden = len(found) - N_PROBLEMS_SHOWN
    if hidden > 0:
        found = [*found[:N_PROBLEMS_SHOWN], f"… and {hidden:,} more."]
    return Invalid(message, field="file", problems=found)


def build_table(records: Iterable[Record], kind: TableFormat, limits: Limits) -> Table:
    """Return the checked table; the first record that is not blank holds the column names.

    Raises `Invalid` with row and column for whatever cannot be stored as it stands.
    """
    filled = ((number, cells) for number, cells in records if any(map(str.strip, cells)))
    _, header = next(filled, (0, []))
    names = [normalised(name).strip() for name in header]
    check_width(len(names), limits)
    for i, name in enumerate(names, 1):
        check_characters(name, f"The name of column {i}")
        if len(name) > 200:
            raise refuse(f"The name of column {i} is longer than 200 characters.")
    table = Table(tuple(names), [], [], kind)
    _take_rows(table, filled, limits)
    if not table.rows:
        raise refuse("The file has no rows. It needs a line of column names and rows below it.")
    table = _without_unused_columns(table)
    _check_names(table.columns)
    return table


def _take_rows(table: Table, filled: Iterator[Record], limits: Limits) -> None:
    width = len(table.columns)
    most_rows = min(limits.rows, limits.cells // max(width, 1))
    ragged: list[str] = []
    n_characters = 0
    for number, raw in filled:
        if len(raw) != width:
            ragged.append(f"Row {number} has {len(raw)} cells, the header has {width}.")
            if len(ragged) >= limits.rows:
                break
            continue
        if len(table.rows) == most_rows:
            raise _too_many(limits, width)
        row = tuple(map(normalised, raw))
        length = _checked_length(row, number, table.columns, limits.cell_characters)
        n_characters += length
        if n_characters > limits.characters:
            raise refuse(f"The table holds more than {limits.characters:,} characters. Split it.")
        table.rows.append(row)
        table.row_numbers.append(number)
    if ragged:
        raise refuse("Some rows do not have as many cells as there are columns.", ragged)


def _checked_length(row: tuple[str, ...], number: int, columns: tuple[str, ...], most: int) -> int:
    whole = "".join(row)
    if len(whole) > most:
        for name, cell in zip(columns, row, strict=True):
            if len(cell) > most:
                raise refuse(f"Row {number}, column {name}: over {most:,} characters.")
    if first_bad_character(whole) is not None:
        for name, cell in zip(columns, row, strict=True):
            check_characters(cell, f"Row {number}, column {name}")
    return len(whole)


def check_characters(text: str, place: str) -> None:
    """Raise `Invalid`, naming the place, when the text holds a character that cannot be kept."""
    bad = first_bad_character(text)
    if bad is not None:
        position, name = bad
        raise refuse(
            f"{place}: invalid character {name} after {position:,} characters. "
            "Remove it and upload the file again."
        )


def check_width(n_columns: int, limits: Limits) -> None:
    """Raise `Invalid` when there are more columns than the limit."""
    if n_columns > limits.columns:
        raise refuse(
            f"The table has more columns than fit: {n_columns:,}. "
            f"The limit is {limits.rows:,} rows and {limits.columns:,} columns."
        )


def _too_many(limits: Limits, width: int) -> Invalid:
    if limits.rows * width > limits.cells:
        return refuse(
            f"The table has more than {limits.cells:,} cells. Leave out columns, or split it."
        )
    return refuse(
        f"The table has too many rows. The limit is {limits.rows:,} rows and "
        f"{limits.columns:,} columns. Split the file."
    )


def _without_unused_columns(table: Table) -> Table:
    """Drop what spreadsheets leave at the edge: columns with neither a name nor a value."""
    unnamed = [i for i, name in enumerate(table.columns) if not name]
    unused = {i for i in unnamed if not any(row[i] for row in table.rows)}
    if not unused:
        return table
    kept = [i for i in range(len(table.columns)) if i not in unused]
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=[tuple(row[i] for i in kept) for row in table.rows],
    )


def _check_names(columns: tuple[str, ...]) -> None:
    problems = [f"Column {i} has no name." for i, name in enumerate(columns, 1) if not name]
    problems += [
        f"The column name “{name}” stands {n} times."
        for name, n in Counter(columns).items()
        if name and n > 1
    ]
    if problems:
        raise refuse("Every column needs a name of its own.", problems)
