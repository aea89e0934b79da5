"""Accounts, and signing in and out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, func, or_
from sqlmodel import Session, col, select

from app.accounts.models import Account, SignIn, SignInAttempt
from app.accounts.passwords import hash_password, is_right, refuse_password
from app.db import now
from app.errors import Conflict, Invalid, NotFound, TooMany
from app.text import comparable, first_bad_character, is_blank, normalised

ATTEMPTS_AT_A_NAME = 10
# People who share an address must not lock each other out; one password for many names must fail.
ATTEMPTS_FROM_AN_ADDRESS = 50
ATTEMPT_WINDOW = timedelta(minutes=15)
LONGEST_EMAIL = 320
LONGEST_NAME = 200


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A person who may be added; the password is hashed already, which takes its time."""

    email: str
    name: str
    password_hash: str
    is_admin: bool = False


def new_account(*, email: str, name: str, password: str, is_admin: bool = False) -> NewAccount:
    """Check what an account is to be made of and hash the password, before any transaction."""
    email, name = normalised(email.strip()), normalised(name.strip())
    if is_blank(name) or first_bad_character(name) is not None or len(name) > LONGEST_NAME:
        reason = f"A name is needed, of at most {LONGEST_NAME} characters."
        raise Invalid(reason, field="name")
    if not _is_email(email):
        raise Invalid("An email address looks like name@example.org.", field="email")
    return NewAccount(email, name, hash_new_password(password), is_admin)


def hash_new_password(password: str, *, field: str = "password") -> str:
    """Return the hash of a password that somebody has just chosen, if it may be chosen."""
    reason = refuse_password(password)
    if reason is not None:
        raise Invalid(reason, field=field)
    return hash_password(password)


def _is_email(email: str) -> bool:
    parts = email.split("@")
    is_whole = len(parts) == 2 and all(parts) and email.isprintable() and " " not in email
    return is_whole and max(len(email), len(comparable(email))) <= LONGEST_EMAIL


def add_account(session: Session, new: NewAccount) -> Account:
    """Add a person who can sign in."""
    if find_account(session, new.email) is not None:
        raise Conflict(
            f"An account for {new.email} cannot be made here. If there is one already, sign in."
        )
    account = Account(
        email=new.email,
        email_key=comparable(new.email),
        name=new.name,
        password_hash=new.password_hash,
        is_admin=new.is_admin,
        created_at=now(),
    )
    session.add(account)
    session.flush()  # the caller needs the id
    return account


def create_account(
    session: Session, *, email: str, name: str, password: str, is_admin: bool = False
) -> Account:
    """Add a person who can sign in, from a password as it was typed."""
    new = new_account(email=email, name=name, password=password, is_admin=is_admin)
    return add_account(session, new)


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


def take_attempt(session: Session, credentials: Credentials) -> None:
    """Count an attempt to sign in before its password is looked at; refuse it after too many.

    A name has ten failures, and an address fifty: a team behind one address goes on when one of
    them has forgotten a password, and one password tried at many names is stopped all the same.
    Counted first, so that attempts sent all at once are as few as those sent one by one.
    """
    since = now() - ATTEMPT_WINDOW
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session.connection().exec_driver_sql("LOCK TABLE sign_in_attempt IN EXCLUSIVE MODE")
    session.connection().execute(delete(SignInAttempt).where(col(SignInAttempt.at) <= since))
    limits = (ATTEMPTS_AT_A_NAME, ATTEMPTS_FROM_AN_ADDRESS)
    for subject, limit in zip(credentials.subjects, limits, strict=True):
        session.add(SignInAttempt(subject=subject, at=now()))
        session.flush()
        attempts = session.exec(
            select(func.count()).select_from(SignInAttempt).where(SignInAttempt.subject == subject)
        ).one()
        if attempts > limit:
            raise TooMany(
                "Too many attempts to sign in. Wait a quarter of an hour, then try again. "
                "Whoever is signed in stays signed in.",
                retry_after=int(ATTEMPT_WINDOW.total_seconds()),
            )


def give_attempt_back(session: Session, credentials: Credentials) -> None:
    """Forget the failures of this name, and one attempt of the address: it was no guess."""
    name, address = credentials.subjects
    newest = (
        select(func.max(SignInAttempt.id)).where(SignInAttempt.subject == address).scalar_subquery()
    )
    session.connection().execute(
        delete(SignInAttempt).where(
            or_(col(SignInAttempt.subject) == name, col(SignInAttempt.id) == newest)
        )
    )


def identify(session: Session, credentials: Credentials) -> Account | None:
    """Return the account these credentials belong to; takes equally long if there is none."""
    account = find_account(session, credentials.email)
    usable = account if account is not None and account.disabled_at is None else None
    password_hash = usable.password_hash if usable else None
    session.expunge_all()
    session.rollback()  # no connection is held while the hash is computed
    return usable if is_right(password_hash, credentials.password) else None


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


_SIGNED_IN = (
    select(Account)
    .join(SignIn, col(SignIn.account_id) == col(Account.id))
    .where(
        col(SignIn.token_hash) == bindparam("token_hash"),
        col(SignIn.expires_at) > bindparam("moment"),
        col(Account.disabled_at).is_(None),
    )
)


def account_of(session: Session, token: str) -> Account | None:
    """Return the account a running sign-in belongs to; every request asks, so it is built once."""
    known = {"token_hash": hash_token(token), "moment": now()}
    return session.exec(_SIGNED_IN, params=known).first()


def check_password(account: Account, password: str) -> None:
    """Refuse a password that is not the present one of a signed-in account."""
    if not is_right(account.password_hash, password):
        raise Invalid("This is not your present password.", field="old_password")


def set_password(session: Session, account: Account, password_hash: str) -> None:
    """Set a new password; every running sign-in of the account ends."""
    account.password_hash = password_hash
    session.add(account)
    end_sign_ins(session, account)


def end_sign_ins(session: Session, account: Account) -> None:
    session.connection().execute(delete(SignIn).where(col(SignIn.account_id) == account.id))


def set_disabled(session: Session, account: Account, *, disabled: bool) -> None:
    """Close an account to its owner, or open it again; what it did stays."""
    account.disabled_at = now() if disabled else None
    session.add(account)
    end_sign_ins(session, account)


def require_account(session: Session, email: str) -> Account:
    """Return the account of this email; the commands use it."""
    account = find_account(session, email)
    if account is None:
        raise NotFound(f"There is no account for {email}.")
    return account


def _id(account: Account) -> int:
    if account.id is None:
        raise RuntimeError("the account was not saved")
    return account.id
