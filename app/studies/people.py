"""How people come into a study, change their role and leave."""

from sqlalchemy import column, func, table
from sqlmodel import Session, col, select

from app.accounts import invitations
from app.accounts.models import Account, Invitation
from app.activity.service import record
from app.db import now
from app.errors import Conflict, Forbidden, NotFound
from app.studies.models import Membership, Study
from app.studies.rules import Action, Role, may
from app.studies.service import add_member, locked_study, member_names, study_id_of
from app.web.render import plural

# Rounds belong to a feature further up; only whether somebody sorts in one is asked of them.
_assignment = table("assignment", column("round_id"), column("coder_id"))
_round = table("round", column("id"), column("name"), column("phase"))


def invite_member(
    session: Session, study: Study, *, role: Role, note: str, by: int, days: int
) -> str:
    """Make a one-time invitation link into the study and return its token."""
    study_id = study_id_of(study)
    record(session, study_id, account_id=by, kind="member invited", detail={"role": role})
    offer = invitations.Offer(study_id=study_id, role=role, note=note)
    return invitations.invite(session, offer, created_by=by, days=days)


def revoke_invitation(session: Session, study_id: int, invitation_id: int, *, by: int) -> None:
    """Take an invitation link back."""
    invitations.revoke_invitation(session, study_id, invitation_id)
    record(session, study_id, account_id=by, kind="invitation revoked", subject=str(invitation_id))


def accept_invitation(session: Session, invitation: Invitation, account: Account) -> Study | None:
    """Spend the link for this account; returns the study it leads into, if any."""
    invitations.use_invitation(session, invitation, account)
    if invitation.study_id is None or invitation.role is None:
        return None
    study = locked_study(session, invitation.study_id)
    _refuse_without_lead(session, study, invitation)
    role = Role(invitation.role)
    add_member(session, study, account, role=role)
    detail = {"role": role}
    record(session, invitation.study_id, account_id=account.id, kind="member joined", detail=detail)
    return study


def _refuse_without_lead(session: Session, study: Study, invitation: Invitation) -> None:
    """Refuse a link whose maker may no longer invite anybody."""
    maker = session.exec(
        select(Membership).where(
            Membership.study_id == study.id,
            Membership.account_id == invitation.created_by,
            col(Membership.left_at).is_(None),
        )
    ).first()
    if maker is None or not may(Role(maker.role), Action.MANAGE_MEMBERS):
        raise Forbidden("Whoever made this link leads the study no longer. Ask for a new one.")


def change_role(session: Session, study_id: int, member_id: int, *, role: Role, by: int) -> None:
    """Give a member another role; a study always keeps a lead.

    Raises Conflict while the member sorts in an open round, or has a say in a negotiation, and
    could not go on in the new role.
    """
    member = _member_to_change(session, study_id, member_id)
    if member.role == role:
        return
    if not may(role, Action.SORT):
        _refuse_while_sorting(session, member, then="give {name} another role")
        _refuse_while_talking(session, member)
    if member.role == Role.LEAD:
        _end_lead(session, member)
    detail = {"name": _name_of(session, member), "before": member.role, "after": role}
    member.role = role
    session.add(member)
    subject = str(member_id)
    record(session, study_id, account_id=by, kind="role changed", subject=subject, detail=detail)


def remove_member(session: Session, study_id: int, member_id: int, *, by: int) -> None:
    """End a membership; what the member sorted and wrote stays.

    Raises Conflict while the member sorts in an open round: it would wait for them for ever.
    """
    member = _member_to_change(session, study_id, member_id)
    _refuse_while_sorting(session, member, then="remove {name}")
    if member.role == Role.LEAD:
        _end_lead(session, member)
    member.left_at = now()
    session.add(member)
    kind = "member left" if member.account_id == by else "member removed"
    detail = {"name": _name_of(session, member)}
    subject = str(member_id)
    record(session, study_id, account_id=by, kind=kind, subject=subject, detail=detail)


def _refuse_while_sorting(session: Session, member: Membership, *, then: str) -> None:
    statement = (
        select(_round.c.name, func.count())
        .select_from(_assignment.join(_round, _round.c.id == _assignment.c.round_id))
        .where(_assignment.c.coder_id == member.id, _round.c.phase == "open")
        .group_by(_round.c.id, _round.c.name)
    )
    found = session.connection().execute(statement).first()
    if found is None:
        return
    name, cards = _name_of(session, member), plural(found[1], "card")
    raise Conflict(
        f"{name} sorts {cards} in {found[0]}, which is open. Close that round first (what {name} "
        f"did not judge stays missing) or declare it void, and {then.format(name=name)} then; what "
        f"{name} judged stays in either case. Nothing was changed."
    )


def _refuse_while_talking(session: Session, member: Membership) -> None:
    """Refuse to take the voice from somebody whose judgements are being talked about."""
    statement = (
        select(_round.c.name)
        .select_from(_assignment.join(_round, _round.c.id == _assignment.c.round_id))
        .where(_assignment.c.coder_id == member.id, _round.c.phase == "negotiating")
    )
    found = session.connection().execute(statement).first()
    if found is not None:
        raise Conflict(
            f"{_name_of(session, member)} coded in {found[0]}, whose disagreements are being "
            "talked about, and could not speak for those judgements in the new role. Finish that "
            "round first. Nothing was changed."
        )


def _member_to_change(session: Session, study_id: int, member_id: int) -> Membership:
    # The lock on the study: two leads who remove each other at once must not both succeed.
    locked_study(session, study_id)
    member = session.get(Membership, member_id)
    if member is None or member.study_id != study_id or member.left_at is not None:
        raise NotFound
    return member


def _name_of(session: Session, member: Membership) -> str:
    return member_names(session, member.study_id).get(member.id or 0, member.alias)


def _end_lead(session: Session, member: Membership) -> None:
    """Refuse to lose the last lead; else the open links that this lead made end, too."""
    n_leads = session.exec(
        select(func.count())
        .select_from(Membership)
        .where(
            Membership.study_id == member.study_id,
            Membership.role == Role.LEAD,
            col(Membership.account_id).is_not(None),
            col(Membership.left_at).is_(None),
        )
    ).one()
    if n_leads <= 1:
        raise Conflict("This is the study's only lead. Make somebody else a lead first.")
    if member.account_id is not None:
        invitations.revoke_invitations_by(session, member.study_id, member.account_id)
