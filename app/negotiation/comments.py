"""What people say on a disagreement."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.coding.models import Round
from app.db import now
from app.errors import Conflict, Forbidden, Invalid
from app.negotiation.events import note_event
from app.negotiation.models import Comment, Disagreement
from app.negotiation.parties import check_turn_to_speak, parties_of
from app.negotiation.rules import Stage
from app.negotiation.service import check_negotiating, id_of
from app.studies.models import Membership
from app.studies.rules import Role
from app.text import is_blank


def add_comment(
    session: Session,
    disagreement: Disagreement,
    member_id: int,
    text: str,
    *,
    reply_to: int | None = None,
) -> Comment:
    """Add to the talk about a disagreement; 409 once the round is done or while it is sealed."""
    if is_blank(text):
        raise Invalid("There is nothing in this comment yet.", field="text")
    round_ = _check_open(session, disagreement)
    _check_is_asked(session, round_, disagreement, member_id)
    check_turn_to_speak(session, round_, disagreement, member_id)
    _check_is_here(session, disagreement, reply_to)
    return _say(session, round_, disagreement, member_id, text, reply_to)


def pass_turn(session: Session, disagreement: Disagreement, member_id: int) -> Comment:
    """Note that a party has nothing to add, so that nobody has to wait for its word."""
    round_ = _check_open(session, disagreement)
    if member_id not in parties_of(session, round_, disagreement):
        raise Forbidden("Only the coders who judged this card are waited for.")
    return _say(session, round_, disagreement, member_id, "", None)


def _check_open(session: Session, disagreement: Disagreement) -> Round:
    round_ = check_negotiating(session, disagreement)
    if disagreement.stage == Stage.SEALED:
        raise Conflict(
            "Statements on this card are still missing; the talk begins when all are open. What "
            "you wrote is still here and was not saved."
        )
    return round_


def _check_is_asked(
    session: Session, round_: Round, disagreement: Disagreement, member_id: int
) -> None:
    """Raise Forbidden for an arbiter to whom the coders have not handed the card over."""
    role = session.get_one(Membership, member_id).role
    if role != Role.ARBITER or disagreement.stage == Stage.ESCALATED:
        return
    if member_id not in parties_of(session, round_, disagreement):
        raise Forbidden("An arbiter speaks when the coders hand a card over, not before.")


def _check_is_here(session: Session, disagreement: Disagreement, reply_to: int | None) -> None:
    if reply_to is None:
        return
    answered = session.get(Comment, reply_to)
    if answered is None or answered.disagreement_id != disagreement.id:
        raise Invalid("The comment this answers is not part of this talk.", field="reply_to")


def _say(
    session: Session,
    round_: Round,
    disagreement: Disagreement,
    member_id: int,
    text: str,
    reply_to: int | None,
) -> Comment:
    comment = Comment(
        study_id=disagreement.study_id,
        disagreement_id=id_of(disagreement),
        member_id=member_id,
        reply_to=reply_to,
        text=text.strip(),
        at=now(),
    )
    session.add(comment)
    note_event(session, round_, disagreement, "said", by=member_id)
    return comment


def comments_on(session: Session, disagreement: Disagreement) -> Sequence[Comment]:
    """Return what was said, the earliest first; an empty text is a party with nothing to add."""
    statement = select(Comment).where(Comment.disagreement_id == disagreement.id)
    return session.exec(statement.order_by(col(Comment.id))).all()
