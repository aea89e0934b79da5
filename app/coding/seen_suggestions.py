"""Who may see which suggestion: the only module that reads their table.

A suggestion follows from its coder's judgements, so it is as blind as they are: one's own while a
round is open, and of others never more than how many there were, once it has closed.
"""

from dataclasses import dataclass

from sqlalchemy import Text, and_, cast, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.coding.assistance import Assistance
from app.coding.judged import listed
from app.coding.models import Placement, Round
from app.coding.rounds import protocol_of, round_id_of
from app.coding.rules import sees_others
from app.coding.suggestion_models import Suggestion
from app.coding.visibility import NOBODY, Viewer, visible_history


@dataclass(frozen=True, slots=True)
class Uptake:
    """How often a category was shown on a facet, judged with it in view, and judged like that."""

    n_shown: int
    n_judged: int
    n_followed: int


def own_suggestion(
    session: Session, round_: Round, coder_id: int, *, card_id: int, facet_id: int, turn: int
) -> Suggestion | None:
    """Return what the coder was shown for a card as it is judged now, if anything."""
    key = (round_id_of(round_), coder_id, card_id, facet_id, turn)
    return session.get(Suggestion, key)


def suggestions_seen(
    session: Session, viewer: Viewer, round_: Round
) -> dict[tuple[int, int, int, int], Suggestion]:
    """Return those that the viewer may see, by coder, card, facet and the turn judged with them.

    While the round is open these are the viewer's own, and a command sees none.
    """
    if Assistance.SUGGESTED_CATEGORY not in protocol_of(round_).assistance:
        return {}
    statement = select(Suggestion).where(Suggestion.round_id == round_.id)
    if not sees_others(is_closed=round_.closed_at is not None):
        if viewer.member_id is None:
            return {}
        statement = statement.where(Suggestion.coder_id == viewer.member_id)
    return {
        (one.coder_id, one.card_id, one.facet_id, one.seen_turn + 1): one
        for one in session.exec(statement)
    }


def uptake_of(session: Session, round_: Round, facet_id: int) -> Uptake | None:
    """Return it for all coders of a closed round; None while it is open or where none is shown."""
    is_declared = Assistance.SUGGESTED_CATEGORY in protocol_of(round_).assistance
    if not is_declared or not sees_others(is_closed=round_.closed_at is not None):
        return None
    n_shown = session.execute(
        select_columns(func.count()).where(
            col(Suggestion.round_id) == round_.id, col(Suggestion.facet_id) == facet_id
        )
    ).scalar_one()
    statement = (
        visible_history(NOBODY, round_)
        .join(
            Suggestion,
            and_(
                col(Suggestion.round_id) == col(Placement.round_id),
                col(Suggestion.coder_id) == col(Placement.coder_id),
                col(Suggestion.card_id) == col(Placement.card_id),
                col(Suggestion.facet_id) == col(Placement.facet_id),
                col(Suggestion.seen_turn) + 1 == col(Placement.turn),
            ),
        )
        .where(Placement.facet_id == facet_id, col(Placement.undoes).is_(None))
        .with_only_columns(cast(col(Placement.category_ids), Text), col(Suggestion.category_id))
    )
    rows = session.connection().execute(statement).all()
    n_followed = sum(listed(said) == (shown,) for said, shown in rows)
    return Uptake(n_shown, len(rows), n_followed)
