"""PURE: what differs between two codebooks, and between two texts."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from app.codebook.content import CategoryContent, Codebook, FacetContent
from app.codebook.gates import gate_in_words
from app.codebook.rules import CATEGORY_WORDS, FACET_WORDS

MOST_WORDS_COMPARED = 3_000
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    """What happened to a facet or category; the words are shown."""

    ADDED = "new"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a compared text: kind is `same`, `ins` or `del`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its text before and after."""

    field: str
    words: str
    before: str
    after: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return compare_texts(self.before, self.after)


@dataclass(frozen=True, slots=True)
class CategoryChange:
    """A category that is not what it was; `category` is the newer state."""

    category: CategoryContent
    kinds: tuple[Change, ...]
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class FacetChange:
    """A facet that is not what it was, or that holds such categories."""

    facet: FacetContent
    kinds: tuple[Change, ...]
    fields: tuple[FieldChange, ...]
    categories: tuple[CategoryChange, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs, in the order of the newer codebook, removed things last."""

    facets: tuple[FacetChange, ...]

    @property
    def n_changes(self) -> int:
        return sum(bool(facet.kinds) + len(facet.categories) for facet in self.facets)

    def kinds_of(self, category_id: int) -> tuple[Change, ...]:
        """Return what happened to a category, nothing if it is as it was."""
        found = (c for facet in self.facets for c in facet.categories)
        return next((c.kinds for c in found if c.category.id == category_id), ())


def compare(old: Codebook, new: Codebook) -> Comparison:
    """Return what was done to get from the old codebook to the new one."""
    moved = _moved([one.id for one in old.facets], [one.id for one in new.facets])
    changes = [_facet_change(old, one, new, one.id in moved) for one in new.facets]
    gone = [
        FacetChange(one, (Change.REMOVED,), (), ())
        for one in old.facets
        if new.facet(one.id) is None
    ]
    return Comparison(tuple(one for one in [*changes, *gone] if one.kinds or one.categories))


def _facet_change(before: Codebook, new: FacetContent, after: Codebook, moved: bool) -> FacetChange:
    old = before.facet(new.id)
    if old is None:
        categories = tuple(_category_change(None, one, new, new, False) for one in new.categories)
        return FacetChange(new, (Change.ADDED,), (), categories)
    fields = tuple(
        FieldChange(field, words, _said(old, field, before), _said(new, field, after))
        for field, words in FACET_WORDS.items()
        if getattr(old, field) != getattr(new, field)
    )
    return FacetChange(new, _kinds(fields, moved), fields, tuple(_categories(old, new)))


def _said(facet: FacetContent, field: str, codebook: Codebook) -> str:
    if field == "gate":
        return gate_in_words(facet.gate, codebook.facets) or "always"
    return str(getattr(facet, field))


def _categories(old: FacetContent, new: FacetContent) -> Iterator[CategoryChange]:
    moved = _moved([one.id for one in old.categories], [one.id for one in new.categories])
    for one in new.categories:
        change = _category_change(old.category(one.id), one, old, new, one.id in moved)
        if change.kinds:
            yield change
    for one in old.categories:
        if new.category(one.id) is None:
            yield CategoryChange(one, (Change.REMOVED,), ())


def _category_change(
    old: CategoryContent | None,
    new: CategoryContent,
    old_facet: FacetContent,
    new_facet: FacetContent,
    moved: bool,
) -> CategoryChange:
    if old is None:
        return CategoryChange(new, (Change.ADDED,), ())
    before, after = _texts(old, old_facet), _texts(new, new_facet)
    words = {**CATEGORY_WORDS, "letter": "Key", "external_id": "Id"}
    fields = tuple(
        FieldChange(field, words[field], before[field], after[field])
        for field in words
        if getattr(old, field) != getattr(new, field)
    )
    moved = moved or old.parent_id != new.parent_id
    return CategoryChange(new, _kinds(fields, moved), fields)


def _texts(category: CategoryContent, facet: FacetContent) -> dict[str, str]:
    parent = facet.category(category.parent_id) if category.parent_id is not None else None
    return {
        "name": category.name,
        "brief": category.brief,
        "definition": category.definition,
        "inclusion": category.inclusion,
        "exclusion": category.exclusion,
        "examples": category.examples,
        "near_misses": category.near_misses,
        "tone": str(category.tone),
        "parent_id": parent.name if parent else "",
        "letter": category.letter,
        "external_id": category.external_id,
    }


def _kinds(fields: Sequence[FieldChange], moved: bool) -> tuple[Change, ...]:
    names = {change.field for change in fields} - {"parent_id"}
    found = (
        (Change.RENAMED, "name" in names),
        (Change.CHANGED, bool(names - {"name"})),
        (Change.MOVED, moved),
    )
    return tuple(kind for kind, holds in found if holds)


def _moved(old: Sequence[int], new: Sequence[int]) -> set[int]:
    """Return the fewest ids whose moving turns the old order of the common ones into the new."""
    place = {one: i for i, one in enumerate(old)}
    common = [one for one in new if one in place]
    tails: list[int] = []  # last place of the best chain of each length
    chains: list[list[int]] = []
    for one in common:
        i = bisect_left(tails, place[one])
        chain = [*(chains[i - 1] if i else []), one]
        tails[i : i + 1] = [place[one]]
        chains[i : i + 1] = [chain]
    return set(common) - set(chains[-1] if chains else [])


def compare_texts(before: str, after: str) -> tuple[Piece, ...]:
    """Return both texts as one, word by word: what stayed, what went, what came."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS_COMPARED:
        old, new = [before], [after]
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[i:j])))
            continue
        pieces += [Piece("del", "".join(old[i:j]))] if i < j else []
        pieces += [Piece("ins", "".join(new[k:m]))] if k < m else []
    return tuple(pieces)
