"""PURE: what a codebook may look like, and when a draft is worth a version."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Protocol, TypeVar

from app.codebook.content import Choice, Codebook, FacetScale, Gate, content_hash
from app.codebook.gates import objections_to_gates
from app.codebook.tones import TONES
from app.errors import Conflict, Invalid
from app.text import comparable, is_blank

MOST_LEVELS = 12
MOST_CATEGORIES = 2_000
LONGEST_NAME = 200
LONGEST_BRIEF = 2_000
LONGEST_TEXT = 20_000
NO_CATEGORY = frozenset(
    {
        "none of these applies",
        "does not apply to this card",
        "cannot judge",
        "not judged",
        "none_applies",
        "not_applicable",
        "cannot_judge",
        "not_judged",
    }
)
"""Answers without a category, as pages and files write them. `coding` knows their meaning."""


@dataclass(frozen=True, slots=True)
class FacetFields:
    """What can be said about a facet."""

    name: str
    description: str = ""
    choice: Choice = Choice.SINGLE
    scale: FacetScale = FacetScale.NOMINAL
    gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class CategoryFields:
    """What can be said about a category."""

    name: str
    brief: str = ""
    definition: str = ""
    inclusion: str = ""
    exclusion: str = ""
    examples: str = ""
    near_misses: str = ""
    tone: int = 1
    parent_id: int | None = None


CATEGORY_WORDS: Mapping[str, str] = {
    "name": "Name",
    "brief": "In a few words",
    "definition": "Definition",
    "inclusion": "Use when",
    "exclusion": "Not when",
    "examples": "Examples",
    "near_misses": "Near misses",
    "tone": "Colour",
    "parent_id": "Part of",
}
FACET_WORDS: Mapping[str, str] = {
    "name": "Name",
    "description": "What is asked",
    "choice": "Categories per card",
    "scale": "Order of the categories",
    "gate": "Asked only if",
}


def one_line(text: str) -> str:
    """Return the text on one line, spaces collapsed."""
    return " ".join(text.split())


def tidy_facet(given: FacetFields) -> FacetFields:
    """Return the fields as they are stored; raises `Invalid` when there is no name."""
    tidied = replace(given, name=one_line(given.name), description=given.description.strip())
    _check(tidied, {"name": LONGEST_NAME, "description": LONGEST_TEXT}, FACET_WORDS)
    return tidied


def tidy_category(given: CategoryFields) -> CategoryFields:
    """Return the fields as they are stored; raises `Invalid` for what cannot be."""
    tidied = CategoryFields(
        name=one_line(given.name),
        brief=one_line(given.brief),
        definition=given.definition.strip(),
        inclusion=given.inclusion.strip(),
        exclusion=given.exclusion.strip(),
        examples=_tidy_lines(given.examples),
        near_misses=_tidy_lines(given.near_misses),
        tone=given.tone,
        parent_id=given.parent_id,
    )
    texts = ("definition", "inclusion", "exclusion", "examples", "near_misses")
    limits = dict.fromkeys(texts, LONGEST_TEXT)
    _check(tidied, {"name": LONGEST_NAME, "brief": LONGEST_BRIEF, **limits}, CATEGORY_WORDS)
    if not 1 <= tidied.tone <= len(TONES):
        raise Invalid(f"Colours are numbered from 1 to {len(TONES)}.", field="tone")
    return tidied


def _tidy_lines(text: str) -> str:
    return "\n".join(filter(None, map(one_line, text.splitlines())))


def _check(
    given: FacetFields | CategoryFields, limits: Mapping[str, int], words: Mapping[str, str]
) -> None:
    if is_blank(given.name):
        raise Invalid("A name is needed.", field="name")
    for field in fields(given):
        most = limits.get(field.name)
        length = len(getattr(given, field.name)) if most else 0
        if most and length > most:
            raise Invalid(
                f"{words[field.name]}: at most {most:,} characters, this has {length:,}.",
                field=field.name,
            )


def check_name(name: str, others: Iterable[str]) -> None:
    """Raise `Conflict` when a reader would take the name for one of the others."""
    key = comparable(name)
    same = next((other for other in others if comparable(other) == key), None)
    if same is not None:
        raise Conflict(f"You already have {same}.")


def check_is_no_answer(name: str, before: str = "") -> None:
    """Raise `Invalid` for a new name that already stands for an answer without a category.

    In figures and files nobody could tell the two apart. A category that had the name `before`
    keeps it: it may be published, and what was judged with it stands.
    """
    key = comparable(name)
    if key in NO_CATEGORY and key != comparable(before):
        raise Invalid(
            f"“{name}” already stands for an answer without a category, which coders can give on "
            "every facet. Give the category another name, or leave it out.",
            field="name",
        )


K = TypeVar("K", int, str)


def check_parent(child: K | None, parent: K | None, parents: Mapping[K, K | None]) -> None:
    """Raise `Invalid` unless the parent is in the facet and not below the child.

    `parents` holds the parent of every category of the facet.
    """
    if parent is None:
        return
    if parent not in parents:
        raise Invalid("The category it is to be a part of is not in this facet.", field="parent_id")
    line = [parent]
    while (above := parents.get(line[-1])) is not None and above not in line:
        line.append(above)
    if child is not None and child in line:
        raise Invalid("A category cannot be a part of itself.", field="parent_id")
    if len(line) >= MOST_LEVELS:
        raise Invalid(f"Categories can be {MOST_LEVELS} levels deep.", field="parent_id")


class Placed(Protocol):
    """A row that knows its place."""

    id: int | None
    parent_id: int | None
    position: int


R = TypeVar("R", bound=Placed)


def parents_in_draft(
    parents: Mapping[int, int | None], in_draft: Collection[int]
) -> dict[int, int | None]:
    """Return the parent of each category that is in the draft, stepping over retired ones.

    So what was part of a retired category moves up, and goes back when that one is restored.
    """

    def next_above(one: int) -> int | None:
        passed = {one}
        above = parents.get(one)
        while above is not None and above not in in_draft and above not in passed:
            passed.add(above)
            above = parents.get(above)
        return above if above in in_draft else None

    found = {one: next_above(one) for one in in_draft}
    for one in sorted(found):
        if _leads_back(one, found):
            found[one] = None
    return found


def _leads_back(one: int, parents: Mapping[int, int | None]) -> bool:
    above, steps = parents[one], 0
    while above is not None and above != one and steps < len(parents):
        above, steps = parents[above], steps + 1
    return above == one


def in_tree_order(rows: Sequence[R], parents: Mapping[int, int | None]) -> list[R]:
    """Return the rows in reading order: each right above those that are part of it.

    A row whose parent is not among them stands on the first level.
    """
    known = {row.id for row in rows}
    below: dict[int | None, list[R]] = {}
    for row in sorted(rows, key=lambda row: (row.position, row.id or 0)):
        parent_id = parents.get(row.id or 0)
        below.setdefault(parent_id if parent_id in known else None, []).append(row)
    ordered: list[R] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        waiting += below.get(row.id, [])[::-1]
    return ordered


def objections_to_publishing(draft: Codebook, last: Codebook | None) -> list[str]:
    """Say why the draft cannot become a version, or nothing."""
    if not draft.facets:
        return ["The codebook has no facet yet."]
    # Without any category a facet is the question of an open sort, which finds them.
    thin = [facet.name for facet in draft.facets if len(facet.categories) == 1]
    if len(thin) == len(draft.facets):
        names = ", ".join(f"“{name}”" for name in thin)
        return [
            f"A facet with two categories or more is needed, or one without any for an open sort; "
            f"a single category is in {names}."
        ]
    if last is not None and content_hash(last) == content_hash(draft):
        return ["Nothing has changed since the last version."]
    return list(objections_to_gates(draft))
