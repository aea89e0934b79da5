"""Studies and the people in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.accounts.models import Account, Invitation
from app.accounts.service import Offer, invite, use_invitation
from app.activity.service import record
from app.db import now
from app.errors import Conflict, Invalid, NotFound
from app.studies.models import Membership, Study
from app.studies.rules import Role, Stance
from app.text import comparable, is_blank


@dataclass(frozen=True, slots=True)
class Member:
    """A member with the name to show."""

    id: int
    name: str
    email: str
    role: Role
    account_id: int | None
    has_left: bool


@dataclass(frozen=True, slots=True)
class NewStudy:
    """What a study starts with."""

    name: str
    description: str = ""
    stance: Stance = Stance.RELIABILITY
    threshold: float = 0.67
    is_demo: bool = False


def create_study(session: Session, new: NewStudy, *, lead: Account) -> Study:
    """Start a study; its creator leads it."""
    if is_blank(new.name):
        raise Invalid("A study needs a name.", field="name")
    study = Study(
        name=new.name.strip(),
        description=new.description,
        stance=new.stance,
        threshold=new.threshold,
        is_demo=new.is_demo,
        created_at=now(),
    )
    session.add(study)
    session.flush()  # the membership needs the id
    add_member(session, study, lead, role=Role.LEAD)
    record(session, study_id_of(study), account_id=lead.id, kind="study created")
    return study


def study_id_of(study: Study) -> int:
    if study.id is None:
        raise RuntimeError("the study was not saved")
    return study.id


def add_member(session: Session, study: Study, account: Account, *, role: Role) -> Membership:
    """Give an account a role in the study; somebody who left comes back."""
    study_id = study_id_of(study)
    found = session.exec(
        select(Membership).where(
            Membership.study_id == study_id, Membership.account_id == account.id
        )
    ).first()
    if found is not None and found.left_at is None:
        raise Conflict(f"{account.name} already is a member of this study ({found.role}).")
    member = found or Membership(
        study_id=study_id, account_id=account.id, role=role, joined_at=now()
    )
    member.role = role
    member.left_at = None
    session.add(member)
    session.flush()  # the caller needs the id
    return member


def add_pseudonym(session: Session, study_id: int, alias: str) -> Membership:
    """Return the member known by this pseudonym, made when new."""
    key = comparable(alias)
    found = session.exec(
        select(Membership).where(Membership.study_id == study_id, Membership.alias_key == key)
    ).first()
    if found is not None:
        return found
    member = Membership(
        study_id=study_id, alias=alias.strip(), alias_key=key, role=Role.CODER, joined_at=now()
    )
    session.add(member)
    session.flush()  # the caller needs the id
    return member


def membership_of(session: Session, study_id: int, account_id: int) -> Membership | None:
    statement = select(Membership).where(
        Membership.study_id == study_id,
        Membership.account_id == account_id,
        col(Membership.left_at).is_(None),
    )
    return session.exec(statement).first()


def members(session: Session, study_id: int) -> Sequence[Member]:
    """Return everybody who is or was in the study, leads first."""
    rows = session.exec(
        select(Membership, Account)
        .join(Account, col(Account.id) == col(Membership.account_id), isouter=True)
        .where(Membership.study_id == study_id)
        .order_by(col(Membership.id))
    ).all()
    order = list(Role)
    found = [_member(membership, account) for membership, account in rows]
    return sorted(found, key=lambda member: (member.has_left, order.index(member.role)))


def _member(membership: Membership, account: Account | None) -> Member:
    if membership.id is None:
        raise RuntimeError("the membership was not saved")
    return Member(
        id=membership.id,
        name=account.name if account else membership.alias,
        email=account.email if account else "",
        role=Role(membership.role),
        account_id=membership.account_id,
        has_left=membership.left_at is not None,
    )


def member_names(session: Session, study_id: int) -> dict[int, str]:
    """Return the name to show for each membership id."""
    return {member.id: member.name for member in members(session, study_id)}


def studies_of(session: Session, account_id: int) -> Sequence[tuple[Study, Role]]:
    """Return the studies the account belongs to, newest first."""
    rows = session.exec(
        select(Study, Membership)
        .join(Membership, col(Membership.study_id) == col(Study.id))
        .where(Membership.account_id == account_id, col(Membership.left_at).is_(None))
        .order_by(col(Study.archived_at).is_not(None), col(Study.id).desc())
    ).all()
    return [(study, Role(membership.role)) for study, membership in rows]


def find_study(session: Session, name_or_id: str) -> Study:
    """Return the study of this name or number; the commands use it."""
    wanted = comparable(name_or_id)
    every = session.exec(select(Study).order_by(col(Study.id))).all()
    named = [study for study in every if comparable(study.name) == wanted]
    if len(named) > 1:
        numbers = ", ".join(str(study.id) for study in named)
        raise Conflict(f"Several studies are called {name_or_id}: give the number ({numbers}).")
    found = named or [study for study in every if str(study.id) == name_or_id.strip()]
    if not found:
        raise NotFound(f"There is no study called {name_or_id}.")
    return found[0]


@dataclass(frozen=True, slots=True)
class StudySettings:
    name: str
    description: str
    stance: Stance
    threshold: float


def change_study(session: Session, study: Study, new: StudySettings, *, by: int) -> None:
    """Change the study's name, description, stance or threshold; the trail keeps both values."""
    if is_blank(new.name):
        raise Invalid("A study needs a name.", field="name")
    before = {"name": study.name, "stance": study.stance, "threshold": study.threshold}
    study.name, study.description = new.name.strip(), new.description
    study.stance, study.threshold = new.stance, new.threshold
    session.add(study)
    after = {"name": study.name, "stance": study.stance, "threshold": study.threshold}
    detail = {"before": before, "after": after}
    record(session, study_id_of(study), account_id=by, kind="study changed", detail=detail)


