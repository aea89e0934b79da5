"""Preferences of an account, and the seconds a judgement took

Revision ID: 2026_11_30_focus_at_speed
Revises: 2026_11_30_own_piles
Create Date: 2026-11-30 19:20:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_focus_at_speed"
down_revision = "2026_11_30_own_piles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: it would copy the table, which the rows that refer to it forbid.
    op.add_column(
        "account", sa.Column("preferences", sa.JSON(), nullable=False, server_default="{}")
    )
    op.add_column("placement", sa.Column("seconds", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("placement", "seconds")
    op.drop_column("account", "preferences")
