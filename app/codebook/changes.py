"""PURE: of which class each change of a codebook is, and what follows from it.

Editorial changes leave every judgement as it is. Clarifying ones put some cards in question.
Structural ones change what can be answered.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.codebook.content import CategoryContent, Codebook, FacetContent
from app.codebook.diff import Change, compare


class ChangeClass(StrEnum):
    EDITORIAL = "editorial"
    CLARIFYING = "clarifying"
    STRUCTURAL = "structural"


class ChangeKind(StrEnum):
    """What became of a category, or of a facet."""

    EDITED = "edited"
    CLARIFIED = "clarified"
    ADDED = "added"
    MERGED = "merged"
    SPLIT = "split"
    RETIRED = "retired"
    CHOICE = "choice"
    SCALE = "scale"
    FACET_ADDED = "facet_added"
    FACET_RETIRED = "facet_retired"


_CLASS_OF = {
    ChangeKind.EDITED: ChangeClass.EDITORIAL,
    ChangeKind.CLARIFIED: ChangeClass.CLARIFYING,
}
_CLARIFYING = frozenset(
    {"brief", "definition", "inclusion", "exclusion", "examples", "near_misses", "description"}
)
_CONSEQUENCES: Mapping[ChangeKind, str] = {
    ChangeKind.EDITED: "What was judged stands.",
    ChangeKind.CLARIFIED: (
        "Cards that coders confused or were unsure of are coded again, and a tenth of its other "
        "cards, drawn at random."
    ),
    ChangeKind.ADDED: (
        "Cards that fitted nowhere are coded again, and those of the neighbours you choose."
    ),
    ChangeKind.MERGED: "Its labels move along by rule. Nobody codes again for it.",
    ChangeKind.SPLIT: "Every card that a coder put there is coded again.",
    ChangeKind.RETIRED: "Every card that a coder put there is coded again.",
    ChangeKind.CHOICE: "Every card that was judged on the facet is coded again.",
    ChangeKind.SCALE: "What was judged stands; later rounds are computed on the other scale.",
    ChangeKind.FACET_ADDED: "Nothing was judged on it yet.",
    ChangeKind.FACET_RETIRED: "It is asked no more. What was judged on it stays.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A merge or split: `from_id` went into `to_id`."""

    kind: str
    from_id: int
    to_id: int


@dataclass(frozen=True, slots=True)
class CodebookChange:
    """What became of a category since the version before; `category_id` is None for a facet.

    `into_ids` is what it was merged or split into, `from_ids` what a new one came from.
    """

    facet_id: int
    category_id: int | None
    name: str
    kind: ChangeKind
    change_class: ChangeClass
    into_ids: tuple[int, ...] = ()
    from_ids: tuple[int, ...] = ()
    declared_editorial: bool = False

    @property
    def key(self) -> str:
        """Return what a form calls it."""
        return f"f{self.facet_id}" if self.category_id is None else f"c{self.category_id}"

    @property
    def can_be_declared(self) -> bool:
        """Whether a lead may say that only the wording changed."""
        return self.kind is ChangeKind.CLARIFIED

    @property
    def consequence(self) -> str:
        if self.declared_editorial:
            return "Only the wording changed, says the lead: what was judged stands."
        return _CONSEQUENCES[self.kind]


def classify(
    old: Codebook, new: Codebook, steps: Sequence[Step], declared: Collection[str] = ()
) -> tuple[CodebookChange, ...]:
    """Return what became of each category and facet that is not what it was.

    `declared` holds the keys of changes of which the lead says that only the wording changed.
    """
    found: list[CodebookChange] = []
    compared = {one.facet.id: one for one in compare(old, new).facets}
    for facet_id, change in compared.items():
        before, after = old.facet(facet_id), new.facet(facet_id)
        if before is None or after is None:
            kind = ChangeKind.FACET_ADDED if before is None else ChangeKind.FACET_RETIRED
            found.append(_change(change.facet, None, kind))
            continue
        if change.kinds:
            found += _of_facet(after, {field.field for field in change.fields}, declared)
        for one in change.categories:
            fields = {field.field for field in one.fields}
            found.append(_of_category(after, one.category, one.kinds, fields, steps, declared))
    return tuple(found)


def _of_facet(
    facet: FacetContent, fields: Collection[str], declared: Collection[str]
) -> Iterator[CodebookChange]:
    if "choice" in fields:
        yield _change(facet, None, ChangeKind.CHOICE)
    if "scale" in fields:
        yield _change(facet, None, ChangeKind.SCALE)
    if not {"choice", "scale"} & set(fields):
        yield _change(facet, None, _wording(fields), declared=declared)


