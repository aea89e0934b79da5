"""Merges and splits that hold for the draft, and the gates that follow them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from app.codebook.changes import Step, moved_on
from app.codebook.content import FacetContent
from app.codebook.models import Category, Lineage


def lineage_of_draft(session: Session, study_id: int) -> list[Lineage]:
    """Return the merges and splits that publishing the draft would make final.

    One counts while its category is out of the draft since the very act that wrote it.
    """
    return [one for one in _lineage_in_force(session, study_id) if one.version_id is None]


def _lineage_in_force(session: Session, study_id: int) -> list[Lineage]:
    statement = (
        select(Lineage, Category.retired_at)
        .join(Category, col(Category.id) == col(Lineage.from_id))
        .where(Lineage.study_id == study_id)
        .order_by(col(Lineage.id))
    )
    return [row for row, retired_at in session.exec(statement).all() if row.at == retired_at]


def gates_followed(
    session: Session, study_id: int, facets: Sequence[FacetContent]
) -> Sequence[FacetContent]:
    """Return the facets with gates that name what became of their categories."""
    in_draft = {one.id for facet in facets for one in facet.categories}
    gates = [facet.gate for facet in facets if facet.gate]
    if all(in_draft.issuperset(gate.category_ids) for gate in gates):
        return facets
    steps = [Step(one.kind, one.from_id, one.to_id) for one in _lineage_in_force(session, study_id)]
    return [
        replace(one, gate=moved_on(one.gate, steps, in_draft)) if one.gate else one
        for one in facets
    ]
