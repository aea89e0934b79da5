"""What stays hidden after a round has closed, until every party has stated its reasons."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, insert, update
from sqlmodel import Session, col, exists, select

from app.coding.exposing import expose_cards
from app.coding.models import Placement, Round, RoundCoder, Seal
from app.coding.rounds import round_id_of
from app.db import now
from app.errors import Conflict


class StillSealed(Conflict):
    """Statements are missing, so what others said stays hidden."""


def is_opened() -> ColumnElement[bool]:
    """Return the condition that no seal lies on what a placement says."""
    return ~exists().where(
        col(Seal.round_id) == col(Placement.round_id),
        col(Seal.facet_id) == col(Placement.facet_id),
        col(Seal.card_id) == col(Placement.card_id),
        col(Seal.opened_at).is_(None),
    )


def has_seals(session: Session, round_: Round) -> bool:
    """Whether anything of the round is still sealed."""
    statement = select(Seal.card_id).where(
        Seal.round_id == round_.id, col(Seal.opened_at).is_(None)
    )
    return session.exec(statement.limit(1)).first() is not None


def seal(session: Session, round_: Round, cards: Iterable[tuple[int, int]]) -> None:
    """Seal cards of a round that has just closed, each given as (facet, card)."""
    rows = [
        {"round_id": round_.id, "facet_id": facet_id, "card_id": card_id, "opened_at": None}
        for facet_id, card_id in cards
    ]
    if rows:
        session.connection().execute(insert(Seal), rows)


def open_seal(session: Session, round_: Round, *, facet_id: int, card_id: int) -> None:
    """Show everybody what was said of a card; from here on it has been talked about."""
    statement = (
        update(Seal)
        .where(
            col(Seal.round_id) == round_id_of(round_),
            col(Seal.facet_id) == facet_id,
            col(Seal.card_id) == card_id,
            col(Seal.opened_at).is_(None),
        )
        .values(opened_at=now())
    )
    session.connection().execute(statement)
    expose_cards(session, round_, [card_id])


def check_positions_open(session: Session, round_: Round) -> None:
    """Raise `StillSealed` while something of the round may be seen by nobody."""
    if has_seals(session, round_):
        raise StillSealed(
            f"{round_.name} is sealed: who said what is shown when every coder has written their "
            "statements. Go to Negotiation to see what is missing."
        )


def check_figures_open(session: Session, round_: Round, *, member_id: int, is_lead: bool) -> None:
    """Raise `StillSealed` while figures would tell what is sealed.

    A lead who did not code in the round may read them: no statement of theirs could follow them.
    """
    if not has_seals(session, round_):
        return
    codes = select(RoundCoder.coder_id).where(
        RoundCoder.round_id == round_.id, RoundCoder.coder_id == member_id
    )
    if not is_lead or session.exec(codes).first() is not None:
        raise StillSealed(
            f"The figures of {round_.name} are sealed until every coder has written their "
            "statements. Go to Negotiation to see what is missing."
        )
