from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class LabelMigration(SQLModel, table=True):
    """A final label that a merge of categories maps to another; what it was is never altered.

    `from_ids` is the label before, `to_ids` after the codebook version.
    """

    __tablename__ = "label_migration"
    __table_args__ = (UniqueConstraint("version_id", "round_id", "facet_id", "card_id"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    version_id: int = Field(foreign_key="codebook_version.id", ondelete="RESTRICT")
    round_id: int = Field(foreign_key="round.id", ondelete="RESTRICT")
    facet_id: int = Field(foreign_key="facet.id", ondelete="RESTRICT")
    card_id: int = Field(foreign_key="card.id", ondelete="RESTRICT", index=True)
    from_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    to_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    at: datetime = Field(sa_type=UtcDateTime)
