"""PURE: a codebook as a value: what a published version holds and what coders are shown."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
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
    tone: int = 1
    letter: str = ""
    parent_id: int | None = None
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class FacetContent:
    """One facet with its categories in their order."""

    id: int
    name: str
    description: str = ""
    choice: Choice = Choice.SINGLE
    scale: FacetScale = FacetScale.NOMINAL
    categories: tuple[CategoryContent, ...] = ()

    def category(self, category_id: int) -> CategoryContent | None:
        return next((found for found in self.categories if found.id == category_id), None)


@dataclass(frozen=True, slots=True)
class Codebook:
    """Facets in their order."""

    facets: tuple[FacetContent, ...] = field(default=())

    def facet(self, facet_id: int) -> FacetContent | None:
        return next((found for found in self.facets if found.id == facet_id), None)


def to_json(codebook: Codebook) -> dict[str, Any]:
    return asdict(codebook)


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
                }
            )
            for facet in stored["facets"]
        )
    )


def content_hash(codebook: Codebook) -> str:
    """Return a SHA-256 of the content, equal for equal codebooks."""
    text = json.dumps(to_json(codebook), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def letters_for(names: list[str]) -> list[str]:
    """Give each name a key letter: the first free one of its own letters, else any free one.

    Names beyond the 26th get none and are chosen by typing their name.
    """
    taken: set[str] = set()
    letters: list[str] = []
    for name in names:
        wanted = [c for c in name.lower() if c.isascii() and c.isalpha()]
        rest = [chr(code) for code in range(ord("a"), ord("z") + 1)]
        letter = next((c for c in wanted + rest if c not in taken), "")
        taken.add(letter)
        letters.append(letter)
    return letters
