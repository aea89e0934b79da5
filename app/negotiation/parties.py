"""Who has a say about a card: the coders who judged it and can still speak."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from app.coding.models import Assignment, Round, RoundCoder
from app.coding.rounds import protocol_of
from app.errors import Conflict
from app.negotiation.models import Comment, Disagreement, Proposal
from app.negotiation.positions import positions_on_card
from app.studies.models import Membership
from app.studies.rules import Role


def living_coders(session: Session, round_: Round) -> list[int]:
    """Return the round's coders who can still speak, in their order.

    Coders of past work have no account, and some leave: nobody can wait for them.
    """
    statement = (
        select(RoundCoder.coder_id)
        .join(Membership, col(Membership.id) == col(RoundCoder.coder_id))
        .where(
            RoundCoder.round_id == round_.id,
            col(Membership.account_id).is_not(None),
            col(Membership.left_at).is_(None),
        )
        .order_by(col(RoundCoder.place))
    )
    return list(session.exec(statement).all())


def parties_of(session: Session, round_: Round, found: Disagreement) -> list[int]:
    """Return who has to state, confirm or dissent, in the order of the coders."""
    judged = {one.coder_id for one in positions_on_card(session, round_, found)}
    return [coder_id for coder_id in living_coders(session, round_) if coder_id in judged]


def owner_of(session: Session, study_id: int) -> int | None:
    """Return the owner of the study: who began it, whatever their role is by now.

    Once that member has left, it is the lead who has been in it longest.
    """
    statement = (
        select(Membership)
        .where(Membership.study_id == study_id, col(Membership.account_id).is_not(None))
        .order_by(col(Membership.id))
    )
    members = session.exec(statement).all()
    if members and members[0].left_at is None:
        return members[0].id
    leads = (one.id for one in members if one.role == Role.LEAD and one.left_at is None)
    return next(leads, None)


def who_spoke(session: Session, found: Disagreement) -> set[int]:
    """Return everybody who commented, passed or proposed."""
    said = select(Comment.member_id).where(Comment.disagreement_id == found.id)
    proposed = select(Proposal.member_id).where(Proposal.disagreement_id == found.id)
    return {*session.exec(said).all(), *session.exec(proposed).all()}


def have_talked(session: Session, found: Disagreement, parties: Iterable[int]) -> bool:
    """Whether a party has said something in words; a pass or somebody else's word is no talk."""
    wanted = set(parties)
    said = select(Comment.member_id).where(
        Comment.disagreement_id == found.id, col(Comment.text) != ""
    )
    proposed = select(Proposal.member_id).where(Proposal.disagreement_id == found.id)
    return bool(wanted & {*session.exec(said).all(), *session.exec(proposed).all()})


def absent_judges(session: Session, round_: Round, found: Disagreement) -> list[int]:
    """Return who judged the card under an account and has left: nobody can ask them any more."""
    judged = {one.coder_id for one in positions_on_card(session, round_, found)}
    statement = select(Membership.id).where(
        col(Membership.id).in_(judged),
        col(Membership.account_id).is_not(None),
        col(Membership.left_at).is_not(None),
    )
    return [one for one in session.exec(statement).all() if one is not None]


def silent_before_owner(
    session: Session, round_: Round, found: Disagreement, parties: Iterable[int], member_id: int
) -> list[int]:
    """Return which parties have to speak before this member may, if the owner speaks last."""
    if not protocol_of(round_).owner_last or member_id not in set(parties):
        return []
    if member_id != owner_of(session, round_.study_id):
        return []
    spoke = who_spoke(session, found)
    return [one for one in parties if one != member_id and one not in spoke]


def check_turn_to_speak(
    session: Session, round_: Round, found: Disagreement, member_id: int
) -> None:
    """Raise Conflict while the study's owner has to let the other parties speak first."""
    parties = parties_of(session, round_, found)
    if silent_before_owner(session, round_, found, parties, member_id):
        raise Conflict(
            "You own this study, so you speak last: somebody who judged this card has not spoken "
            "yet. What you wrote is still here and was not saved."
        )


def has_coded(session: Session, card_id: int, member_id: int) -> bool:
    """Whether a member was given this card to code, in any round."""
    statement = select(Assignment.card_id).where(
        Assignment.card_id == card_id, Assignment.coder_id == member_id
    )
    return session.exec(statement.limit(1)).first() is not None
