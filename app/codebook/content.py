"""PURE: a codebook as a value: what a published version holds and what coders are shown."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any


class Choice(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"


class FacetScale(StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"


@dataclass(frozen=True, slots=True)
class CategoryContent:
    """One category as published; `letter` is the key that chooses it."""

    id: int
    name: str
    brief: str = ""
    definition: str = ""
    inclusion: str = ""
    exclusion: str = ""
    examples: str = ""
    near_misses: str = ""
    tone: int = 1
    letter: str = ""
    parent_id: int | None = None
    external_id: str = ""


class GateNeed(StrEnum):
    """What a coder's own answer on the other facet has to be."""

    ANSWER = "answer"
    NOT_NONE = "not_none"
    CATEGORIES = "categories"


@dataclass(frozen=True, slots=True)
class Gate:
    """On which condition a facet is asked at all: an answer on a facet that stands before it.

    `category_ids` are those of that facet which open the gate, with `CATEGORIES` only.
    """

    facet_id: int
    needs: GateNeed
    category_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetContent:
    """One facet with its categories in their order; without a gate it is asked of every card."""

    id: int
    name: str
    description: str = ""
    choice: Choice = Choice.SINGLE
    scale: FacetScale = FacetScale.NOMINAL
    categories: tuple[CategoryContent, ...] = ()
    gate: Gate | None = None

    def category(self, category_id: int) -> CategoryContent | None:
        return next((found for found in self.categories if found.id == category_id), None)

    def depth(self, category: CategoryContent) -> int:
        """Return how many categories stand above this one."""
        parents = {one.id: one.parent_id for one in self.categories}
        steps, above = 0, category.parent_id
        while above is not None and steps < len(parents):
            steps, above = steps + 1, parents.get(above)
        return steps


@dataclass(frozen=True, slots=True)
class Codebook:
    """Facets in their order."""

    facets: tuple[FacetContent, ...] = field(default=())

    def facet(self, facet_id: int) -> FacetContent | None:
        return next((found for found in self.facets if found.id == facet_id), None)


def to_json(codebook: Codebook) -> dict[str, Any]:
    """Return what is stored; a field that came later is left out where it is empty.

    So the hash of a codebook that does not use it stays what it was.
    """
    stored = asdict(codebook)
    for facet in stored["facets"]:
        if not facet["gate"]:
            del facet["gate"]
        for category in facet["categories"]:
            if not category["near_misses"]:
                del category["near_misses"]
    return stored


def from_json(stored: Mapping[str, Any]) -> Codebook:
    """Return the codebook that `to_json` stored."""
    return Codebook(
        tuple(
            FacetContent(
                **{
                    **facet,
                    "choice": Choice(facet["choice"]),
                    "scale": FacetScale(facet["scale"]),
                    "categories": tuple(CategoryContent(**one) for one in facet["categories"]),
                    "gate": gate_from(facet.get("gate")),
                }
            )
            for facet in stored["facets"]
        )
    )


def gate_from(stored: Mapping[str, Any] | None) -> Gate | None:
    """Return the gate that was stored as JSON, if one was."""
    if stored is None:
        return None
    return Gate(stored["facet_id"], GateNeed(stored["needs"]), tuple(stored["category_ids"]))


def content_hash(codebook: Codebook) -> str:
    """Return a SHA-256 of the content, equal for equal codebooks."""
    text = json.dumps(to_json(codebook), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def letters_for(names: Sequence[str], kept: Sequence[str] = ()) -> list[str]:
    """Give each name a key letter: the first free one of its own letters, else any free one.

    `kept` holds, name by name, the letter it has already; an empty one is given anew.
    Names beyond the 26th get none and are chosen by typing their name.
    """
    letters = list(kept) or [""] * len(names)
    taken = set(letters)
    rest = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    for i, name in enumerate(names):
        if letters[i]:
            continue
        wanted = [c for c in name.lower() if c.isascii() and c.isalpha()]
        letters[i] = next((c for c in wanted + rest if c not in taken), "")
        taken.add(letters[i])
    return letters


def with_letters(codebook: Codebook, earlier: Codebook) -> Codebook:
    """Return the codebook with key letters; a category keeps the one it had in `earlier`."""
    facets = []
    for facet in codebook.facets:
        before = earlier.facet(facet.id)
        had = {one.id: one.letter for one in before.categories} if before else {}
        letters = letters_for(
            [one.name for one in facet.categories],
            [had.get(one.id, "") for one in facet.categories],
        )
        pairs = zip(facet.categories, letters, strict=True)
        categories = tuple(replace(one, letter=letter) for one, letter in pairs)
        facets.append(replace(facet, categories=categories))
    return Codebook(tuple(facets))
