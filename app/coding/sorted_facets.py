"""The facets of a round as its coders see them: an open sort offers no category and no gate.

A gate binds where categories are chosen and the facet it asks for is in the round; elsewhere its
facet is asked of every card.
"""

from dataclasses import replace

from app.codebook.content import Codebook, FacetContent
from app.coding.models import Round
from app.coding.rules import Sort
from app.errors import NotFound


def facets_at(round_: Round, codebook: Codebook) -> tuple[FacetContent, ...]:
    """Return the facets of the round, without categories where coders sort openly."""
    chosen = set(round_.facet_ids)
    return tuple(_at(round_, facet) for facet in codebook.facets if facet.id in chosen)


def facet_at(round_: Round, codebook: Codebook, facet_id: int) -> FacetContent:
    """Return one of them; 404 for a facet that the round does not judge."""
    found = codebook.facet(facet_id)
    if found is None or facet_id not in round_.facet_ids:
        raise NotFound
    return _at(round_, found)


def _at(round_: Round, facet: FacetContent) -> FacetContent:
    if round_.sort == Sort.OPEN:
        return replace(facet, categories=(), gate=None)
    if facet.gate is None or (
        round_.sort == Sort.CLOSED and facet.gate.facet_id in round_.facet_ids
    ):
        return facet
    return replace(facet, gate=None)