def invite_member(
    session: Session, study: Study, *, role: Role, note: str, by: int, days: int
) -> str:
    """Make a one-time invitation link into the study and return its token."""
    study_id = study_id_of(study)
    record(session, study_id, account_id=by, kind="member invited", detail={"role": role})
    offer = Offer(study_id=study_id, role=role, note=note)
    return invite(session, offer, created_by=by, days=days)


def accept_invitation(session: Session, invitation: Invitation, account: Account) -> Study | None:
    """Spend the link for this account; returns the study it leads into, if any."""
    use_invitation(session, invitation, account)
    if invitation.study_id is None or invitation.role is None:
        return None
    study = session.get_one(Study, invitation.study_id)
    role = Role(invitation.role)
    add_member(session, study, account, role=role)
    detail = {"role": role}
    record(session, invitation.study_id, account_id=account.id, kind="member joined", detail=detail)
    return study


def change_role(session: Session, study_id: int, member_id: int, *, role: Role, by: int) -> None:
    """Give a member another role; a study always keeps a lead."""
    member = _membership(session, study_id, member_id)
    if member.role == Role.LEAD and role is not Role.LEAD:
        _keep_a_lead(session, study_id)
    detail = {"before": member.role, "after": role}
    member.role = role
    session.add(member)
    record(
        session,
        study_id,
        account_id=by,
        kind="role changed",
        subject=str(member_id),
        detail=detail,
    )


def remove_member(session: Session, study_id: int, member_id: int, *, by: int) -> None:
    """End a membership; what the member sorted and wrote stays."""
    member = _membership(session, study_id, member_id)
    if member.role == Role.LEAD:
        _keep_a_lead(session, study_id)
    member.left_at = now()
    session.add(member)
    record(session, study_id, account_id=by, kind="member removed", subject=str(member_id))


def _membership(session: Session, study_id: int, member_id: int) -> Membership:
    member = session.get(Membership, member_id)
    if member is None or member.study_id != study_id or member.left_at is not None:
        raise NotFound
    return member


def _keep_a_lead(session: Session, study_id: int) -> None:
    n_leads = session.exec(
        select(func.count())
        .select_from(Membership)
        .where(
            Membership.study_id == study_id,
            Membership.role == Role.LEAD,
            col(Membership.left_at).is_(None),
        )
    ).one()
    if n_leads <= 1:
        raise Conflict("This is the study's only lead. Make somebody else a lead first.")
