"""PURE: a long table of placements made elsewhere, read against the study it belongs to."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from app.codebook.content import Choice, Codebook, FacetContent
from app.coding.rules import Value
from app.errors import Invalid
from app.tables.table import Table, refuse
from app.text import comparable, is_blank

NEEDED = ("card_id", "coder", "category")
SPECIAL = {
    Value.NONE_APPLIES.value: Value.NONE_APPLIES,
    Value.NOT_APPLICABLE.value: Value.NOT_APPLICABLE,
    Value.CANNOT_JUDGE.value: Value.CANNOT_JUDGE,
}
LONGEST_NAME = 200
LONGEST_MEMO = 20_000
_OTHER_NAMES = {
    "card_id": ("card_id", "cardid", "card", "unit", "unit_id", "item", "item_id"),
    "coder": ("coder", "coder_id", "rater", "annotator", "user", "user_id"),
    "facet": ("facet", "dimension"),
    "category": ("category", "categories", "label", "labels", "code", "codes"),
    "memo": ("memo", "note", "comment"),
    "confidence": ("confidence", "certainty"),
    "round": ("round",),
}


@dataclass(slots=True)
class Said:
    """What one coder said of one card on one facet, over all its rows."""

    row_number: int
    names: list[str] = field(default_factory=list)
    confidence: int | None = None
    memos: list[str] = field(default_factory=list)


Place = tuple[str, str, int, int]
"""Round, coder, card id and facet id."""


@dataclass(slots=True)
class PastTable:
    """The judgements of a table, what is wrong with it, and what is worth knowing."""

    said: dict[Place, Said] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)
    n_rows: int = 0
    n_blank: int = 0


def columns_of(table: Table) -> dict[str, int]:
    """Return where each known column stands; raises `Invalid` when a needed one is missing."""
    names = {_plain(name): place for place, name in enumerate(table.columns)}
    found = {
        ours: names[theirs]
        for ours, others in _OTHER_NAMES.items()
        for theirs in reversed(others)
        if theirs in names
    }
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise refuse(
            "The table needs the columns card_id, coder and category, and facet where the "
            f"codebook has several. It lacks: {', '.join(missing)}. "
            f"Its columns are: {', '.join(table.columns[:20])}."
        )
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", comparable(name))


class Reader:
    """Reads the rows of a table, collecting what is wrong instead of stopping at it."""

    def __init__(self, table: Table, codebook: Codebook, cards: Mapping[str, int]) -> None:
        self._table = table
        self._columns = columns_of(table)
        self._facets = {comparable(facet.name): facet for facet in codebook.facets}
        self._cards = cards
        self._unknown_facets: dict[str, list[int]] = defaultdict(list)
        self._spellings: dict[str, str] = {}
        self._found = PastTable()
        if "facet" not in self._columns and len(codebook.facets) > 1:
            names = ", ".join(facet.name for facet in codebook.facets)
            raise refuse(
                "The table needs a column facet, because the codebook has several: " + names + "."
            )

    def read(self) -> PastTable:
        """Return the judgements by round, coder, card and facet."""
        for number, row in zip(self._table.row_numbers, self._table.rows, strict=True):
            self._found.n_rows += 1
            self._take(number, row)
        for name, rows in self._unknown_facets.items():
            sentence = f"the codebook has no facet “{name}”{_in_rows(rows)}."
            near = near_names(name, [facet.name for facet in self._facets.values()])
            hint = f" Did you mean {_quoted(near)}?" if near else ""
            self._found.problems.append((rows[0], sentence + hint))
        return self._found

    def _cell(self, row: tuple[str, ...], column: str) -> str:
        place = self._columns.get(column)
        return "" if place is None else row[place].strip()

    def _take(self, number: int, row: tuple[str, ...]) -> None:
        facet = self._facet(number, row)
        names = _names_in(self._cell(row, "category"), facet)
        if not names:
            self._found.n_blank += 1
            return
        card_id = self._cards.get(comparable(self._cell(row, "card_id")))
        coder = self._cell(row, "coder")
        reason = self._objection(row, card_id, coder)
        if reason:
            self._found.problems.append((number, reason))
        if card_id is None or facet is None or reason:
            return
        round_name = self._cell(row, "round")
        key = (self._first_spelling(round_name), self._first_spelling(coder), card_id, facet.id)
        said = self._found.said.setdefault(key, Said(number))
        said.names += names
        confidence = self._cell(row, "confidence")
        said.confidence = int(confidence) if confidence else said.confidence
        memo = self._cell(row, "memo")
        if memo and memo not in said.memos:
            said.memos.append(memo)

    def _first_spelling(self, name: str) -> str:
        return self._spellings.setdefault(comparable(name), name)

    def _facet(self, number: int, row: tuple[str, ...]) -> FacetContent | None:
        if "facet" not in self._columns:
            return next(iter(self._facets.values()))
        name = self._cell(row, "facet")
        if not name and len(self._facets) == 1:
            return next(iter(self._facets.values()))
        found = self._facets.get(comparable(name))
        if found is None:
            self._unknown_facets[name].append(number)
        return found

    def _objection(self, row: tuple[str, ...], card_id: int | None, coder: str) -> str:
        if card_id is None:
            return f"this study has no card “{self._cell(row, 'card_id')[:80]}”."
        if is_blank(coder):
            return "the coder is missing."
        if max(len(coder), len(comparable(coder))) > LONGEST_NAME:
            return f"the name of the coder has more than {LONGEST_NAME} characters."
        if len(self._cell(row, "round")) > LONGEST_NAME - len("Round "):
            return f"the name of the round has more than {LONGEST_NAME - 6} characters."
        if len(self._cell(row, "memo")) > LONGEST_MEMO:
            return f"the memo has more than {LONGEST_MEMO:,} characters."
        if self._cell(row, "confidence") not in {"", "1", "2", "3"}:
            return "confidence is 1 (unsure), 2 or 3 (sure), or empty."
        return ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A judgement in the terms of the codebook."""

    value: Value
    category_ids: tuple[int, ...] = ()


