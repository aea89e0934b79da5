"""One-time links: into a study with a role, or to the first administrator's account."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.accounts.models import Account, Invitation
from app.accounts.service import has_accounts, hash_token
from app.db import now
from app.errors import Conflict, Gone, NotFound

LINK_OVER = "This link was already used, has run out or was taken back. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation link leads to."""

    study_id: int | None
    role: str | None
    note: str = ""
    makes_admin: bool = False


def invite(session: Session, offer: Offer, *, created_by: int | None, days: int) -> str:
    """Make a one-time link and return its token; the database keeps only the hash."""
    token = secrets.token_urlsafe(24)
    session.add(
        Invitation(
            token_hash=hash_token(token),
            study_id=offer.study_id,
            role=offer.role,
            note=offer.note,
            makes_admin=offer.makes_admin,
            created_by=created_by,
            created_at=now(),
            expires_at=now() + timedelta(days=days),
        )
    )
    return token


def invite_first_admin(session: Session, *, days: int) -> str | None:
    """Return a token that makes the first account, or None when there is one; older ones end."""
    if has_accounts(session):
        return None
    session.connection().execute(
        update(Invitation)
        .where(col(Invitation.makes_admin), col(Invitation.used_at).is_(None))
        .where(col(Invitation.revoked_at).is_(None))
        .values(revoked_at=now())
    )
    return invite(session, Offer(None, None, makes_admin=True), created_by=None, days=days)


def find_invitation(session: Session, token: str) -> Invitation:
    """Return the invitation a link stands for: 404 if there never was one, 410 if it is over."""
    found = session.exec(
        select(Invitation).where(Invitation.token_hash == hash_token(token))
    ).first()
    if found is None:
        raise NotFound
    is_over = found.used_at or found.revoked_at or found.expires_at < now()
    if is_over or (found.makes_admin and has_accounts(session)):
        raise Gone(LINK_OVER)
    return found


def use_invitation(session: Session, invitation: Invitation, account: Account) -> None:
    """Spend the link; of two uses at once exactly one succeeds."""
    statement = (
        update(Invitation)
        .where(col(Invitation.id) == invitation.id, col(Invitation.used_at).is_(None))
        .where(col(Invitation.revoked_at).is_(None), col(Invitation.expires_at) >= now())
        .values(used_at=now(), used_by=account.id)
    )
    if session.connection().execute(statement).rowcount != 1:
        raise Gone(LINK_OVER)


def open_invitations(session: Session, study_id: int) -> Sequence[Invitation]:
    """Return the links into a study that can still be used, oldest first."""
    statement = (
        select(Invitation)
        .where(Invitation.study_id == study_id, col(Invitation.used_at).is_(None))
        .where(col(Invitation.revoked_at).is_(None), col(Invitation.expires_at) > now())
        .order_by(col(Invitation.id))
    )
    return session.exec(statement).all()


def revoke_invitation(session: Session, study_id: int, invitation_id: int) -> None:
    """Take a link back; one that somebody has used stays used."""
    invitation = session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None or invitation.study_id != study_id:
        raise NotFound
    if invitation.used_at is not None:
        raise Conflict("This invitation was already accepted.")
    invitation.revoked_at = invitation.revoked_at or now()
    session.add(invitation)


def revoke_invitations_by(session: Session, study_id: int, account_id: int) -> None:
    """Take back the open links that somebody made who leads the study no longer."""
    session.connection().execute(
        update(Invitation)
        .where(col(Invitation.study_id) == study_id, col(Invitation.created_by) == account_id)
        .where(col(Invitation.used_at).is_(None), col(Invitation.revoked_at).is_(None))
        .values(revoked_at=now())
    )
