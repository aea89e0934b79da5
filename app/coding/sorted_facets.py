"""The facets of a round as its coders see them: an open sort offers no category."""

from collections.abc import Iterable
from dataclasses import replace

from app.codebook.content import Codebook, FacetContent
from app.coding.models import Round
from app.coding.rules import Sort
from app.errors import NotFound


def facets_at(round_: Round, codebook: Codebook) -> tuple[FacetContent, ...]:
    """Return the facets of the round, without categories where coders sort openly."""
    chosen = set(round_.facet_ids)
    facets = (facet for facet in codebook.facets if facet.id in chosen)
    return tuple(_bare(facets) if round_.sort == Sort.OPEN else facets)


def _bare(facets: Iterable[FacetContent]) -> Iterable[FacetContent]:
    return (replace(facet, categories=()) for facet in facets)


def facet_at(round_: Round, codebook: Codebook, facet_id: int) -> FacetContent:
    """Return one of them; 404 for a facet that the round does not judge."""
    found = codebook.facet(facet_id)
    if found is None or facet_id not in round_.facet_ids:
        raise NotFound
    return replace(found, categories=()) if round_.sort == Sort.OPEN else found
