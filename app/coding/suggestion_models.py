from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class Suggestion(SQLModel, table=True):
    """A category that was shown to a coder who asked for it. A row is never altered.

    `seen_turn` is the turn that the coder's page showed: the judgement with the turn after it was
    made with the suggestion in view. `learnt_act` is the coder's act up to which the model had
    learnt; with the seed of the round it tells the whole model. Of `n_learnt` cards it had guessed
    `n_right` without having seen them.
    """

    __table_args__ = (
        CheckConstraint("confidence > 0 AND confidence <= 1", name="confidence"),
        ForeignKeyConstraint(
            ["round_id", "coder_id", "card_id"],
            ["assignment.round_id", "assignment.coder_id", "assignment.card_id"],
            ondelete="RESTRICT",
        ),
    )

    round_id: int = Field(primary_key=True)
    coder_id: int = Field(primary_key=True)
    card_id: int = Field(primary_key=True)
    facet_id: int = Field(primary_key=True, foreign_key="facet.id", ondelete="RESTRICT")
    seen_turn: int = Field(primary_key=True)
    study_id: int = Field(foreign_key="study.id", ondelete="RESTRICT")
    category_id: int = Field(foreign_key="category.id", ondelete="RESTRICT")
    confidence: float
    n_learnt: int
    n_right: int
    learnt_act: int
    at: datetime = Field(sa_type=UtcDateTime)
