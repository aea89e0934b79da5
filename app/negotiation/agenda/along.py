"""The way along the agenda: where a card stands, what lies beside it, and what comes next."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, col

from app.coding.models import Round
from app.negotiation.agenda.listing import (
    LOOKED_AT_AGAIN,
    Entries,
    entries,
    has_sealed,
    kind_of,
)
from app.negotiation.models import Disagreement
from app.negotiation.rules import Flag


@dataclass(frozen=True, slots=True)
class Place:
    """Where a disagreement stands on the agenda of its facet.

    `key` is what it is listed under: a pair of answers, or a name from `listing` and `naming`.
    """

    key: str
    in_cluster: int
    n_in_cluster: int
    previous_id: int | None
    next_id: int | None
    number: int


def place_of(session: Session, found: Disagreement) -> Place:
    """Return where a disagreement stands; of sealed cards in the order of the import."""
    every = entries(session, found.round_id, found.facet_id)
    rows, at = next(
        (rows, place) for rows in every for place, one in enumerate(rows) if one.id == found.id
    )
    here = rows[at]
    together = [one.id for one in rows if one.key == here.key]
    return Place(
        key=here.key,
        in_cluster=together.index(here.id) + 1,
        n_in_cluster=len(together),
        previous_id=rows[at - 1].id if at else None,
        next_id=rows[at + 1].id if at + 1 < len(rows) else None,
        number=here.number,
    )


def next_open(session: Session, round_: Round, found: Disagreement) -> Disagreement | None:
    """Return what to talk about next: an open one of the same cluster, else of the facet.

    What comes later on the agenda comes first. After a sealed card that is the first open one.
    """
    if has_sealed(session, round_.id or 0, found.facet_id):
        following = _next_among(entries(session, round_.id or 0, found.facet_id), found)
    else:
        following = _next_by_place(session, found)
    return session.get(Disagreement, following) if following is not None else None


def _next_among(every: Entries, found: Disagreement) -> int | None:
    rows = every.reviews if found.flag >= Flag.FRAGILE_AGREEMENT else every.talked
    here = next((one for one in rows if one.id == found.id), None)
    key, number = (here.key, here.number) if here else ("", 0)
    waiting = (one for one in rows if one.state == "open" and one.id != found.id)
    following = min(
        waiting,
        key=lambda one: (one.key != key, one.number < number, one.number),
        default=None,
    )
    return following.id if following is not None else None


def _next_by_place(session: Session, found: Disagreement) -> int | None:
    """Return the same where the agenda has the order of the places: nobody reads all of it then."""
    kind = kind_of(found)
    listed_here = (
        col(Disagreement.round_id) == found.round_id,
        col(Disagreement.facet_id) == found.facet_id,
        *kind,
    )
    in_order = (
        select(col(Disagreement.id))
        .where(*listed_here, col(Disagreement.state) == "open", col(Disagreement.id) != found.id)
        .order_by(
            case((_is_behind(found), 1), else_=0), col(Disagreement.place), col(Disagreement.id)
        )
        .limit(1)
    )
    twins = select(col(Disagreement.id)).where(
        *listed_here,
        col(Disagreement.cluster) == found.cluster,
        col(Disagreement.id) != found.id,
    )
    alone = (
        select(col(Disagreement.cluster))
        .where(*listed_here)
        .group_by(col(Disagreement.cluster))
        .having(func.count() == 1)
    )
    run = session.connection().execute
    following = None
    if kind is not LOOKED_AT_AGAIN:
        has_twin = run(twins.limit(1)).first() is not None
        same = [found.cluster] if has_twin else alone
        following = run(in_order.where(col(Disagreement.cluster).in_(same))).scalar()
    return following if following is not None else run(in_order).scalar()


def _is_behind(found: Disagreement) -> ColumnElement[bool]:
    return or_(
        col(Disagreement.place) < found.place,
        and_(col(Disagreement.place) == found.place, col(Disagreement.id) < found.id),
    )
