"""PURE: a report as lines of text for a terminal."""

import unicodedata
from collections.abc import Iterator, Sequence

from app.calculator.table import Cell, Grid, Matrix, Report, number

LONGEST_NAME = 52
NOT_DEFINED = "not defined"
NOT_COMPUTED = "not computed"


def as_text(report: Report) -> str:
    """Return the report as text: counts, notices, and a table of each kind of figure."""
    parts = [
        as_columns([[name, number(value)] for name, value in report.counts]),
        "\n".join(f"Note: {sentence}" for sentence in report.notices),
        _figures(report),
        _grid("Category", report.by_category),
        _grid("Coders", report.by_pair),
        *(_matrix(report.categories, matrix) for matrix in report.matrices),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _figures(report: Report) -> str:
    head = ["Figure", "Value", "Std. error", "95 % interval"]
    rows = [
        [line.name.term, _value(line.value), line.error, line.value.interval or NOT_COMPUTED]
        for line in report.lines
    ]
    return as_columns(
        [head, *rows], says=report.intervals_from, reasons=[*_details(report), *_reasons(report)]
    )


def _value(cell: Cell) -> str:
    return cell.shown or (NOT_DEFINED if cell.reason else "")


def _with_interval(cell: Cell) -> str:
    return f"{cell.shown} ({cell.interval})" if cell.interval else _value(cell)


def _reasons(report: Report) -> list[str]:
    return [
        f"{line.name.term} is not defined: {line.value.reason}."
        for line in report.lines
        if line.value.reason
    ]


def _details(report: Report) -> list[str]:
    """Return each note once, after all the figures that it is about."""
    noted = {line.detail: list[str]() for line in report.lines if line.detail}
    for line in report.lines:
        if line.detail:
            noted[line.detail].append(line.name.term)
    return [f"{', '.join(terms)}: {detail}." for detail, terms in noted.items()]


def _grid(what: str, grid: Grid) -> str:
    if not grid.rows:
        return ""
    head = [what, *(name.term for name in grid.head)]
    rows = [[row.name, *map(_with_interval, row.cells)] for row in grid.rows]
    reasons = [
        f"{name.term} is not defined for {fit(row.name)}: {cell.reason}."
        for row in grid.rows
        for name, cell in zip(grid.head, row.cells, strict=True)
        if cell.reason
    ]
    return as_columns([head, *rows], reasons=reasons)


def _matrix(categories: Sequence[str], matrix: Matrix) -> str:
    head = [f"{fit(matrix.first)} \\ {fit(matrix.second)}", *categories]
    rows = [
        [name, *map(number, cells)] for name, cells in zip(categories, matrix.rows, strict=True)
    ]
    return as_columns([head, *rows])


def as_columns(rows: list[list[str]], *, says: str = "", reasons: Sequence[str] = ()) -> str:
    """Return columns of text, the first set to the left and all others to the right."""
    if not rows:
        return ""
    cells = [[fit(cell) for cell in row] for row in rows]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(_set(row, widths)).rstrip() for row in cells]
    return "\n".join([*lines, *([says] if says else []), *reasons])


def _set(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        space = " " * (width - _width(cell))
        yield cell + space if place == 0 else space + cell


def fit(text: str) -> str:
    """Return a name fit for one line: no line ends, no characters a terminal acts on."""
    plain = "".join(
        " " if c.isspace() else "�" if unicodedata.category(c) in {"Cc", "Cf"} else c for c in text
    )
    return plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME - 1]}…"


def _width(text: str) -> int:
    """Return how many columns a terminal gives the text: two for wide letters, none for marks."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
