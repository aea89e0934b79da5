"""The facets of a round as its coders see them: an open sort offers no category."""

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
    facets = _chosen(round_, codebook)
    return tuple(_bare(facets) if _hides_categories(round_) else facets)


def facets_before_aligning(session: Session, round_: Round) -> tuple[FacetContent, ...]:
    """Return the facets by which coders sorted, whatever the team made of their piles since."""
    version_id = round_.sorted_version_id or round_.codebook_version_id
    if version_id is None:
        return ()
    facets = _chosen(round_, codebook_of_version(session, version_id))
    return tuple(_bare(facets) if round_.sort == Sort.OPEN else facets)


def _chosen(round_: Round, codebook: Codebook) -> Iterable[FacetContent]:
    chosen = set(round_.facet_ids)
    return (facet for facet in codebook.facets if facet.id in chosen)


def _hides_categories(round_: Round) -> bool:
    return round_.sort == Sort.OPEN and round_.aligned_at is None


def _bare(facets: Iterable[FacetContent]) -> Iterable[FacetContent]:
    return (replace(facet, categories=()) for facet in facets)


def facet_at(round_: Round, codebook: Codebook, facet_id: int) -> FacetContent:
    """Return one of them; 404 for a facet that the round does not judge."""
    found = codebook.facet(facet_id)
    if found is None or facet_id not in round_.facet_ids:
        raise NotFound
    return replace(found, categories=()) if _hides_categories(round_) else found
