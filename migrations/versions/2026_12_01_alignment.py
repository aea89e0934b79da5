"""The map from coders' own piles to shared categories

Revision ID: 2026_12_01_alignment
Revises: 2026_12_01_gates
Create Date: 2026-12-01 00:00:00.000000
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.db import UtcDateTime

revision = "2026_12_01_alignment"
down_revision = "2026_12_01_gates"
branch_labels = None
depends_on = None

Words = sqlmodel.sql.sqltypes.AutoString


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="RESTRICT")


def _of_act(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["round_id", "act"],
        ["alignment_act.round_id", "alignment_act.number"],
        name=op.f(f"fk_{table}_round_id_act_alignment_act"),
        ondelete="RESTRICT",
    )


def _of_pile(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["round_id", "coder_id", column],
        ["pile.round_id", "pile.coder_id", "pile.number"],
        name=op.f(f"fk_{table}_round_id_coder_id_{column}_pile"),
        ondelete="RESTRICT",
    )


def upgrade() -> None:
    op.create_table(
        "alignment_act",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("facet_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", Words(length=20), nullable=False),
        sa.Column("reason", Words(length=2000), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        _of("alignment_act", "facet_id", "facet"),
        _of("alignment_act", "member_id", "membership"),
        _of("alignment_act", "round_id", "round"),
        _of("alignment_act", "study_id", "study"),
        sa.PrimaryKeyConstraint("round_id", "number", name=op.f("pk_alignment_act")),
    )
    op.create_table(
        "pile_answer",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", Words(length=20), nullable=False),
        sa.Column("category_ids", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "value IN ('categories', 'none_applies', 'cannot_judge')",
            name=op.f("ck_pile_answer_value"),
        ),
        _of_pile("pile_answer", "number"),
        sa.PrimaryKeyConstraint("round_id", "coder_id", "number", name=op.f("pk_pile_answer")),
    )
    op.create_table(
        "pile_mapping_turn",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("pile", sa.Integer(), nullable=False),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("value", Words(length=20), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "value IN ('categories', 'none_applies', 'cannot_judge', 'open')",
            name=op.f("ck_pile_mapping_turn_value"),
        ),
        _of_act("pile_mapping_turn"),
        _of_pile("pile_mapping_turn", "pile"),
        sa.PrimaryKeyConstraint(
            "round_id", "coder_id", "pile", "act", name=op.f("pk_pile_mapping_turn")
        ),
    )
    op.create_table(
        "shared_category_turn",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("facet_id", sa.Integer(), nullable=False),
        sa.Column("name", Words(length=200), nullable=False),
        sa.Column("definition", Words(length=20000), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        _of("shared_category_turn", "facet_id", "facet"),
        _of_act("shared_category_turn"),
        sa.PrimaryKeyConstraint("round_id", "number", "act", name=op.f("pk_shared_category_turn")),
    )
    # Without a foreign key: SQLite would have to drop a table that others refer to. Versions stay.
    op.add_column("round", sa.Column("sorted_version_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("round", "sorted_version_id")
    op.drop_table("shared_category_turn")
    op.drop_table("pile_mapping_turn")
    op.drop_table("pile_answer")
    op.drop_table("alignment_act")
