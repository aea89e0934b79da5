"""Studies and the people in them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.activity.models import Activity
from app.activity.service import record
from app.db import now
from app.errors import Conflict, Invalid, NotFound
from app.studies.models import Membership, Study
from app.studies.rules import Role, Stance
from app.text import comparable, first_bad_character, is_blank, normalised

LONGEST_NAME = 200
STOP_RULE_CHANGED = "stop rule changed"


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
class StopRule:
    """When the team means to stop: what it asks of every facet. Either part may be left open.

    The lower bound of the coefficient's interval reaches `bound`; the last `quiet_cards` cards led
    to no new category.
    """

    bound: float | None = None
    quiet_cards: int | None = None


NO_STOP_RULE = StopRule()


def stop_rule_of(study: Study) -> StopRule:
    return StopRule(study.stop_bound, study.stop_quiet_cards)


@dataclass(frozen=True, slots=True)
class NewStudy:
    """What a study starts with."""

    name: str
    description: str = ""
    stance: Stance = Stance.RELIABILITY
    threshold: float = 0.67
    is_demo: bool = False
    stop_rule: StopRule = NO_STOP_RULE


def create_study(session: Session, new: NewStudy, *, lead: Account) -> Study:
    """Start a study; its creator leads it."""
    name = _good_name(new.name)
    _refuse_second(session, name, account_id=lead.id)
    study = Study(
        name=name,
        description=new.description,
        stance=new.stance,
        threshold=new.threshold,
        is_demo=new.is_demo,
        stop_bound=new.stop_rule.bound,
        stop_quiet_cards=new.stop_rule.quiet_cards,
        created_at=now(),
    )
    session.add(study)
    session.flush()  # the membership needs the id
    add_member(session, study, lead, role=Role.LEAD)
    record(session, study_id_of(study), account_id=lead.id, kind="study created")
    return study


def _good_name(name: str) -> str:
    plain = normalised(name.strip())
    if is_blank(plain):
        raise Invalid("A study needs a name.", field="name")
    if len(plain) > LONGEST_NAME or first_bad_character(plain) is not None:
        reason = f"A name has at most {LONGEST_NAME} characters, all of which can be printed."
        raise Invalid(reason, field="name")
    return plain


def _refuse_second(
    session: Session, name: str, *, account_id: int | None, but: int | None = None
) -> None:
    """Refuse a name that another study of the same person bears already."""
    # The lock on the account makes two studies that are started at once see each other.
    # A weak one: rows that refer to the account, such as the operation's, lock it, too.
    lock = select(Account.id).where(Account.id == account_id).with_for_update(key_share=True)
    session.exec(lock).first()
    mine = session.exec(
        select(Study.id, Study.name)
        .join(Membership, col(Membership.study_id) == col(Study.id))
        .where(Membership.account_id == account_id, col(Membership.left_at).is_(None))
    ).all()
    wanted = comparable(name)
    for study_id, taken in mine:
        if study_id != but and comparable(taken) == wanted:
            raise Conflict(f"You already have a study called {taken}. Choose another name.")


def locked_study(session: Session, study_id: int) -> Study:
    """Return the study for changing it, after whoever is changing it now."""
    return session.get_one(Study, study_id, with_for_update={"key_share": True})


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


_STUDY_AND_MEMBERSHIP = (
    select(Study, Membership)
    .join(Membership, col(Membership.study_id) == col(Study.id))
    .where(
        col(Study.id) == bindparam("study_id"),
        col(Membership.account_id) == bindparam("account_id"),
        col(Membership.left_at).is_(None),
    )
)


def study_and_membership(
    session: Session, study_id: int, account_id: int
) -> tuple[Study, Membership] | None:
    """Return the study and the account's part in it; None unless there are both.

    Every request inside a study begins with this, so the statement is built once.
    """
    ids = {"study_id": study_id, "account_id": account_id}
    return session.exec(_STUDY_AND_MEMBERSHIP, params=ids).first()


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


def memberships_of(session: Session, account_id: int) -> Sequence[tuple[Study, Membership]]:
    """Return the studies the account belongs to, newest first."""
    statement = (
        select(Study, Membership)
        .join(Membership, col(Membership.study_id) == col(Study.id))
        .where(Membership.account_id == account_id, col(Membership.left_at).is_(None))
        .order_by(col(Study.archived_at).is_not(None), col(Study.id).desc())
    )
    return [(study, membership) for study, membership in session.exec(statement)]


def studies_of(session: Session, account_id: int) -> Sequence[tuple[Study, Role]]:
    """Return the studies the account belongs to, newest first, with the role it has there."""
    found = memberships_of(session, account_id)
    return [(study, Role(membership.role)) for study, membership in found]


def account_names(session: Session, trail: Sequence[Activity]) -> dict[int, str]:
    """Return the name of each account that a piece of the audit trail speaks of."""
    ids = {entry.account_id for entry in trail}
    rows = session.exec(select(Account.id, Account.name).where(col(Account.id).in_(ids))).all()
    return {account_id: name for account_id, name in rows if account_id is not None}


def every_study(session: Session) -> Sequence[Study]:
    """Return all studies of the server, oldest first; the commands use it."""
    return session.exec(select(Study).order_by(col(Study.id))).all()


def find_study(session: Session, name_or_id: str) -> Study:
    """Return the study of this name or number; the commands use it."""
    wanted = comparable(name_or_id)
    every = every_study(session)
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
    stop_rule: StopRule = NO_STOP_RULE


def change_study(session: Session, study: Study, new: StudySettings, *, by: int) -> None:
    """Change the study's settings; the trail keeps both values, of the stop rule in its own line.

    So everybody can see whether the rule was changed when figures were known.
    """
    name = _good_name(new.name)
    _refuse_second(session, name, account_id=by, but=study.id)
    rule_before, description_before = stop_rule_of(study), study.description
    before = {"name": study.name, "stance": study.stance, "threshold": study.threshold}
    study.name, study.description = name, new.description
    study.stance, study.threshold = new.stance, new.threshold
    study.stop_bound, study.stop_quiet_cards = new.stop_rule.bound, new.stop_rule.quiet_cards
    session.add(study)
    after = {"name": study.name, "stance": study.stance, "threshold": study.threshold}
    is_rule_changed = rule_before != new.stop_rule
    if before != after or description_before != study.description or not is_rule_changed:
        detail: dict[str, object] = {"before": before, "after": after}
        record(session, study_id_of(study), account_id=by, kind="study changed", detail=detail)
    if is_rule_changed:
        detail = {"before": asdict(rule_before), "after": asdict(new.stop_rule)}
        record(session, study_id_of(study), account_id=by, kind=STOP_RULE_CHANGED, detail=detail)
