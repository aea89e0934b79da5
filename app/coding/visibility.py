"""Who may see which placement: the only module that reads the placement table.

Blindness is a property of these queries. A caller cannot forget it, because there is no other
way to a placement; a test looks for one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select
from sqlmodel.sql.expression import SelectOfScalar

from app.coding.models import Parking, Placement, Round
from app.coding.rules import sees_others
from app.coding.seals import is_opened


@dataclass(frozen=True, slots=True)
class Viewer:
    """Through whose eyes placements are read; `member_id` is None for Concord itself.

    Concord computes figures, flags and rules from what is sealed; whoever shows or exports what
    `NOBODY` reads asks `seals.check_positions_open` first.
    """

    member_id: int | None


NOBODY = Viewer(None)


def visible_placements(viewer: Viewer, round_: Round) -> SelectOfScalar[Placement]:
    """Return the query for the current placements of a round that the viewer may see.

    While the round is open these are the viewer's own; afterwards everybody's, but for those of
    others on cards that are still sealed.
    """
    return visible_history(viewer, round_).where(_is_newest())


@cache
def _is_newest() -> ColumnElement[bool]:
    """Return the condition that no later turn exists; built once, it takes a millisecond."""
    later = aliased(Placement)
    is_replaced = exists().where(
        and_(
            col(later.round_id) == col(Placement.round_id),
            col(later.coder_id) == col(Placement.coder_id),
            col(later.card_id) == col(Placement.card_id),
            col(later.facet_id) == col(Placement.facet_id),
            col(later.turn) == col(Placement.turn) + 1,
        )
    )
    return ~is_replaced


def visible_history(viewer: Viewer, round_: Round) -> SelectOfScalar[Placement]:
    """Return the query for all placements, replaced ones too, that the viewer may see."""
    statement = select(Placement).where(Placement.round_id == round_.id)
    if sees_others(is_closed=round_.closed_at is not None):
        if viewer.member_id is None:
            return statement
        return statement.where(or_(col(Placement.coder_id) == viewer.member_id, is_opened()))
    if viewer.member_id is None:
        return statement.where(false())
    return statement.where(Placement.coder_id == viewer.member_id)


# Built once: every save and every card that is shown runs it.
_OWN_TURNS = (
    select(Placement)
    .where(
        col(Placement.round_id) == bindparam("round_id"),
        col(Placement.coder_id) == bindparam("coder_id"),
        col(Placement.card_id) == bindparam("card_id"),
    )
    .order_by(col(Placement.turn))
)


def own_on_card(
    session: Session, round_: Round, coder_id: int, card_id: int
) -> dict[int, Placement]:
    """Return the coder's current placements on a card, by facet; one's own are always visible."""
    ids = {"round_id": round_.id, "coder_id": coder_id, "card_id": card_id}
    # A card has few turns: the last of each facet wins, which is cheaper than asking for it.
    return {found.facet_id: found for found in session.exec(_OWN_TURNS, params=ids)}


def own_on_cards(
    session: Session, round_: Round, coder_id: int, card_ids: Sequence[int]
) -> dict[int, dict[int, Placement]]:
    """Return the coder's current placements on several cards, by card and facet."""
    statement = visible_placements(Viewer(coder_id), round_).where(
        Placement.coder_id == coder_id, col(Placement.card_id).in_(card_ids)
    )
    found: dict[int, dict[int, Placement]] = {card_id: {} for card_id in card_ids}
    for placement in session.exec(statement):
        found[placement.card_id][placement.facet_id] = placement
    return found


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a coder: a judgement, a parking or its end, or a judgement that ended one."""

    placement: Placement | None
    parking: Parking | None

    @property
    def row(self) -> Placement | Parking:
        row = self.placement or self.parking
        if row is None:
            raise RuntimeError("an act has a row")
        return row

    @property
    def number(self) -> int:
        return self.row.act

    @property
    def card_id(self) -> int:
        return self.row.card_id


Table = type[Placement] | type[Parking]


def last_act_to_undo(session: Session, round_: Round, coder_id: int) -> Act | None:
    """Return the coder's newest act that is neither an undoing or redoing nor undone."""
    return _newest_act(
        session,
        round_,
        coder_id,
        lambda table: (_is_first(table), col(table.act).not_in(_undone(table))),
    )


