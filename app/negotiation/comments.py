"""What people say on a disagreement."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.coding.models import Round
from app.db import now
from app.errors import Invalid
from app.negotiation.models import Comment, Disagreement
from app.negotiation.service import check_negotiating, id_of
from app.text import is_blank


def add_comment(session: Session, disagreement: Disagreement, member_id: int, text: str) -> Comment:
    """Add to the talk about a disagreement; 409 once the round is done."""
    if is_blank(text):
        raise Invalid("There is nothing in this comment yet.", field="text")
    check_negotiating(session, disagreement)
    comment = Comment(
        study_id=disagreement.study_id,
        disagreement_id=id_of(disagreement),
        member_id=member_id,
        text=text,
        at=now(),
    )
    session.add(comment)
    return comment


def comments_on(session: Session, disagreement: Disagreement) -> Sequence[Comment]:
    """Return what was said, the earliest first."""
    statement = select(Comment).where(Comment.disagreement_id == disagreement.id)
    return session.exec(statement.order_by(col(Comment.id))).all()


def comment_counts(session: Session, round_: Round) -> dict[int, int]:
    """Return how many comments each disagreement of the round has, where it has any."""
    statement = (
        select(Comment.disagreement_id, func.count())
        .join(Disagreement, col(Disagreement.id) == col(Comment.disagreement_id))
        .where(Disagreement.round_id == round_.id)
        .group_by(col(Comment.disagreement_id))
    )
    return dict(session.exec(statement).all())