def _wording(fields: Collection[str]) -> ChangeKind:
    return ChangeKind.CLARIFIED if _CLARIFYING & set(fields) else ChangeKind.EDITED


def _of_category(
    facet: FacetContent,
    category: CategoryContent,
    kinds: Collection[Change],
    fields: Collection[str],
    steps: Sequence[Step],
    declared: Collection[str],
) -> CodebookChange:
    if Change.ADDED in kinds:
        origins = tuple(one.from_id for one in steps if one.to_id == category.id)
        return _change(facet, category, ChangeKind.ADDED, from_ids=origins)
    if Change.REMOVED in kinds:
        in_draft = {one.id for one in facet.categories}
        kind, into = fate(category.id, steps, in_draft)
        return _change(facet, category, kind, into_ids=into)
    return _change(facet, category, _wording(fields), declared=declared)


def fate(
    category_id: int, steps: Sequence[Step], in_draft: Collection[int]
) -> tuple[ChangeKind, tuple[int, ...]]:
    """Return what became of a category that left: what it went into, if that is still there.

    What it went into may itself have gone on into others.
    """
    ends: dict[int, None] = {}
    is_split, is_lost = False, False
    waiting, passed = [category_id], set()
    while waiting:
        one = waiting.pop(0)
        passed.add(one)
        onward = [step for step in steps if step.from_id == one and step.to_id not in passed]
        is_split = is_split or any(step.kind == "split" for step in onward)
        is_lost = is_lost or not onward
        for step in onward:
            if step.to_id in in_draft:
                ends[step.to_id] = None
            else:
                waiting.append(step.to_id)
    if not ends:
        return ChangeKind.RETIRED, ()
    is_merged = len(ends) == 1 and not is_split and not is_lost
    return (ChangeKind.MERGED if is_merged else ChangeKind.SPLIT), tuple(ends)


def _change(
    facet: FacetContent,
    category: CategoryContent | None,
    kind: ChangeKind,
    *,
    into_ids: tuple[int, ...] = (),
    from_ids: tuple[int, ...] = (),
    declared: Collection[str] = (),
) -> CodebookChange:
    found = CodebookChange(
        facet_id=facet.id,
        category_id=category.id if category else None,
        name=category.name if category else facet.name,
        kind=kind,
        change_class=_CLASS_OF.get(kind, ChangeClass.STRUCTURAL),
        into_ids=into_ids,
        from_ids=from_ids,
    )
    if not (found.can_be_declared and found.key in declared):
        return found
    return replace(found, change_class=ChangeClass.EDITORIAL, declared_editorial=True)


def to_stored(changes: Sequence[CodebookChange]) -> list[dict[str, Any]]:
    """Return the changes as a version keeps them."""
    return [
        {
            "facet_id": one.facet_id,
            "category_id": one.category_id,
            "name": one.name,
            "kind": one.kind.value,
            "class": one.change_class.value,
            "into_ids": list(one.into_ids),
            "from_ids": list(one.from_ids),
            "declared_editorial": one.declared_editorial,
        }
        for one in changes
    ]


def from_stored(stored: Sequence[Mapping[str, Any]]) -> tuple[CodebookChange, ...]:
    """Return the changes that a version keeps."""
    return tuple(
        CodebookChange(
            facet_id=one["facet_id"],
            category_id=one["category_id"],
            name=one["name"],
            kind=ChangeKind(one["kind"]),
            change_class=ChangeClass(one["class"]),
            into_ids=tuple(one["into_ids"]),
            from_ids=tuple(one["from_ids"]),
            declared_editorial=one["declared_editorial"],
        )
        for one in stored
    )


def lineage_in_words(changes: Sequence[CodebookChange], names: Mapping[int, str]) -> list[str]:
    """Return merges and splits as sentences: "C and D became E"."""
    came: dict[tuple[int, ...], list[str]] = {}
    for one in changes:
        if one.into_ids:
            came.setdefault(one.into_ids, []).append(one.name)
    return [
        f"{_listed(sources)} became {_listed([names.get(i, '?') for i in into])}."
        for into, sources in came.items()
    ]


def _listed(names: Sequence[str]) -> str:
    *first, last = [f"“{name}”" for name in names]
    return f"{', '.join(first)} and {last}" if first else last
