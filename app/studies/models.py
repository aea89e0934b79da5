from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class Study(SQLModel, table=True):
    """One research project. `seq` counts its audit trail and is shown to nobody.

    The team's own stop rule: the lower bound of every facet's interval reaches `stop_bound`, and
    the last `stop_quiet_cards` cards led to no new category. Either may be left open.
    """

    __table_args__ = (
        CheckConstraint("stance IN ('reliability', 'consensus_only', 'joint_sort')", name="stance"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    description: str = Field(default="", max_length=20_000)
    stance: str = Field(default="reliability", max_length=20)
    threshold: float = 0.67
    stop_bound: float | None = None
    stop_quiet_cards: int | None = None
    is_demo: bool = False
    seq: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    archived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Membership(SQLModel, table=True):
    """Somebody's part in a study.

    Past work is imported under pseudonyms: such a member has an alias and no account.
    """

    __table_args__ = (
        UniqueConstraint("study_id", "account_id"),
        UniqueConstraint("study_id", "alias_key"),
        CheckConstraint("role IN ('lead', 'coder', 'arbiter', 'observer')", name="role"),
        CheckConstraint("account_id IS NOT NULL OR alias <> ''", name="somebody"),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT", index=True)
    account_id: int | None = Field(
        default=None, foreign_key="account.id", ondelete="RESTRICT", index=True
    )
    alias: str = Field(default="", max_length=200)
    alias_key: str | None = Field(default=None, max_length=200)
    role: str = Field(max_length=20)
    joined_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
