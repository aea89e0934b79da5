"""PURE: a codebook as readable Markdown, and the way back from exactly that layout."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.codebook.content import CategoryContent, Codebook, FacetContent
from app.codebook.gates import gate_by_names
from app.tables.table import refuse
from app.text import normalised

Cells = Mapping[str, str]

# A line that starts like this would mean something in the layout or swallow what follows it.
_SPECIAL = re.compile(r"\\|#|\*\*|```|~~~|<|[-=]+\s*$")
_FACT = re.compile(r"\*\*([A-Z][a-z ]+):\*\* (.+)")
_FACTS = {
    "Choice": "choice",
    "Scale": "scale",
    "Id": "id",
    "Colour": "color",
    "Part of": "parent",
    "Gate on": "gate_facet",
    "Gate needs": "gate_needs",
    "Gate category": "gate_categories",
}
_SECTIONS = {
    "**Definition**": "definition",
    "**Use when**": "inclusion",
    "**Not when**": "exclusion",
    "**Examples**": "examples",
    "**Near misses**": "near_misses",
}
_MARKS = {role: mark for mark, role in _SECTIONS.items()}
_LISTS = ("examples", "near_misses")


@dataclass(frozen=True, slots=True)
class Records:
    """What a Markdown codebook says, with line numbers: of facets, and of categories."""

    facets: list[tuple[int, Cells]] = field(default_factory=list)
    categories: list[tuple[int, Cells]] = field(default_factory=list)


def write_markdown(codebook: Codebook, title: str) -> str:
    """Return the codebook as Markdown that `parse_markdown` reads back."""
    lines = [f"# Codebook: {' '.join(title.split())}", ""]
    for facet in codebook.facets:
        lines += _facet_lines(facet, codebook.facets)
        for category in facet.categories:
            lines += _category_lines(category, facet)
    return "\n".join(lines).rstrip("\n") + "\n"


def _facet_lines(facet: FacetContent, facets: Sequence[FacetContent]) -> Iterator[str]:
    facts = [f"**Choice:** {facet.choice}", f"**Scale:** {facet.scale}"]
    cells = gate_by_names(facet.gate, facets)
    if cells["gate_facet"]:
        facts.append(f"**Gate on:** {cells['gate_facet']}")
        facts.append(f"**Gate needs:** {cells['gate_needs']}")
        names = cells["gate_categories"].splitlines()
        facts += [f"**Gate category:** {name}" for name in names]
    yield from (f"## {facet.name}", "", *"  \n".join(facts).split("\n"), "")
    if facet.description:
        yield from (*_escaped(facet.description), "")


def _category_lines(category: CategoryContent, facet: FacetContent) -> Iterator[str]:
    yield from (f"### {category.name}", "")
    parent = facet.category(category.parent_id) if category.parent_id is not None else None
    if category.brief:
        yield from (*_escaped(category.brief), "")
    for role in ("definition", "inclusion", "exclusion"):
        text = getattr(category, role)
        if text:
            yield from (_MARKS[role], "", *_escaped(text), "")
    for role in _LISTS:
        text = getattr(category, role)
        if text:
            yield from (_MARKS[role], "", *(f"- {line}" for line in text.split("\n")), "")
    facts = [f"**Colour:** {category.tone}"]
    facts += [f"**Part of:** {parent.name}"] if parent else []
    facts += [f"**Id:** {category.external_id}"] if category.external_id else []
    yield from ("  \n".join(facts), "")


def _escaped(text: str) -> list[str]:
    lines = normalised(text).split("\n")
    return [f"\\{line}" if _SPECIAL.match(line) else line for line in lines]


def parse_markdown(text: str) -> Records:
    """Return what the Markdown says; raises `Invalid` with the line that is not of the layout."""
    reading = _Reading()
    for number, line in enumerate(text.split("\n"), 1):
        reading.take(number, line)
    reading.finish()
    if not reading.records.facets:
        raise refuse("The file has no facet. In Markdown a facet is a heading of the second level.")
    return reading.records


class _Reading:
    """The lines of a Markdown codebook, taken one by one."""

    def __init__(self) -> None:
        self.records = Records()
        self._facet = ""
        self._cells: dict[str, str] | None = None
        self._section = ""
        self._texts: dict[str, list[str]] = {}

    def take(self, number: int, line: str) -> None:
        if line.startswith("### "):
            self._start({"facet": self._facet, "name": line[4:].strip(), **_EMPTY}, "description")
            self.records.categories.append((number, self._cells or {}))
        elif line.startswith("## "):
            self._facet = line[3:].strip()
            self._start({"facet": self._facet}, "facet_description")
            self.records.facets.append((number, self._cells or {}))
        elif self._cells is not None:  # above the first facet stands what no codebook needs
            self._take_text(number, line, self._cells)

    def _take_text(self, number: int, line: str, cells: dict[str, str]) -> None:
        fact = _FACT.fullmatch(line.rstrip())
        if fact is not None and fact.group(1) in _FACTS:
            role, text = _FACTS[fact.group(1)], fact.group(2).strip()
            is_further = role == "gate_categories" and role in cells
            cells[role] = f"{cells[role]}\n{text}" if is_further else text
        elif line.rstrip() in _SECTIONS and "name" in cells:
            self._section = _SECTIONS[line.rstrip()]
        elif line.startswith(("#", "**")):
            raise refuse(f"Line {number} is not as Concord writes codebooks: “{line[:60]}”.")
        else:
            self._texts.setdefault(self._section, []).append(line.removeprefix("\\"))

    def _start(self, cells: dict[str, str], section: str) -> None:
        self.finish()
        self._cells, self._section = cells, section

    def finish(self) -> None:
        if self._cells is not None:
            texts = {role: _joined(role, lines) for role, lines in self._texts.items()}
            self._cells.update(texts)
        self._texts.clear()


_EMPTY = dict.fromkeys(
    (
        "description",
        "definition",
        "inclusion",
        "exclusion",
        "examples",
        "near_misses",
        "parent",
        "color",
        "id",
    ),
    "",
)


def _joined(role: str, lines: list[str]) -> str:
    if role in _LISTS:
        lines = [line.removeprefix("- ") for line in lines]
    return "\n".join(lines).strip()
