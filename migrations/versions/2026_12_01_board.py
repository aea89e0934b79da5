"""Acts of a coder that are one, and how a coder likes the columns of a board

Revision ID: 2026_12_01_board
Revises: 2026_12_01_assistance
Create Date: 2026-12-01 00:01:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_board"
down_revision = "2026_12_01_assistance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act_group",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("first_act", sa.Integer(), nullable=False),
        sa.Column("last_act", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id", "coder_id"],
            ["round_coder.round_id", "round_coder.coder_id"],
            name=op.f("fk_act_group_round_id_round_coder"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "coder_id", "first_act", name=op.f("pk_act_group")),
    )
    op.create_table(
        "board_arrangement",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("facet_id", sa.Integer(), nullable=False),
        sa.Column("pile_order", sa.JSON(), nullable=False),
        sa.Column("folded", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facet_id"],
            ["facet.id"],
            name=op.f("fk_board_arrangement_facet_id_facet"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "coder_id"],
            ["round_coder.round_id", "round_coder.coder_id"],
            name=op.f("fk_board_arrangement_round_id_round_coder"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "round_id", "coder_id", "facet_id", name=op.f("pk_board_arrangement")
        ),
    )


def downgrade() -> None:
    op.drop_table("board_arrangement")
    op.drop_table("act_group")
