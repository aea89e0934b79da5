"""Gates between facets, and the judgements they make

Revision ID: 2026_12_01_gates
Revises: 2026_11_30_sources
Create Date: 2026-12-01 00:10:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_gates"
down_revision = "2026_11_30_sources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: it would copy the tables, which the rows that refer to them forbid.
    op.add_column("facet", sa.Column("gate", sa.JSON(), nullable=True))
    op.add_column(
        "placement", sa.Column("is_gated", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("placement", sa.Column("follows", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("placement", "follows")
    op.drop_column("placement", "is_gated")
    op.drop_column("facet", "gate")
