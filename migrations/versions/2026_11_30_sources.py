"""Documents, passages, cards cut anew, and cards that are nearly alike

Revision ID: 2026_11_30_sources
Revises: 2026_11_30_focus_at_speed
Create Date: 2026-11-30 19:10:00.000000
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.db import UtcDateTime

revision = "2026_11_30_sources"
down_revision = "2026_11_30_focus_at_speed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alike_search",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("last_card_id", sa.Integer(), nullable=False),
        sa.Column("n_cards", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_alike_search_study_id_study"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("study_id", name=op.f("pk_alike_search")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("n_bytes", sa.Integer(), nullable=False),
        sa.Column("n_characters", sa.Integer(), nullable=False),
        sa.Column("outline", sa.JSON(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("set_aside_at", UtcDateTime(), nullable=True),
        sa.Column("set_aside_reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["account.id"],
            name=op.f("fk_source_added_by_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_source_study_id_study"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_source_study_id_number")),
    )
    op.create_index("ix_source_study_id_sha256", "source", ["study_id", "sha256"], unique=False)
    op.create_table(
        "alike_pair",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column("verdict", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["account.id"],
            name=op.f("fk_alike_pair_decided_by_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["card.id"], name=op.f("fk_alike_pair_first_id_card"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["card.id"],
            name=op.f("fk_alike_pair_second_id_card"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_alike_pair_study_id_study"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_alike_pair")),
    )
    op.create_index(
        "ix_alike_pair_study_id_likeness", "alike_pair", ["study_id", "likeness"], unique=False
    )
    op.create_table(
        "card_lineage",
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["account.id"],
            name=op.f("fk_card_lineage_by_id_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["card.id"], name=op.f("fk_card_lineage_from_id_card"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_card_lineage_study_id_study"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["card.id"], name=op.f("fk_card_lineage_to_id_card"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("from_id", "to_id", name=op.f("pk_card_lineage")),
    )
    op.create_index(op.f("ix_card_lineage_study_id"), "card_lineage", ["study_id"], unique=False)
    op.create_index("ix_card_lineage_to_id", "card_lineage", ["to_id"], unique=False)
    op.create_table(
        "excerpt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.CheckConstraint("start >= 0 AND stop > start", name=op.f("ck_excerpt_is_a_passage")),
        sa.ForeignKeyConstraint(
            ["card_id"], ["card.id"], name=op.f("fk_excerpt_card_id_card"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
            name=op.f("fk_excerpt_source_id_source"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_excerpt_study_id_study"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excerpt")),
        sa.UniqueConstraint("card_id", "place", name=op.f("uq_excerpt_card_id_place")),
    )
    op.create_index("ix_excerpt_source_id_start", "excerpt", ["source_id", "start"], unique=False)
    op.create_table(
        "source_file",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
            name=op.f("fk_source_file_source_id_source"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_file")),
    )
    op.create_table(
        "source_part",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
            name=op.f("fk_source_part_source_id_source"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("source_id", "place", name=op.f("pk_source_part")),
        sa.UniqueConstraint("source_id", "start", name=op.f("uq_source_part_source_id_start")),
    )
    op.add_column("card", sa.Column("set_aside_at", UtcDateTime(), nullable=True))
    op.add_column(
        "card",
        sa.Column(
            "set_aside_reason",
            sqlmodel.sql.sqltypes.AutoString(length=500),
            nullable=False,
            server_default="",
        ),
    )


def downgrade() -> None:
    op.drop_column("card", "set_aside_reason")
    op.drop_column("card", "set_aside_at")
    op.drop_table("source_part")
    op.drop_table("source_file")
    op.drop_index("ix_excerpt_source_id_start", table_name="excerpt")
    op.drop_table("excerpt")
    op.drop_index("ix_card_lineage_to_id", table_name="card_lineage")
    op.drop_index(op.f("ix_card_lineage_study_id"), table_name="card_lineage")
    op.drop_table("card_lineage")
    op.drop_index("ix_alike_pair_study_id_likeness", table_name="alike_pair")
    op.drop_table("alike_pair")
    op.drop_index("ix_source_study_id_sha256", table_name="source")
    op.drop_table("source")
    op.drop_table("alike_search")
