"""PURE: an uploaded codebook, CSV or Markdown, as rows that say where they stand in the file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from app.codebook.content import Choice, FacetScale, GateNeed
from app.codebook.markdown_layout import parse_markdown
from app.codebook.rules import one_line
from app.codebook.tones import TONES, tone_of
from app.errors import Invalid
from app.tables.decoding import decode
from app.tables.readers import read_table
from app.tables.table import Limits, refuse
from app.text import comparable, first_bad_character, is_blank, normalised

COLUMNS = (
    "facet", "choice", "name", "description", "definition", "inclusion", "exclusion", "examples",
    "color", "parent", "id",
)  # fmt: skip
GATE_COLUMNS = ("gate_facet", "gate_needs", "gate_categories")
FACET_COLUMNS = ("scale", "facet_description", *GATE_COLUMNS)
FURTHER_COLUMNS = (*FACET_COLUMNS, "near_misses")
NAME_OF_THE_ONLY_FACET = "Category"
LIMITS = Limits(rows=5_000, columns=60, cells=100_000, cell_characters=20_000)

_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "facet": ("facet", "dimension", "question", "group", "theme"),
    "choice": ("choice", "choices", "selection", "kind"),
    "name": ("name", "category", "categoryname", "label", "title", "code", "tag"),
    "description": ("description", "brief", "briefdefinition", "shortdescription", "summary"),
    "definition": ("definition", "fulldefinition", "longdefinition", "meaning"),
    "inclusion": ("inclusion", "inclusioncriteria", "whentouse", "usewhen", "include"),
    "exclusion": ("exclusion", "exclusioncriteria", "whennottouse", "notwhen", "exclude"),
    "examples": ("examples", "example"),
    "color": ("color", "colour", "tone"),
    "parent": ("parent", "parentname", "partof"),
    "id": ("id", "externalid", "categoryid", "codeid", "code"),
    "scale": ("scale",),
    "facet_description": ("facetdescription",),
    "near_misses": ("nearmisses", "nearmiss"),
    "gate_facet": ("gatefacet",),
    "gate_needs": ("gateneeds", "gate"),
    "gate_categories": ("gatecategories",),
}
_CHOICES: Mapping[str, Choice] = {
    **dict.fromkeys(("single", "one", "1", "exclusive"), Choice.SINGLE),
    **dict.fromkeys(("multiple", "multi", "several", "many"), Choice.MULTIPLE),
}


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category as the file has it; `given` holds only the fields the file speaks of."""

    row_number: int
    facet: str
    name: str
    given: Mapping[str, str]
    tone: int | None = None


@dataclass(frozen=True, slots=True)
class GateRow:
    """A gate as a file has it: names in the place of ids."""

    facet: str
    needs: GateNeed
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetRow:
    """What the file says about a facet; None where it says nothing."""

    name: str
    choice: Choice | None = None
    scale: FacetScale | None = None
    description: str | None = None
    gate: GateRow | None = None


