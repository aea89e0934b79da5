"""Signing in and out, accounts, and one-time links."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from app.accounts.models import Account, Invitation, SignIn, SignInAttempt
from app.accounts.passwords import (
    hash_password,
    is_right,
    is_right_for_nobody,
    refuse_password,
)
from app.db import now
from app.errors import Conflict, Gone, Invalid, NotFound, TooMany
from app.text import comparable

ATTEMPTS = 10
ATTEMPT_WINDOW = timedelta(minutes=15)
LINK_USED = "This link was already used or has run out. Ask for a new one."


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def create_account(
    session: Session, *, email: str, name: str, password: str, is_admin: bool = False
) -> Account:
    """Add a person who can sign in."""
    reason = refuse_password(password)
    if reason is not None:
        raise Invalid(reason, field="password")
    if "@" not in email.strip("@") or " " in email.strip():
        raise Invalid("An email address looks like name@example.org.", field="email")
    if find_account(session, email) is not None:
        raise Conflict(f"There is already an account for {email.strip()}.")
    account = Account(
        email=email.strip(),
        email_key=comparable(email),
        name=name.strip(),
        password_hash=hash_password(password),
        is_admin=is_admin,
        created_at=now(),
    )
    session.add(account)
    session.flush()  # the caller needs the id
    return account


def find_account(session: Session, email: str) -> Account | None:
    return session.exec(select(Account).where(Account.email_key == comparable(email))).first()


def has_accounts(session: Session) -> bool:
    return session.exec(select(Account.id).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed to sign in, and from where."""

    email: str
    password: str
    address: str

    @property
    def subjects(self) -> tuple[str, str]:
        """What failed attempts are counted against: the name and the address."""
        return (f"name:{comparable(self.email)}"[:400], f"address:{self.address}"[:400])


def check_attempts_left(session: Session, credentials: Credentials) -> None:
    """Refuse when the name or the address failed too often of late."""
    since = now() - ATTEMPT_WINDOW
    for subject in credentials.subjects:
        failures = session.exec(
            select(func.count())
            .select_from(SignInAttempt)
            .where(SignInAttempt.subject == subject, col(SignInAttempt.at) > since)
        ).one()
        if failures >= ATTEMPTS:
            raise TooMany(
                "Too many attempts to sign in. Wait a quarter of an hour, then try again. "
                "Whoever is signed in stays signed in.",
                retry_after=int(ATTEMPT_WINDOW.total_seconds()),
            )


def identify(session: Session, credentials: Credentials) -> Account | None:
    """Return the account these credentials belong to; takes equally long if there is none."""
    account = find_account(session, credentials.email)
    if account is None or account.disabled_at is not None:
        is_right_for_nobody(credentials.password)
        return None
    return account if is_right(account.password_hash, credentials.password) else None


def note_failure(session: Session, credentials: Credentials) -> None:
    for subject in credentials.subjects:
        session.add(SignInAttempt(subject=subject, at=now()))


def sign_in(session: Session, account: Account, *, days: int) -> str:
    """Start a sign-in and return its token, which is kept nowhere on the server."""
    token = secrets.token_urlsafe(32)
    session.connection().execute(delete(SignIn).where(col(SignIn.expires_at) < now()))
    session.add(
        SignIn(
            token_hash=hash_token(token),
            account_id=_id(account),
            created_at=now(),
            expires_at=now() + timedelta(days=days),
        )
    )
    return token


def sign_out(session: Session, token: str) -> None:
    session.connection().execute(delete(SignIn).where(col(SignIn.token_hash) == hash_token(token)))


def account_of(session: Session, token: str) -> Account | None:
    """Return the account a running sign-in belongs to."""
    statement = (
        select(Account)
        .join(SignIn, col(SignIn.account_id) == col(Account.id))
        .where(SignIn.token_hash == hash_token(token), col(SignIn.expires_at) > now())
        .where(col(Account.disabled_at).is_(None))
    )
    return session.exec(statement).first()


def change_password(session: Session, account: Account, *, old: str, new: str) -> None:
    """Set a new password; every running sign-in of the account ends."""
    if not is_right(account.password_hash, old):
        raise Invalid("This is not your present password.", field="old_password")
    reason = refuse_password(new)
    if reason is not None:
        raise Invalid(reason, field="new_password")
    account.password_hash = hash_password(new)
    session.add(account)
    session.connection().execute(delete(SignIn).where(col(SignIn.account_id) == account.id))


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


def find_invitation(session: Session, token: str) -> Invitation:
    """Return the invitation a link stands for: 404 if there never was one, 410 if it is over."""
    found = session.exec(
        select(Invitation).where(Invitation.token_hash == hash_token(token))
    ).first()
    if found is None:
        raise NotFound
    if found.used_at or found.revoked_at or found.expires_at < now():
        raise Gone(LINK_USED)
    return found


def use_invitation(session: Session, invitation: Invitation, account: Account) -> None:
    """Spend the link; of two uses at once exactly one succeeds."""
    statement = (
        update(Invitation)
        .where(col(Invitation.id) == invitation.id, col(Invitation.used_at).is_(None))
        .where(col(Invitation.revoked_at).is_(None))
        .values(used_at=now(), used_by=account.id)
    )
    if session.connection().execute(statement).rowcount != 1:
        raise Gone(LINK_USED)


def open_invitations(session: Session, study_id: int) -> Sequence[Invitation]:
    statement = (
        select(Invitation)
        .where(Invitation.study_id == study_id, col(Invitation.used_at).is_(None))
        .where(col(Invitation.revoked_at).is_(None), col(Invitation.expires_at) > now())
        .order_by(col(Invitation.id))
    )
    return session.exec(statement).all()


def revoke_invitation(session: Session, study_id: int, invitation_id: int) -> None:
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.study_id != study_id:
        raise NotFound
    if invitation.used_at is not None:
        raise Conflict("This invitation was already accepted.")
    invitation.revoked_at = now()
    session.add(invitation)


def _id(account: Account) -> int:
    if account.id is None:
        raise RuntimeError("the account was not saved")
    return account.id
