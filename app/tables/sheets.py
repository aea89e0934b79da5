"""XLSX: the values of one sheet, row by row.

Values are read where they lie, each shared string once: a small file that repeats a long text
a million times costs no more memory than its rows. Formulas, macros and links are never run.
"""

from collections.abc import Iterator
from dataclasses import replace

from app.errors import Invalid, WrongType
from app.tables.cells import NumberKind, number_as_text, unescaped
from app.tables.packages import Package, damaged
from app.tables.signatures import kind_of
from app.tables.table import (
    Limits,
    Record,
    Table,
    TableFormat,
    build_table,
    check_width,
    refuse,
)
from app.tables.workbook import Attributes, Sheet, Workbook, open_workbook, walk

_EXTRAS = (
    ("vbaProject", "Macros in the file were ignored."),
    ("externalLinks/", "Links to other workbooks were not followed."),
)
_SAVE_AS = "Open it in a spreadsheet program and save it as XLSX."


def read_sheet(content: bytes, *, sheet: str | None, limits: Limits) -> Table:
    """Return the table on the named sheet, or on the first one that can be seen."""
    package = open_package(content, limits)
    workbook = open_workbook(package, longest=limits.cell_characters)
    chosen = _choose(workbook, sheet)
    cells = _Cells(workbook, limits)
    walk(package.stream(chosen.part), start=cells.start, end=cells.end, text=cells.text)
    table = build_table(cells.records(), TableFormat.XLSX, limits)
    notices = [notice for name, notice in _EXTRAS if any(name in part for part in package.names)]
    if len(workbook.sheets) > 1:
        notices.append(
            f"Only the sheet “{chosen.name}” was read; the workbook has {len(workbook.sheets)}."
        )
    return replace(table, sheet=chosen.name, notices=(*cells.notices(), *notices))


def open_package(content: bytes, limits: Limits) -> Package:
    """Return the package of a workbook, or say which kind of file it is instead."""
    if kind_of(content) == "ole":
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise WrongType("The file is password-protected. Save a copy without a password.")
        raise WrongType(f"The file is in an older format (XLS). {_SAVE_AS}")
    package = Package(content, budget=limits.unpacked_bytes)
    if "xl/workbook.xml" in package:
        return package
    if "xl/workbook.bin" in package:
        raise WrongType(f"The file looks like XLSB, not XLSX. {_SAVE_AS}")
    if "word/document.xml" in package:
        raise WrongType("The file looks like DOCX, not XLSX.")
    if b"opendocument.spreadsheet" in package.read("mimetype"):
        raise WrongType(f"The file looks like ODS, not XLSX. {_SAVE_AS}")
    raise WrongType("The file looks like ZIP, not XLSX.")


def _choose(workbook: Workbook, name: str | None) -> Sheet:
    if not workbook.sheets:
        raise refuse("The workbook has no sheet with cells.")
    if name is None:
        return next((s for s in workbook.sheets if not s.is_hidden), workbook.sheets[0])
    for sheet in workbook.sheets:
        if sheet.name == name:
            return sheet
    names = ", ".join(f"“{s.name}”" for s in workbook.sheets[:10])
    raise Invalid(f"There is no sheet “{name}”. The workbook has {names}.", field="sheet")


class _Cells:
    """Collects the cells of one sheet as the XML passes by."""

    def __init__(self, workbook: Workbook, limits: Limits) -> None:
        self._workbook = workbook
        self._limits = limits
        self._rows: list[tuple[int, list[str]]] = []
        self._n_formulas = self._n_without_value = 0
        self._number = 0
        self._row: list[str] = []
        self._column = -1
        self._type = "n"
        self._style: str | None = None
        self._pieces: list[str] = []
        self._n_characters = 0
        self._is_value = self._is_hint = self._has_formula = False

    def records(self) -> Iterator[Record]:
        """Yield the rows, short ones filled up to the width of the header."""
        width = len(self._rows[0][1]) if self._rows else 0
        for number, cells in self._rows:
            yield number, cells + [""] * (width - len(cells))

    def notices(self) -> Iterator[str]:
        if self._n_formulas:
            yield "Formulas were not computed; the values stored in the file were taken."
        if self._n_without_value:
            yield f"Formulas without a stored value, left empty: {self._n_without_value:,}."

    def start(self, name: str, found: Attributes) -> None:
        if name == "c":
            self._start_cell(found)
        elif name in {"v", "t"}:
            self._is_value = not self._is_hint
        elif name == "row":
            self._start_row(found)
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._is_hint = True

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._is_value = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._is_hint = False

    def text(self, text: str) -> None:
        if self._is_value and self._n_characters <= self._limits.cell_characters:
            self._pieces.append(text[: self._limits.cell_characters + 1])
            self._n_characters += len(text)

    def _start_row(self, found: Attributes) -> None:
        self._number = _decimal(found.get("r"), self._number + 1)
        self._row = []
        self._column = -1

    def _start_cell(self, found: Attributes) -> None:
        self._column = _column(found["r"]) if "r" in found else self._column + 1
        self._type = found.get("t", "n")
        self._style = found.get("s")
        self._pieces = []
        self._n_characters = 0
        self._is_value = self._is_hint = self._has_formula = False

    def _end_cell(self) -> None:
        value = self._value()
        if self._has_formula:
            self._n_formulas += 1
            self._n_without_value += not value
        if not value:
            return
        check_width(self._column + 1, self._limits)
        if self._column < len(self._row):
            raise damaged()
        self._row.extend([""] * (self._column - len(self._row)))
        self._row.append(value)

    def _end_row(self) -> None:
        if self._row:
            self._rows.append((self._number, self._row))
        if len(self._rows) > self._limits.rows + 1:
            raise refuse(
                f"The sheet has too many rows. The limit is {self._limits.rows:,} rows and "
                f"{self._limits.columns:,} columns. Split the file."
            )

    def _value(self) -> str:
        stored = "".join(self._pieces)
        if not stored:
            return ""
        if self._type == "n":
            return number_as_text(
                stored.strip(), self._kind(), from_1904=self._workbook.counts_from_1904
            )
        if self._type == "s":
            return self._shared(stored)
        if self._type == "b":
            return "TRUE" if stored.strip() in {"1", "true"} else "FALSE"
        return unescaped(stored)

    def _kind(self) -> NumberKind:
        style = _decimal(self._style, 0)
        kinds = self._workbook.number_kinds
        return kinds[style] if style < len(kinds) else NumberKind.PLAIN

    def _shared(self, stored: str) -> str:
        index = _decimal(stored.strip(), len(self._workbook.strings))
        if index >= len(self._workbook.strings):
            raise damaged()
        return self._workbook.strings[index]


def _decimal(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 10 else otherwise


def _column(reference: str) -> int:
    """Return the column of `AB12`, counted from 0."""
    column = 0
    for letter in reference.rstrip("0123456789").upper():
        if not "A" <= letter <= "Z":
            raise damaged()
        column = column * 26 + ord(letter) - 64
    if not 0 < column <= 16_384:
        raise damaged()
    return column - 1