def last_undoing_to_redo(session: Session, round_: Round, coder_id: int) -> Act | None:
    """Return the coder's newest undoing that stands, unless another act came after it."""
    undoing = _newest_act(
        session,
        round_,
        coder_id,
        # The redoing of an undoing is about it as an undoing is about an act.
        lambda table: (
            col(table.undoes).in_(_first_acts(aliased(table))),
            col(table.act).not_in(_answered(aliased(table))),
        ),
    )
    act = _newest_act(session, round_, coder_id, lambda table: (_is_first(table),))
    return undoing if undoing and act and undoing.row.act > act.row.act else None


def _newest_act(
    session: Session,
    round_: Round,
    coder_id: int,
    are: Callable[[Table], tuple[ColumnElement[bool], ...]],
) -> Act | None:
    placements = (
        visible_history(Viewer(coder_id), round_)
        .where(Placement.coder_id == coder_id, *are(Placement))
        .order_by(col(Placement.act).desc())
        .limit(1)
    )
    # A parking that ended with a judgement is undone with it, under the same numbers.
    parkings = (
        select(Parking)
        .where(Parking.round_id == round_.id, Parking.coder_id == coder_id, *are(Parking))
        .order_by(col(Parking.act).desc())
        .limit(1)
    )
    ids = {"round_id": round_.id, "coder_id": coder_id}
    placement = session.exec(placements, params=ids).first()
    parking = session.exec(parkings, params=ids).first()
    last = max((row.act for row in (placement, parking) if row is not None), default=None)
    if last is None:
        return None
    return Act(
        placement if placement is not None and placement.act == last else None,
        parking if parking is not None and parking.act == last else None,
    )


def acts_between(
    session: Session, round_: Round, coder_id: int, first: int, last: int
) -> list[Act]:
    """Return a coder's acts on cards from one number to another, the last first.

    What came with another judgement is no act of its own: it is taken back with that one.
    """
    placements = visible_history(Viewer(coder_id), round_).where(
        Placement.coder_id == coder_id,
        col(Placement.act).between(first, last),
        col(Placement.follows).is_(None),
    )
    parkings = select(Parking).where(
        Parking.round_id == round_.id,
        Parking.coder_id == coder_id,
        col(Parking.act).between(first, last),
    )
    placed = {row.act: row for row in session.exec(placements)}
    parked = {row.act: row for row in session.exec(parkings)}
    numbers = sorted(placed.keys() | parked.keys(), reverse=True)
    return [Act(placed.get(number), parked.get(number)) for number in numbers]


def _is_first(table: Table) -> ColumnElement[bool]:
    """Return the condition of an act of its own: no undoing, and nothing that came with another."""
    is_no_undoing = col(table.undoes).is_(None)
    # Parkings follow nothing; an alias of the table knows its columns only by name.
    follows = getattr(table, "follows", None)
    return is_no_undoing if follows is None else and_(is_no_undoing, col(follows).is_(None))


# These depend on no row outside: each is answered once for a search among thousands of acts.
def _undone(table: Table) -> Select[Any]:
    """Return the query for the acts of a coder that were taken back and not redone."""
    undoing = aliased(table)
    return _answered(undoing).where(col(undoing.act).not_in(_answered(aliased(table))))


def _answered(undoing: Table) -> Select[Any]:
    """Return the query for the acts that an undoing or redoing was about."""
    statement = select_columns(col(undoing.undoes)).where(col(undoing.undoes).is_not(None))
    return _of_coder(statement, undoing)


def _first_acts(act: Table) -> Select[Any]:
    return _of_coder(select_columns(col(act.act)).where(_is_first(act)), act)


def _of_coder(statement: Select[Any], table: Table) -> Select[Any]:
    return statement.where(
        col(table.round_id) == bindparam("round_id"), col(table.coder_id) == bindparam("coder_id")
    )
