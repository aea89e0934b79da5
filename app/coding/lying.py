"""Where a coder's own cards lie on a facet."""

from typing import NamedTuple

from sqlalchemy import Text, cast, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app.coding.judged import listed
from app.coding.models import Assignment, Placement, Round
from app.coding.visibility import Viewer, visible_placements


class Lying(NamedTuple):
    """Where one of a coder's cards lies on a facet; turn 0 when it was never judged.

    A tuple, for a board makes ten thousand of them.
    """

    card_id: int
    position: int
    is_parked: bool
    value: str
    category_ids: tuple[int, ...]
    turn: int
    has_memo: bool
    pile_numbers: tuple[int, ...] = ()


def own_on_facet(session: Session, round_: Round, coder_id: int, facet_id: int) -> list[Lying]:
    """Return where each of the coder's cards lies on a facet, in the coder's own order.

    Plain columns and one pass: a board of ten thousand cards is drawn from this.
    """
    own = (
        visible_placements(Viewer(coder_id), round_)
        .where(Placement.coder_id == coder_id, Placement.facet_id == facet_id)
        .subquery()
    )
    statement = (
        select_columns(
            col(Assignment.card_id),
            col(Assignment.position),
            col(Assignment.is_parked),
            func.coalesce(own.c.value, ""),
            cast(own.c.category_ids, Text),
            func.coalesce(own.c.turn, 0),
            func.coalesce(own.c.memo, "") != "",
            cast(own.c.pile_numbers, Text),
        )
        .join_from(Assignment, own, col(Assignment.card_id) == own.c.card_id, isouter=True)
        .where(col(Assignment.round_id) == round_.id, col(Assignment.coder_id) == coder_id)
        .order_by(col(Assignment.position))
    )
    rows = session.connection().execute(statement).all()
    return [
        Lying(card_id, position, parked, value, listed(ids), turn, bool(memo), listed(piles))
        for card_id, position, parked, value, ids, turn, memo, piles in rows
    ]