@dataclass(frozen=True, slots=True)
class CodebookFile:
    """An uploaded codebook in the order of the file, and what speaks against single rows."""

    facets: tuple[FacetRow, ...]
    categories: tuple[CategoryRow, ...]
    problems: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """The facets met so far, and what was wrong."""

    facets: dict[str, FacetRow] = field(default_factory=dict)
    first_rows: dict[tuple[str, str], int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_codebook(content: bytes, *, file_name: str) -> CodebookFile:
    """Return the codebook in a CSV (or other table) or Markdown file.

    Raises `Invalid` or `WrongType` for a file that cannot be read at all; what is wrong with
    single rows stands in `problems`.
    """
    if PurePosixPath(file_name.lower()).suffix in {".md", ".markdown"}:
        records = parse_markdown(_text(content))
        return _collect(records.facets, records.categories, "Line", ())
    table = read_table(content, file_name=file_name, limits=LIMITS)
    known = _columns(table.columns)
    if "name" not in known:
        raise refuse(
            "The table has no column for the names of the categories. Call one of them “name”."
        )
    rows = [
        (number, {role: row[i].strip() for role, i in known.items()})
        for number, row in zip(table.row_numbers, table.rows, strict=True)
    ]
    ignored = [name for i, name in enumerate(table.columns) if i not in known.values()]
    return _collect([], rows, "Row", ignored)


def _text(content: bytes) -> str:
    if len(content) > 10_000_000:
        raise refuse("The file is larger than 10 MB; no codebook is.")
    text = normalised(decode(content).text)
    bad = first_bad_character(text)
    if bad is not None:
        line = text.count("\n", 0, bad[0]) + 1
        raise refuse(f"Line {line}: invalid character {bad[1]}. Remove it and try again.")
    return text


def _columns(names: Sequence[str]) -> dict[str, int]:
    keys = ["".join(filter(str.isalnum, comparable(name))) for name in names]
    found: dict[str, int] = {}
    for role, synonyms in _SYNONYMS.items():
        places = (keys.index(one) for one in synonyms if one in keys)
        place = next((i for i in places if i not in found.values()), None)
        if place is not None:
            found[role] = place
    return found


def _collect(
    facets: Sequence[tuple[int, Mapping[str, str]]],
    rows: Sequence[tuple[int, Mapping[str, str]]],
    word: str,
    ignored: Sequence[str],
) -> CodebookFile:
    reading = _Reading()
    for number, cells in facets:
        _take_facet(reading, f"{word} {number}", cells)
    categories = [
        row
        for number, cells in rows
        for row in _take_category(reading, number, f"{word} {number}", cells)
    ]
    if not (categories or reading.facets or reading.problems):
        raise Invalid("The file holds no category.", field="file")
    return CodebookFile(
        tuple(reading.facets.values()), tuple(categories), tuple(reading.problems), tuple(ignored)
    )


def _take_category(
    reading: _Reading, number: int, place: str, cells: Mapping[str, str]
) -> Iterator[CategoryRow]:
    name = one_line(cells["name"])
    if is_blank(name):
        reading.problems.append(f"{place}: a name is needed.")
        return
    facet = _take_facet(reading, place, cells)
    key = (comparable(facet.name), comparable(name))
    first = reading.first_rows.setdefault(key, number)
    if first != number:
        word = place.split()[0].lower()
        reading.problems.append(
            f"{place}: “{name}” stands in {word} {first} already, in the facet {facet.name}."
        )
        return
    colour = cells.get("color", "")
    tone = tone_of(colour)
    if colour and tone is None:
        reading.problems.append(
            f"{place}: “{colour[:40]}” is no colour. Use 1 to {len(TONES)} or #rrggbb."
        )
    further = {"facet", "choice", "name", "color", *FACET_COLUMNS}
    given = {role: text for role, text in cells.items() if role not in further}
    yield CategoryRow(number, facet.name, name, given, tone)


def _take_facet(reading: _Reading, place: str, cells: Mapping[str, str]) -> FacetRow:
    name = one_line(cells.get("facet", ""))
    name = NAME_OF_THE_ONLY_FACET if is_blank(name) else name
    said = FacetRow(
        name,
        _choice(reading, place, cells.get("choice", "")),
        _scale(reading, place, cells.get("scale", "")),
        cells.get("facet_description") or None,
        _gate(reading, place, cells),
    )
    before = reading.facets.setdefault(comparable(name), said)
    for field_name in ("choice", "scale", "description", "gate"):
        old, new = getattr(before, field_name), getattr(said, field_name)
        if old is not None and new is not None and old != new:
            reading.problems.append(
                f"{place}: the facet {before.name} has another {field_name} further up."
            )
    merged = FacetRow(
        before.name,
        before.choice or said.choice,
        before.scale or said.scale,
        before.description or said.description,
        before.gate or said.gate,
    )
    reading.facets[comparable(name)] = merged
    return merged


def _choice(reading: _Reading, place: str, cell: str) -> Choice | None:
    found = _CHOICES.get(comparable(cell))
    if cell and found is None:
        reading.problems.append(
            f"{place}: the choice is “single” or “multiple”, not “{cell[:40]}”."
        )
    return found


def _gate(reading: _Reading, place: str, cells: Mapping[str, str]) -> GateRow | None:
    facet, needs, categories = (cells.get(name, "") for name in GATE_COLUMNS)
    if not (facet or needs or categories):
        return None
    key = comparable(needs)
    if is_blank(facet) or key not in set(GateNeed):
        reading.problems.append(
            f"{place}: a gate names a facet in gate_facet and says “answer”, “not_none” or "
            "“categories” in gate_needs."
        )
        return None
    names = tuple(filter(None, map(one_line, categories.splitlines())))
    return GateRow(one_line(facet), GateNeed(key), names)


def _scale(reading: _Reading, place: str, cell: str) -> FacetScale | None:
    key = comparable(cell)
    if key in set(FacetScale):
        return FacetScale(key)
    if cell:
        reading.problems.append(f"{place}: the scale is “nominal” or “ordinal”, not “{cell[:40]}”.")
    return None
