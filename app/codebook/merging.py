"""PURE: what an uploaded codebook would do to the draft, and everything that speaks against it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from app.codebook.content import CategoryContent, Codebook, FacetContent
from app.codebook.files import CategoryRow, CodebookFile, FacetRow, GateRow
from app.codebook.gates import gate_by_names
from app.codebook.merged_gates import gate_problems
from app.codebook.rules import (
    CATEGORY_WORDS,
    MOST_CATEGORIES,
    CategoryFields,
    FacetFields,
    check_is_no_answer,
    check_parent,
    one_line,
    tidy_category,
    tidy_facet,
)
from app.codebook.tones import TONES
from app.errors import Invalid
from app.text import comparable

_FIELD_OF = {
    "description": "brief",
    "definition": "definition",
    "inclusion": "inclusion",
    "exclusion": "exclusion",
    "examples": "examples",
    "near_misses": "near_misses",
}


@dataclass(frozen=True, slots=True)
class FacetTarget:
    """A facet of the file as it will be; `id` is None for a new one.

    `gate` is one the file declares anew: by names, for what it asks for may be new as well.
    """

    id: int | None
    fields: FacetFields
    is_changed: bool
    gate: GateRow | None = None


@dataclass(frozen=True, slots=True)
class CategoryTarget:
    """A category of the file as it will be; `parent` is the key of a name in the same facet."""

    row_number: int
    id: int | None
    facet: str
    fields: CategoryFields
    parent: str
    external_id: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do to the draft; with problems it does nothing."""

    facets: tuple[FacetTarget, ...]
    categories: tuple[CategoryTarget, ...]
    n_untouched: int
    problems: tuple[str, ...]
    ignored_columns: tuple[str, ...]

    @property
    def new_facets(self) -> list[str]:
        return [one.fields.name for one in self.facets if one.id is None]

    @property
    def changed_facets(self) -> list[str]:
        return [one.fields.name for one in self.facets if one.is_changed]

    @property
    def added(self) -> list[CategoryTarget]:
        return [one for one in self.categories if one.id is None]

    @property
    def changed(self) -> list[CategoryTarget]:
        return [one for one in self.categories if one.changes]

    @property
    def does_nothing(self) -> bool:
        return not (self.new_facets or self.changed_facets or self.added or self.changed)


def plan_import(draft: Codebook, file: CodebookFile) -> ImportPlan:
    """Return what the file would add to and change in the draft.

    A row is matched by its id, else by facet and name. Fields the file does not speak of stay
    as they are, and so do categories that are not in it.
    """
    merging = _Merging(draft)
    problems = list(file.problems)
    facets = [merging.facet(row, problems) for row in file.facets]
    matches = merging.matches(file, problems)
    categories = [
        target
        for row in file.categories
        for target in merging.category(row, matches.get(row.row_number), problems)
    ]
    problems += merging.clashes(categories)
    problems += gate_problems(draft, facets, categories)
    n_known = sum(len(facet.categories) for facet in draft.facets)
    return ImportPlan(
        tuple(facets),
        tuple(categories),
        n_known - len(matches),
        tuple(problems),
        file.ignored_columns,
    )