class Answers:
    """Turns names of categories into a judgement, collecting the names nobody knows."""

    def __init__(self, facet: FacetContent) -> None:
        self._facet = facet
        self._ids = {
            comparable(one.external_id): one.id for one in facet.categories if one.external_id
        }
        self._ids |= {comparable(one.name): one.id for one in facet.categories}
        self._unknown: dict[str, list[int]] = defaultdict(list)
        self._several: list[tuple[int, tuple[str, ...]]] = []

    def of(self, said: Said) -> Answer | str:
        """Return the judgement, or what is wrong with it."""
        special = {SPECIAL[name] for name in map(comparable, said.names) if name in SPECIAL}
        names = [name for name in said.names if comparable(name) not in SPECIAL]
        if special and (names or len(special) > 1):
            return f"“{next(iter(special))}” excludes every other answer."
        if special:
            return Answer(next(iter(special)))
        for name in dict.fromkeys(names):
            if comparable(name) not in self._ids:
                self._unknown[name].append(said.row_number)
        ids = sorted({self._ids[key] for key in map(comparable, names) if key in self._ids})
        if len(set(map(comparable, names))) > 1 and self._facet.choice is Choice.SINGLE:
            self._several.append((said.row_number, tuple(dict.fromkeys(names))))
        return Answer(Value.CATEGORIES, tuple(ids))

    def problems(self) -> Iterator[tuple[int, str]]:
        """Yield what is wrong with the answers taken together: one cause is told once."""
        yield from self._unknown_names()
        if self._several:
            row_number, names = self._several[0]
            listed, n_others = ", ".join(f"“{name}”" for name in names), len(self._several) - 1
            others = f" (and {n_others:,} more like it)" if n_others else ""
            yield (
                row_number,
                f"“{self._facet.name}” takes one category, and here one coder gave {listed}"
                f"{others}. Where several are meant, let the facet take several first.",
            )

    def _unknown_names(self) -> Iterator[tuple[int, str]]:
        """Yield each name the codebook lacks, once, with what it may have been meant to be."""
        known = [category.name for category in self._facet.categories]
        for name, rows in self._unknown.items():
            others = [other for other in self._unknown if other != name]
            near, alike = near_names(name, known), near_names(name, others)
            sentence = f"“{self._facet.name}” has no category “{name}”{_in_rows(rows)}."
            if near:
                sentence += f" Did you mean {_quoted(near)}?"
            if alike:
                sentence += f" The file also says {_quoted(alike)}: are they the same?"
            yield rows[0], sentence


def near_names(name: str, known: list[str]) -> list[str]:
    """Return the known names that somebody may have meant who wrote this one."""
    by_key = {_letters(other): other for other in known}
    found = get_close_matches(_letters(name), list(by_key), n=2, cutoff=0.75)
    return [by_key[key] for key in found]


def _letters(name: str) -> str:
    return " ".join(re.findall(r"\w+", comparable(name)))


def _quoted(names: list[str]) -> str:
    return " or ".join(f"“{name}”" for name in names)


def _in_rows(rows: list[int]) -> str:
    return f", in {len(rows):,} rows" if len(rows) > 1 else ""


def refuse_all(problems: list[tuple[int, str]], hint: str) -> Invalid:
    """Return the refusal that lists what is wrong, in the order of the file."""
    listed = [f"Row {number}: {sentence}" for number, sentence in sorted(problems)]
    count = "1 thing has" if len(listed) == 1 else f"{len(listed):,} things have"
    return refuse(f"{count} to be put right first. Nothing was imported.{hint}", listed)


def _names_in(cell: str, facet: FacetContent | None) -> list[str]:
    """Return the categories a cell names; a name that holds a bar itself stays whole."""
    whole = comparable(cell)
    if facet is not None and any(comparable(one.name) == whole for one in facet.categories):
        return [cell]
    return [name.strip() for name in cell.split("|") if name.strip()]
