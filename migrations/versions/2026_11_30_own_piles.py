"""Piles of coders' own, for open and hybrid sorts

Revision ID: 2026_11_30_own_piles
Revises: 2026_11_25_negotiation
Create Date: 2026-11-30 19:12:05.116420
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.db import UtcDateTime

revision = "2026_11_30_own_piles"
down_revision = "2026_11_25_negotiation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "pile",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("facet_id", sa.Integer(), nullable=False),
        sa.Column("tone", sa.Integer(), nullable=False),
        sa.Column("letter", text(length=1), nullable=False),
        sa.Column("split_from", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facet_id"], ["facet.id"], name=op.f("fk_pile_facet_id_facet"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "coder_id"],
            ["round_coder.round_id", "round_coder.coder_id"],
            name=op.f("fk_pile_round_id_round_coder"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_pile_study_id_study"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("round_id", "coder_id", "number", name=op.f("pk_pile")),
    )
    op.create_table(
        "pile_turn",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("last_act", sa.Integer(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("name", text(length=200), nullable=False),
        sa.Column("description", text(length=20_000), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id", "coder_id", "number"],
            ["pile.round_id", "pile.coder_id", "pile.number"],
            name=op.f("fk_pile_turn_round_id_pile"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "round_id", "coder_id", "number", "turn", name=op.f("pk_pile_turn")
        ),
    )
    # Not in batch mode: it would copy tables that other rows refer to.
    op.add_column("round", sa.Column("aligned_at", UtcDateTime(), nullable=True))
    numbers = sa.Column("pile_numbers", sa.JSON(), nullable=False, server_default="[]")
    op.add_column("placement", numbers)


def downgrade() -> None:
    op.drop_column("placement", "pile_numbers")
    op.drop_column("round", "aligned_at")
    op.drop_table("pile_turn")
    op.drop_table("pile")