class _Merging:
    """The draft, and how a file's rows meet it."""

    def __init__(self, draft: Codebook) -> None:
        self._draft = draft
        self._facets = {comparable(facet.name): facet for facet in draft.facets}
        self._tones = Counter(one.tone for facet in draft.facets for one in facet.categories)

    def facet(self, row: FacetRow, problems: list[str]) -> FacetTarget:
        found = self._facets.get(comparable(row.name))
        if found is None:
            new = FacetFields(row.name, row.description or "")
        else:
            new = FacetFields(found.name, found.description, found.choice, found.scale, found.gate)
        said = {
            name: value
            for name in ("description", "choice", "scale")
            if (value := getattr(row, name)) is not None
        }
        wanted = replace(new, **said)
        try:
            wanted = tidy_facet(wanted)
        except Invalid as refusal:
            problems.append(f"Facet {row.name[:60]}: {refusal.message}")
        gate = None if row.gate is None or self._has(found, row.gate) else row.gate
        is_changed = found is not None and (wanted != new or gate is not None)
        return FacetTarget(found.id if found else None, wanted, is_changed, gate)

    def _has(self, facet: FacetContent | None, gate: GateRow) -> bool:
        """Whether the draft's facet has this gate already."""
        if facet is None or facet.gate is None:
            return False
        cells = gate_by_names(facet.gate, self._draft.facets)
        return _keyed(gate) == _keyed(
            GateRow(
                cells["gate_facet"],
                facet.gate.needs,
                tuple(cells["gate_categories"].split("\n")) if facet.gate.category_ids else (),
            )
        )

    def matches(self, file: CodebookFile, problems: list[str]) -> dict[int, CategoryContent]:
        """Return the category of the draft that each row means, by row number."""
        by_id = {
            one.external_id: (key, one)
            for key, facet in self._facets.items()
            for one in facet.categories
            if one.external_id
        }
        matched: dict[int, CategoryContent] = {}
        for row in file.categories:
            key, found = by_id.pop(external_id_of(row), ("", None))
            if found is not None and key != comparable(row.facet):
                problems.append(
                    f"Row {row.row_number}: the id {found.external_id} belongs to “{found.name}” "
                    f"in the facet {self._facets[key].name}. Categories keep their facet."
                )
            elif found is not None:
                matched[row.row_number] = found
        taken = {one.id for one in matched.values()}
        for row in file.categories:
            same = self._named(row)
            if row.row_number not in matched and same is not None and same.id not in taken:
                matched[row.row_number] = same
        return matched

    def _named(self, row: CategoryRow) -> CategoryContent | None:
        facet = self._facets.get(comparable(row.facet))
        key = comparable(row.name)
        categories = facet.categories if facet else ()
        return next((one for one in categories if comparable(one.name) == key), None)

    def category(
        self, row: CategoryRow, found: CategoryContent | None, problems: list[str]
    ) -> Iterator[CategoryTarget]:
        facet = self._facets.get(comparable(row.facet))
        before = _fields_of(found) if found else CategoryFields(row.name, tone=self._free_tone())
        said: dict[str, Any] = {
            _FIELD_OF[column]: text for column, text in row.given.items() if column in _FIELD_OF
        }
        tone = row.tone or before.tone
        try:
            wanted = tidy_category(replace(before, name=row.name, tone=tone, **said))
            check_is_no_answer(wanted.name, found.name if found else "")
        except Invalid as refusal:
            problems.append(f"Row {row.row_number}: {refusal.message}")
            return
        self._tones[wanted.tone] += found is None
        parent_before = _parent_key(facet, found)
        parent = comparable(row.given["parent"]) if "parent" in row.given else parent_before
        external_id = external_id_of(row) or (found.external_id if found else "")
        if len(external_id) > 200:
            problems.append(f"Row {row.row_number}: the id is longer than 200 characters.")
            return
        changes = _changes(before, wanted) if found else []
        changes += ["Part of"] if found and parent != parent_before else []
        changes += ["Id"] if found and external_id != found.external_id else []
        yield CategoryTarget(
            row_number=row.row_number,
            id=found.id if found else None,
            facet=row.facet,
            fields=wanted,
            parent=parent,
            external_id=external_id,
            changes=tuple(changes),
        )

    def _free_tone(self) -> int:
        return min(range(1, len(TONES) + 1), key=lambda tone: self._tones[tone])

    def clashes(self, targets: list[CategoryTarget]) -> Iterator[str]:
        """Yield what would be wrong with the draft after the import."""
        by_facet: dict[str, list[CategoryTarget]] = {}
        for target in targets:
            by_facet.setdefault(comparable(target.facet), []).append(target)
        ids = Counter(target.external_id for target in targets if target.external_id)
        for target in targets:
            if ids[target.external_id] > 1:
                yield f"Row {target.row_number}: the id {target.external_id} stands more than once."
        for key, group in by_facet.items():
            yield from _clashes_within(group, self._untouched(key, group))

    def _untouched(self, key: str, group: list[CategoryTarget]) -> dict[str, str]:
        """Return name key and parent key of the facet's categories that the file leaves alone."""
        facet = self._facets.get(key)
        if facet is None:
            return {}
        touched = {target.id: comparable(target.fields.name) for target in group if target.id}
        return {
            comparable(one.name): touched.get(one.parent_id or 0, _parent_key(facet, one))
            for one in facet.categories
            if one.id not in touched
        }


def _clashes_within(group: list[CategoryTarget], untouched: Mapping[str, str]) -> Iterator[str]:
    parents = {key: parent or None for key, parent in untouched.items()}
    for target in group:
        parents[comparable(target.fields.name)] = target.parent or None
    if len(parents) > MOST_CATEGORIES:
        yield f"The facet {group[0].facet} would hold over {MOST_CATEGORIES:,} categories."
    for target in group:
        key = comparable(target.fields.name)
        if key in untouched:
            yield f"Row {target.row_number}: you already have {target.fields.name}."
        try:
            check_parent(key, target.parent or None, parents)
        except Invalid as refusal:
            yield f"Row {target.row_number}: {refusal.message}"


def _keyed(gate: GateRow) -> tuple[str, str, tuple[str, ...]]:
    return comparable(gate.facet), gate.needs, tuple(sorted(map(comparable, gate.categories)))


def external_id_of(row: CategoryRow) -> str:
    return one_line(row.given.get("id", ""))


def _fields_of(category: CategoryContent) -> CategoryFields:
    names = [field.name for field in fields(CategoryFields) if field.name != "parent_id"]
    return CategoryFields(**{name: getattr(category, name) for name in names})


def _parent_key(facet: FacetContent | None, category: CategoryContent | None) -> str:
    if facet is None or category is None or category.parent_id is None:
        return ""
    parent = facet.category(category.parent_id)
    return comparable(parent.name) if parent else ""


def _changes(before: CategoryFields, after: CategoryFields) -> list[str]:
    return [
        words
        for name, words in CATEGORY_WORDS.items()
        if getattr(before, name) != getattr(after, name)
    ]
