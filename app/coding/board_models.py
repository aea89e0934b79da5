from sqlalchemy import ForeignKeyConstraint
from sqlmodel import JSON, Field, SQLModel


def _of_coder() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["round_id", "coder_id"],
        ["round_coder.round_id", "round_coder.coder_id"],
        ondelete="RESTRICT",
    )


class ActGroup(SQLModel, table=True):
    """Acts of one coder that were done as one, and are taken back and redone as one.

    They have the numbers `first_act` to `last_act`. Taking a group back makes another group, of the
    acts that do so; rows are only added.
    """

    __tablename__ = "act_group"
    __table_args__ = (_of_coder(),)

    round_id: int = Field(primary_key=True)
    coder_id: int = Field(primary_key=True)
    first_act: int = Field(primary_key=True)
    last_act: int


class BoardArrangement(SQLModel, table=True):
    """How a coder likes the columns of a board; no judgement, so it is written over.

    `pile_order` has the keys of piles in the coder's order, empty for the codebook's; `folded`
    those of the columns that are folded.
    """

    __tablename__ = "board_arrangement"
    __table_args__ = (_of_coder(),)

    round_id: int = Field(primary_key=True)
    coder_id: int = Field(primary_key=True)
    facet_id: int = Field(primary_key=True, foreign_key="facet.id", ondelete="RESTRICT")
    pile_order: list[str] = Field(default_factory=list, sa_type=JSON)
    folded: list[str] = Field(default_factory=list, sa_type=JSON)
