"""The way along the agenda: where a card stands, what lies beside it, and what comes next."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
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
    """Return the same where the agenda has the order of the places.

    Each question is answered by the first row that fits, and the first one usually has an answer.
    """
    kind = kind_of(found)
    here = (
        col(Disagreement.round_id) == found.round_id,
        col(Disagreement.facet_id) == found.facet_id,
        *kind,
    )
    other = col(Disagreement.id) != found.id
    same_cluster = col(Disagreement.cluster) == found.cluster
    run = session.connection().execute

    def first_open(*among: ColumnElement[bool]) -> int | None:
        waiting = select(col(Disagreement.id)).where(
            *here, *among, col(Disagreement.state) == "open", other
        )
        in_order = waiting.order_by(col(Disagreement.place), col(Disagreement.id)).limit(1)
        ahead = run(in_order.where(_is_ahead_of(found))).scalar()
        return ahead if ahead is not None else run(in_order).scalar()

    following = None
    if kind is not LOOKED_AT_AGAIN:
        following = first_open(same_cluster)
        twin = select(col(Disagreement.id)).where(*here, same_cluster, other).limit(1)
        if following is None and run(twin).first() is None:
            # Cards that are alone with their pair stand together on the agenda.
            alone = (
                select(col(Disagreement.cluster))
                .where(*here)
                .group_by(col(Disagreement.cluster))
                .having(func.count() == 1)
            )
            following = first_open(col(Disagreement.cluster).in_(alone))
    return following if following is not None else first_open()


def _is_ahead_of(found: Disagreement) -> ColumnElement[bool]:
    place, id_ = col(Disagreement.place), col(Disagreement.id)
    # The first condition alone is one that an index can answer.
    return and_(place >= found.place, or_(place > found.place, id_ > found.id))
