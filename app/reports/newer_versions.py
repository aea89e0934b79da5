"""Which codebook published since a round matters most to a facet of it."""

from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.codebook.models import CodebookVersion
from app.codebook.published import codebook_of_version
from app.coding.models import Round
from app.coding.staleness import changes_of_meaning, stale_since
from app.reports.newer import NewerVersion, is_changed


def newer_version_of(session: Session, round_: Round, facet: FacetContent) -> NewerVersion | None:
    """Return the version published since the round's that matters most to a facet; None without.

    That is the newest in which the facet means something else, or else the newest of all. What
    was changed in wording only, means what it meant.
    """
    statement = (
        select(CodebookVersion.id, CodebookVersion.number, CodebookVersion.published_at)
        .where(CodebookVersion.study_id == round_.study_id)
        .order_by(col(CodebookVersion.number).desc())
    )
    rows = session.exec(statement).all()
    own = next((n for id_, n, _ in rows if id_ == round_.codebook_version_id), None)
    if own is None:
        return None
    changes = changes_of_meaning(session, round_.study_id, facet.id, after=own)
    found = [
        NewerVersion(
            own,
            n,
            at,
            is_changed=any(change <= n for change in changes)
            and is_changed(facet, codebook_of_version(session, id_ or 0)),
            stale_since=stale_since(session, round_, facet.id),
        )
        for id_, n, at in rows
        if n > own
    ]
    return next(iter([*(one for one in found if one.is_changed), *found]), None)
