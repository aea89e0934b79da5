"""PURE: whether a codebook published since a round still asks what the round asked."""

from dataclasses import dataclass
from datetime import datetime

from app.codebook.content import CategoryContent, Codebook, FacetContent, FacetScale


@dataclass(frozen=True, slots=True)
class NewerVersion:
    """A version published since that of the round, `own`; whether it changed the facet.

    `stale_since` is the version by whose change single-coded labels of the round are stale; None
    where a round of several coders has checked the newer codebook since.
    """

    own: int
    number: int
    published_at: datetime
    is_changed: bool
    stale_since: int | None = None


def is_changed(facet: FacetContent, newer: Codebook) -> bool:
    """Whether coders read something else of a facet in the newer codebook, or nothing.

    Colours, keys and ids mean nothing to a judgement, and neither does the order of categories
    unless it is the scale.
    """
    found = newer.facet(facet.id)
    return found is None or _meaning(found) != _meaning(facet)


def _meaning(facet: FacetContent) -> tuple[object, ...]:
    categories = [_words(one) for one in facet.categories]
    if facet.scale is not FacetScale.ORDINAL:
        categories.sort()
    return (facet.name, facet.description, facet.choice, facet.scale, categories)


def _words(one: CategoryContent) -> tuple[int, int, tuple[str, ...]]:
    texts = (one.name, one.brief, one.definition, one.inclusion, one.exclusion, one.examples)
    return one.id, one.parent_id or 0, (*texts, one.near_misses)
