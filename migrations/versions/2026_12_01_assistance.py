"""Suggestions that were shown to coders who asked

Revision ID: 2026_12_01_assistance
Revises: 2026_12_01_alignment
Create Date: 2026-12-01 00:00:00.000000
"""

import sqlalchemy as sa
from alembic import op

from app.db import UtcDateTime

revision = "2026_12_01_assistance"
down_revision = "2026_12_01_alignment"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suggestion",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("facet_id", sa.Integer(), nullable=False),
        sa.Column("seen_turn", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("n_learnt", sa.Integer(), nullable=False),
        sa.Column("n_right", sa.Integer(), nullable=False),
        sa.Column("learnt_act", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "confidence > 0 AND confidence <= 1", name=op.f("ck_suggestion_confidence")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["category.id"],
            name=op.f("fk_suggestion_category_id_category"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["facet_id"],
            ["facet.id"],
            name=op.f("fk_suggestion_facet_id_facet"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "coder_id", "card_id"],
            ["assignment.round_id", "assignment.coder_id", "assignment.card_id"],
            name=op.f("fk_suggestion_round_id_assignment"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_suggestion_study_id_study"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            *("round_id", "coder_id", "card_id", "facet_id", "seen_turn"),
            name=op.f("pk_suggestion"),
        ),
    )


def downgrade() -> None:
    op.drop_table("suggestion")
