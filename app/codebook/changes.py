"""PURE: of which class each change of a codebook is, and what follows from it.

Editorial changes leave every judgement as it is. Clarifying ones put some cards in question.
Structural ones change what can be answered.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.codebook.content import CategoryContent, Codebook, FacetContent, Gate
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
    GATE = "gate"
    GATE_CHANGED = "gate_changed"
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
    ChangeKind.GATE: (
        "What was judged stands; later rounds ask it only of the cards that the gate lets through."
    ),
    ChangeKind.GATE_CHANGED: (
        "Cards to which it did not apply are coded again: the gate asks for something else now."
    ),
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
            fields = {field.field for field in change.fields}
            if "gate" in fields and (of_gate := _of_gate(before, after, new, steps)):
                found.append(_change(after, None, of_gate))
            found += _of_facet(after, fields, declared)
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
    if not {"choice", "scale", "gate"} & set(fields):
        yield _change(facet, None, _wording(fields), declared=declared)


def _of_gate(
    before: FacetContent, after: FacetContent, new: Codebook, steps: Sequence[Step]
) -> ChangeKind | None:
    """Return what a gate that reads otherwise means; nothing where categories only moved on."""
    asked = new.facet(before.gate.facet_id) if before.gate else None
    in_draft = {one.id for one in asked.categories} if asked else set()
    if is_same_gate(before.gate, after.gate, steps, in_draft):
        return None
    return ChangeKind.GATE if before.gate is None else ChangeKind.GATE_CHANGED


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


def moved_on(gate: Gate, steps: Sequence[Step], in_draft: Collection[int]) -> Gate:
    """Return the gate with what became of its categories: a merged one went on into another.

    One that was retired without a successor opens nothing any more.
    """
    ends: dict[int, None] = {}
    for one in gate.category_ids:
        found = (one,) if one in in_draft else fate(one, steps, in_draft)[1]
        ends.update(dict.fromkeys(found))
    return replace(gate, category_ids=tuple(sorted(ends)))


def is_same_gate(
    old: Gate | None, new: Gate | None, steps: Sequence[Step], in_draft: Collection[int]
) -> bool:
    """Whether a gate asks what it asked, but for categories that merged or came apart."""
    if old is None or new is None:
        return old is new
    return moved_on(old, steps, in_draft) == replace(
        new, category_ids=tuple(sorted(new.category_ids))
    )


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
