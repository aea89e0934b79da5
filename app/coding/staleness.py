"""Whether labels of one coder stand on a codebook that has changed since it was last checked."""

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.codebook.changes import ChangeClass, classify
from app.codebook.models import CodebookVersion
from app.codebook.published import codebook_of_version
from app.coding.models import Round, Snapshot
from app.coding.rules import Kind, Phase

_CHECKS = (Kind.INDEPENDENT, Kind.DRIFT_CHECK)


def stale_since(session: Session, round_: Round, facet_id: int) -> int | None:
    """Return the version by whose change labels of a single coder have become stale, or None.

    A clarifying or structural change of the facet makes them stale, until a round of several
    coders on other cards, an independent one or a drift check, has closed by that version or a
    newer one: then it is known again how far coders agree.
    """
    own = _number_of(session, round_)
    if own is None:
        return None
    known = max(own, _newest_checked(session, round_.study_id, facet_id))
    return next(iter(changes_of_meaning(session, round_.study_id, facet_id, after=known)), None)


def _number_of(session: Session, round_: Round) -> int | None:
    if round_.codebook_version_id is None:
        return None
    return session.get_one(CodebookVersion, round_.codebook_version_id).number


def _newest_checked(session: Session, study_id: int, facet_id: int) -> int:
    """Return the newest version by which several coders judged the same cards on the facet."""
    n_cocoded = col(Snapshot.figures)["cocoded"]["n_cards"].as_integer()
    statement = (
        select(func.max(CodebookVersion.number))
        .join(Round, col(Round.codebook_version_id) == col(CodebookVersion.id))
        .join(Snapshot, col(Snapshot.round_id) == col(Round.id))
        .where(
            Round.study_id == study_id,
            Snapshot.facet_id == facet_id,
            col(Round.kind).in_(_CHECKS),
            Round.phase != Phase.VOID,
            func.coalesce(n_cocoded, 1) > 0,  # earlier releases did not count them
        )
    )
    return session.exec(statement).one() or 0


def changes_of_meaning(
    session: Session, study_id: int, facet_id: int, *, after: int = 0
) -> dict[int, ChangeClass]:
    """Return the versions after a number that mean something else on a facet, oldest first."""
    rows = session.exec(
        select(CodebookVersion)
        .where(CodebookVersion.study_id == study_id)
        .order_by(col(CodebookVersion.number))
    ).all()
    found = {}
    for before, version in pairwise(rows):
        change = class_of_change(session, before, version, facet_id)
        if version.number > after and change not in {None, ChangeClass.EDITORIAL}:
            found[version.number] = change
    return {number: change for number, change in found.items() if change is not None}


def class_of_change(
    session: Session, before: CodebookVersion, version: CodebookVersion, facet_id: int
) -> ChangeClass | None:
    """Return the gravest class of what a version changed on a facet; None for nothing.

    Versions of earlier releases did not note their changes; their contents are compared.
    """
    return _gravest(_classes(session, before, version, facet_id))


def _classes(
    session: Session, before: CodebookVersion, version: CodebookVersion, facet_id: int
) -> Sequence[ChangeClass]:
    if version.changes:
        return [ChangeClass(one["class"]) for one in version.changes if one["facet_id"] == facet_id]
    old = codebook_of_version(session, before.id or 0)
    new = codebook_of_version(session, version.id or 0)
    return [one.change_class for one in classify(old, new, ()) if one.facet_id == facet_id]


def _gravest(classes: Sequence[ChangeClass]) -> ChangeClass | None:
    order = (ChangeClass.STRUCTURAL, ChangeClass.CLARIFYING, ChangeClass.EDITORIAL)
    return next((one for one in order if one in classes), None)
