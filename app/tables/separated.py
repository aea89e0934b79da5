"""CSV and TSV: rows of cells between commas, semicolons, tabs or bars."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from app.tables.decoding import decode
from app.tables.table import Limits, Record, Table, TableFormat, build_table, refuse
from app.text import plain_cell

DELIMITERS = (",", ";", "\t", "|")
NAMES_OF_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

_SAMPLE_CHARACTERS = 65_536
_SAMPLE_RECORDS = 20
_DELIMITER_LINE = re.compile(r'"?sep=([,;\t|])"?\r?\n')
_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')


def read_separated(
    content: bytes, *, encoding: str | None, delimiter: str | None, limits: Limits
) -> Table:
    """Return the table of a CSV or TSV file; encoding and delimiter are guessed when None."""
    decoded = decode(content, encoding)
    text, stated = _without_delimiter_line(decoded.text)
    n_lines_before = 1 if stated else 0
    delimiter = delimiter or stated or guess_delimiter(text)
    records = _records(text, delimiter, n_lines_before, limits)
    kind = TableFormat.TSV if delimiter == "\t" else TableFormat.CSV
    table = build_table(records, kind, limits)
    return replace(table, encoding=decoded.encoding, delimiter=delimiter)


def guess_delimiter(text: str) -> str:
    """Return the delimiter under which the first rows are most alike and widest.

    Judged by the header, for texts of cards hold commas and semicolons in plenty.
    """
    sample = text[:_SAMPLE_CHARACTERS]
    best, best_score = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        widths = [len(cells) for cells in _sample_records(sample, delimiter) if cells]
        if not widths or widths[0] == 1:
            continue
        alike = sum(width == widths[0] for width in widths) / len(widths)
        if (alike, widths[0]) > best_score:
            best, best_score = delimiter, (alike, widths[0])
    return best


def _sample_records(sample: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    records = list(islice(reader, _SAMPLE_RECORDS))
    is_cut = len(sample) == _SAMPLE_CHARACTERS and len(records) > 1
    return records[:-1] if is_cut else records


def _without_delimiter_line(text: str) -> tuple[str, str | None]:
    """Take off the line `sep=;` by which some spreadsheets announce the delimiter."""
    found = _DELIMITER_LINE.match(text)
    return (text, None) if found is None else (text[found.end() :], found.group(1))


def _records(text: str, delimiter: str, n_lines_before: int, limits: Limits) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    has_apostrophes = "'" in text
    number, n_lines, header = n_lines_before, 0, [""]
    try:
        for cells in reader:
            number += 1
            n_lines = reader.line_num
            header = header if any(header) else cells
            yield number, [*map(plain_cell, cells)] if has_apostrophes else cells
    except csv.Error as problem:
        record = _from_line(text, n_lines)
        reason = _reason(record, delimiter, n_lines_before + n_lines + 1)
        if reason is None:
            column = _column_of_longest(record, delimiter)
            name = header[column] if column < len(header) else str(column + 1)
            reason = f"Row {number + 1}, column {name}: over {limits.cell_characters:,} characters."
        raise refuse(reason) from problem


def _from_line(text: str, n_lines: int) -> str:
    lines = io.StringIO(text, newline="")
    for _ in islice(lines, n_lines):
        pass
    return text[lines.tell() :]


def _reason(record: str, delimiter: str, line: int) -> str | None:
    """Return in words which quote of the record went wrong, or None when its quotes are sound."""
    counted = 0
    for start, end in _cells(record, delimiter):
        line += _n_line_ends(record, counted, start)
        counted = start
        if end == len(record) and not _QUOTED.match(record, start) and record[start] == '"':
            return f"The quote opened on line {line} is never closed."
        if end < len(record) and record[end] not in delimiter + "\r\n":
            closed = line + _n_line_ends(record, start, end)
            return (
                f"The quote opened on line {line} ends in the middle of a cell on line {closed}. "
                "A quote inside a cell is written twice."
            )
    return None


def _column_of_longest(record: str, delimiter: str) -> int:
    lengths = [end - start for start, end in _cells(record, delimiter)]
    return lengths.index(max(lengths))


def _cells(record: str, delimiter: str) -> Iterator[tuple[int, int]]:
    """Yield where each cell of the first record starts and ends, quotes included.

    A cell that is quoted badly is the last; it ends at the stray character, or with the text.
    """
    bare = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    start = end = 0
    while start < len(record):
        is_quoted = record[start] == '"'
        found = (_QUOTED if is_quoted else bare).match(record, start)
        end = len(record) if found is None else found.end()
        yield start, end
        if end == len(record) or record[end] != delimiter:
            return
        start = end + 1


def _n_line_ends(text: str, start: int, end: int) -> int:
    return (
        text.count("\n", start, end) + text.count("\r", start, end) - text.count("\r\n", start, end)
    )
