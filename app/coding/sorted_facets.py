"""The facets of a round as its coders see them: an open sort offers no category and no gate.

A gate binds where categories are chosen and the facet it asks for is in the round; elsewhere its
facet is asked of every card.
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlmodel import Session

from app.codebook.content import Codebook, FacetContent
from app.codebook.published import codebook_of_version
from app.coding.models import Round
from app.coding.rules import Sort
from app.errors import NotFound


def facets_at(round_: Round, codebook: Codebook) -> tuple[FacetContent, ...]:
    """Return the facets of the round, without categories where coders sort openly.

    Once their piles are matched the round has the shared categories.
    """
    bare = round_.sort == Sort.OPEN and round_.aligned_at is None
    return tuple(_at(round_, facet, bare=bare) for facet in _chosen(round_, codebook))


def facets_before_aligning(session: Session, round_: Round) -> tuple[FacetContent, ...]:
    """Return the facets by which coders sorted, whatever the team made of their piles since."""
    version_id = round_.sorted_version_id or round_.codebook_version_id
    if version_id is None:
        return ()
    facets = _chosen(round_, codebook_of_version(session, version_id))
    bare = round_.sort == Sort.OPEN
    return tuple(_at(round_, facet, bare=bare) for facet in facets)


def _chosen(round_: Round, codebook: Codebook) -> Iterable[FacetContent]:
    chosen = set(round_.facet_ids)
    return (facet for facet in codebook.facets if facet.id in chosen)


def facet_at(round_: Round, codebook: Codebook, facet_id: int) -> FacetContent:
    """Return one of them; 404 for a facet that the round does not judge."""
    found = codebook.facet(facet_id)
    if found is None or facet_id not in round_.facet_ids:
        raise NotFound
    return _at(round_, found, bare=round_.sort == Sort.OPEN and round_.aligned_at is None)


def _at(round_: Round, facet: FacetContent, *, bare: bool) -> FacetContent:
    if bare:
        return replace(facet, categories=(), gate=None)
    if facet.gate is None or (
        round_.sort == Sort.CLOSED and facet.gate.facet_id in round_.facet_ids
    ):
        return facet
    return replace(facet, gate=None)
