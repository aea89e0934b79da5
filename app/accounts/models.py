from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class Account(SQLModel, table=True):
    """A person who can sign in; `preferences` as `accounts.preferences` stores them."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=320)
    email_key: str = Field(max_length=320, unique=True)
    name: str = Field(max_length=200)
    password_hash: str = Field(max_length=300)
    is_admin: bool = False
    preferences: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class SignIn(SQLModel, table=True):
    """A running sign-in; the browser holds the token, the database only its hash."""

    __tablename__ = "sign_in"

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class SignInAttempt(SQLModel, table=True):
    """A failed sign-in, counted against the account's name and the address it came from."""

    __tablename__ = "sign_in_attempt"

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(max_length=400, index=True)
    at: datetime = Field(sa_type=UtcDateTime)


class Invitation(SQLModel, table=True):
    """A one-time link: into a study with a role, or to the first administrator's account."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    study_id: int | None = Field(default=None, foreign_key="study.id", ondelete="RESTRICT")
    role: str | None = Field(default=None, max_length=20)
    note: str = Field(default="", max_length=200)
    makes_admin: bool = False
    created_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
