"""The frame of an XLSX workbook: its sheets, its strings and its number formats."""

import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.parsers import expat

from app.tables.cells import NumberKind, built_in_kind, kind_of_format, unescaped
from app.tables.packages import Package, damaged
from app.tables.table import refuse

MOST_SHEETS = 200

Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the name people see, the part that holds it."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What has to be known before a sheet's cells can be read."""

    sheets: tuple[Sheet, ...]
    counts_from_1904: bool
    strings: list[str]
    number_kinds: list[NumberKind]


def walk(
    pieces: Iterable[bytes],
    *,
    start: Callable[[str, Attributes], object],
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    """Call back for every element of an XML part, refusing any document type or entity.

    Element names come without their prefix, for programs differ in the one they use.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, found: start(name.rpartition(":")[2], found)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for piece in pieces:
            parser.Parse(piece)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError):
        raise damaged() from None


def _refuse_doctype(*_: object) -> None:
    raise refuse("The file declares a document type or entities, which no XLSX needs.")


def open_workbook(package: Package, *, longest: int) -> Workbook:
    """Return the frame of a workbook; strings beyond `longest` characters keep one more."""
    sheets, counts_from_1904 = _sheets(package)
    return Workbook(
        sheets=sheets,
        counts_from_1904=counts_from_1904,
        strings=_strings(package, longest),
        number_kinds=_number_kinds(package),
    )


def _sheets(package: Package) -> tuple[tuple[Sheet, ...], bool]:
    targets = _targets(package, "xl/_rels/workbook.xml.rels")
    sheets: list[Sheet] = []
    properties: Attributes = {}

    def start(name: str, found: Attributes) -> None:
        if name == "workbookPr":
            properties.update(found)
        if name == "sheet":
            target = targets.get(_any(found, "id"), "")
            if "worksheets/" in target:
                is_hidden = found.get("state", "visible") != "visible"
                sheets.append(Sheet(found.get("name", ""), target, is_hidden))
            if len(sheets) > MOST_SHEETS:
                raise refuse(f"The workbook has more than {MOST_SHEETS} sheets. Save one alone.")

    walk(package.stream("xl/workbook.xml"), start=start)
    return tuple(sheets), properties.get("date1904", "0") in {"1", "true"}


def _targets(package: Package, part: str) -> dict[str, str]:
    targets: dict[str, str] = {}

    def start(name: str, found: Attributes) -> None:
        if name == "Relationship" and found.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/xl", found.get("Target", "")))
            targets[found.get("Id", "")] = path.lstrip("/")

    walk(package.stream(part), start=start)
    return targets


def _any(found: Attributes, name: str) -> str:
    """Return the prefixed attribute of that name: `r:id`, beside which sheets have others."""
    return next((v for key, v in found.items() if key.rpartition(":")[2] == name), "")


class _Strings:
    """Collects the shared strings; of runs with formats the text, of phonetic hints nothing."""

    def __init__(self, longest: int) -> None:
        self.found: list[str] = []
        self._room = self._longest = longest + 1
        self._pieces: list[str] = []
        self._is_text = self._is_hint = False

    def start(self, name: str, _: Attributes) -> None:
        if name == "si":
            self._pieces, self._room = [], self._longest
        elif name == "rPh":
            self._is_hint = True
        self._is_text = name == "t" and not self._is_hint

    def end(self, name: str) -> None:
        self._is_text = False
        if name == "si":
            self.found.append(unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._is_hint = False

    def text(self, text: str) -> None:
        if self._is_text and self._room > 0:
            self._pieces.append(text[: self._room])
            self._room -= len(text)


def _strings(package: Package, longest: int) -> list[str]:
    strings = _Strings(longest)
    if "xl/sharedStrings.xml" in package:
        walk(
            package.stream("xl/sharedStrings.xml"),
            start=strings.start,
            end=strings.end,
            text=strings.text,
        )
    return strings.found


def _number_kinds(package: Package) -> list[NumberKind]:
    if "xl/styles.xml" not in package:
        return []
    own: dict[int, NumberKind] = {}
    kinds: list[NumberKind] = []
    within: list[str] = []

    def start(name: str, found: Attributes) -> None:
        if name == "numFmt":
            own[_number(found, "numFmtId")] = kind_of_format(found.get("formatCode", ""))
        elif name == "xf" and within[-1:] == ["cellXfs"]:
            format_id = _number(found, "numFmtId")
            kinds.append(own.get(format_id, built_in_kind(format_id)))
        within.append(name)

    walk(package.stream("xl/styles.xml"), start=start, end=lambda _: within.pop())
    return kinds


def _number(found: Attributes, name: str) -> int:
    value = found.get(name, "0")
    return int(value) if value.isdecimal() and len(value) < 10 else 0
