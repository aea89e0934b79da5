"""Bootstrap intervals, and the headline and threshold that a round freezes

Revision ID: 2026_11_25_frozen_protocol
Revises: 2026_11_24_first
Create Date: 2026-11-25 15:10:42.318206
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.db import UtcDateTime

revision = "2026_11_25_frozen_protocol"
down_revision = "2026_11_24_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bootstrap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("n_resamples", sa.Integer(), nullable=False),
        sa.Column("algorithm_version", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("intervals", sa.JSON(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["snapshot.id"],
            name=op.f("fk_bootstrap_snapshot_id_snapshot"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_bootstrap_study_id_study"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bootstrap")),
        sa.UniqueConstraint(
            "snapshot_id",
            "algorithm_version",
            name=op.f("uq_bootstrap_snapshot_id_algorithm_version"),
        ),
    )
    # Not in batch mode: it would copy the table, which the rows that refer to a round forbid.
    headline = sqlmodel.sql.sqltypes.AutoString(length=40)
    op.add_column("round", sa.Column("headline", headline, nullable=False, server_default=""))
    op.add_column("round", sa.Column("threshold", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("round", "threshold")
    op.drop_column("round", "headline")
    op.drop_table("bootstrap")
