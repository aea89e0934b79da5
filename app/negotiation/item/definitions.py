"""What the codebook says about categories, side by side."""

from collections.abc import Collection
from difflib import SequenceMatcher

from app.codebook.content import FacetContent
from app.codebook.diff import compare_texts
from app.negotiation.item.parts import DefinitionField, Definitions, Worded
from app.negotiation.naming import named_category

FIELDS = {
    "brief": "In short",
    "definition": "Definition",
    "inclusion": "When",
    "exclusion": "When not",
    "examples": "Examples",
    "near_misses": "Near misses",
}
ALIKE = 0.5
LONGEST_COMPARED = 2_000


def definitions_of(
    facet: FacetContent, version: str, category_ids: Collection[int] | None
) -> Definitions | None:
    """Return the definitions of some categories, or of all; None where there is nothing to read."""
    found = [one for one in facet.categories if category_ids is None or one.id in category_ids]
    if not found:
        return None
    fields = (
        _field(words, [getattr(one, name) for one in found]) for name, words in FIELDS.items()
    )
    return Definitions(
        version=version,
        categories=tuple(map(named_category, found)),
        fields=tuple(one for one in fields if any(one.texts)),
    )


def _field(words: str, texts: list[str]) -> DefinitionField:
    return DefinitionField(words, tuple(texts), _compared(texts))


def _compared(texts: list[str]) -> tuple[tuple[Worded, ...], ...]:
    """Return two texts with the words in which they differ, where most words are the same."""
    if len(texts) != 2 or not all(texts) or max(map(len, texts)) > LONGEST_COMPARED:
        return ()
    first, second = texts
    if first == second or SequenceMatcher(None, first.split(), second.split()).ratio() < ALIKE:
        return ()
    pieces = compare_texts(first, second)
    return tuple(
        tuple(
            Worded(piece.text, piece.kind == kind)
            for piece in pieces
            if piece.kind in {"same", kind}
        )
        for kind in ("del", "ins")
    )
