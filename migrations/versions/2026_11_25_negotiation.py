"""Statements, proposals, meetings, and a codebook that grows from decisions

Revision ID: 2026_11_25_negotiation
Revises: 2026_11_25_frozen_protocol
Create Date: 2026-11-25 17:55:00.000000
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.db import UtcDateTime, now

revision = "2026_11_25_negotiation"
down_revision = "2026_11_25_frozen_protocol"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_tables()
    _add_columns()
    _carry_over()


def _create_tables() -> None:
    op.create_table(
        "affected_card",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("facet_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"],
            ["card.id"],
            name=op.f("fk_affected_card_card_id_card"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["coder_id"],
            ["membership.id"],
            name=op.f("fk_affected_card_coder_id_membership"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["facet_id"],
            ["facet.id"],
            name=op.f("fk_affected_card_facet_id_facet"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_affected_card_study_id_study"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["codebook_version.id"],
            name=op.f("fk_affected_card_version_id_codebook_version"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "version_id", "coder_id", "card_id", "facet_id", name=op.f("pk_affected_card")
        ),
    )
    op.create_table(
        "category_lineage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('merged', 'split')", name=op.f("ck_category_lineage_kind")),
        sa.ForeignKeyConstraint(
            ["from_id"],
            ["category.id"],
            name=op.f("fk_category_lineage_from_id_category"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_category_lineage_study_id_study"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["to_id"],
            ["category.id"],
            name=op.f("fk_category_lineage_to_id_category"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["codebook_version.id"],
            name=op.f("fk_category_lineage_version_id_codebook_version"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_lineage")),
    )
    op.create_index(
        op.f("ix_category_lineage_study_id"), "category_lineage", ["study_id"], unique=False
    )
    op.create_table(
        "exposure",
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["card.id"], name=op.f("fk_exposure_card_id_card"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_exposure_round_id_round"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_exposure_study_id_study"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_exposure")),
    )
    op.create_index(op.f("ix_exposure_study_id"), "exposure", ["study_id"], unique=False)
    op.create_table(
        "label_migration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("facet_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("from_ids", sa.JSON(), nullable=False),
        sa.Column("to_ids", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"],
            ["card.id"],
            name=op.f("fk_label_migration_card_id_card"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["facet_id"],
            ["facet.id"],
            name=op.f("fk_label_migration_facet_id_facet"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
            name=op.f("fk_label_migration_round_id_round"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_label_migration_study_id_study"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["codebook_version.id"],
            name=op.f("fk_label_migration_version_id_codebook_version"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_migration")),
        sa.UniqueConstraint(
            "version_id",
            "round_id",
            "facet_id",
            "card_id",
            name=op.f("uq_label_migration_version_id_round_id_facet_id_card_id"),
        ),
    )
    op.create_index(
        op.f("ix_label_migration_card_id"), "label_migration", ["card_id"], unique=False
    )
    op.create_table(
        "seal",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("facet_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["card_id"], ["card.id"], name=op.f("fk_seal_card_id_card"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["facet_id"], ["facet.id"], name=op.f("fk_seal_facet_id_facet"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_seal_round_id_round"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("round_id", "facet_id", "card_id", name=op.f("pk_seal")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("presenter_id", sa.Integer(), nullable=False),
        sa.Column("current_id", sa.Integer(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["current_id"],
            ["disagreement.id"],
            name=op.f("fk_meeting_current_id_disagreement"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["presenter_id"],
            ["membership.id"],
            name=op.f("fk_meeting_presenter_id_membership"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_meeting_round_id_round"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_meeting_study_id_study"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_round_id", "meeting", ["round_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("disagreement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("category_ids", sa.JSON(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("cause", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("rationale", sqlmodel.sql.sqltypes.AutoString(length=20000), nullable=False),
        sa.Column("batch", sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'withdrawn', 'replaced', 'accepted')",
            name=op.f("ck_proposal_status"),
        ),
        sa.CheckConstraint(
            "value IN ('categories', 'none_applies', 'not_applicable', 'cannot_judge', 'not_judged')",
            name=op.f("ck_proposal_value"),
        ),
        sa.ForeignKeyConstraint(
            ["disagreement_id"],
            ["disagreement.id"],
            name=op.f("fk_proposal_disagreement_id_disagreement"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["membership.id"],
            name=op.f("fk_proposal_member_id_membership"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_proposal_study_id_study"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint(
            "disagreement_id", "number", name=op.f("uq_proposal_disagreement_id_number")
        ),
    )
    op.create_index("ix_proposal_batch", "proposal", ["batch"], unique=False)
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("disagreement_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=20000), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["disagreement_id"],
            ["disagreement.id"],
            name=op.f("fk_statement_disagreement_id_disagreement"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["membership.id"],
            name=op.f("fk_statement_member_id_membership"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_statement_study_id_study"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint(
            "disagreement_id", "member_id", name=op.f("uq_statement_disagreement_id_member_id")
        ),
    )
    op.create_table(
        "attendance",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_attendance_meeting_id_meeting"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["membership.id"],
            name=op.f("fk_attendance_member_id_membership"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "member_id", name=op.f("pk_attendance")),
    )
    op.create_table(
        "clause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("facet_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("into_id", sa.Integer(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=20000), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('rule', 'exclusion', 'example', 'near_miss', 'redefine', 'add', 'merge', 'split', 'retire')",
            name=op.f("ck_clause_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'waiting', 'in_draft', 'published', 'dropped')",
            name=op.f("ck_clause_state"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["category.id"],
            name=op.f("fk_clause_category_id_category"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["facet_id"], ["facet.id"], name=op.f("fk_clause_facet_id_facet"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["into_id"],
            ["category.id"],
            name=op.f("fk_clause_into_id_category"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_clause_proposal_id_proposal"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_clause_study_id_study"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["codebook_version.id"],
            name=op.f("fk_clause_version_id_codebook_version"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause")),
    )
    op.create_index(op.f("ix_clause_proposal_id"), "clause", ["proposal_id"], unique=False)
    op.create_index("ix_clause_study_id_state", "clause", ["study_id", "state"], unique=False)
    op.create_table(
        "talk_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("disagreement_id", sa.Integer(), nullable=True),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["disagreement_id"],
            ["disagreement.id"],
            name=op.f("fk_talk_event_disagreement_id_disagreement"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_talk_event_meeting_id_meeting"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["membership.id"],
            name=op.f("fk_talk_event_member_id_membership"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
            name=op.f("fk_talk_event_round_id_round"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_talk_event_study_id_study"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_event")),
    )
    op.create_index("ix_talk_event_round_id", "talk_event", ["round_id", "id"], unique=False)
    op.create_table(
        "voice",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=20000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('confirm', 'dissent')", name=op.f("ck_voice_kind")),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["membership.id"],
            name=op.f("fk_voice_member_id_membership"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_voice_proposal_id_proposal"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_voice_study_id_study"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("proposal_id", "member_id", name=op.f("pk_voice")),
    )


def _add_columns() -> None:
    # Not in batch mode: it would copy tables, which the rows that refer to them forbid. So
    # constraints come with their column, in words that both databases take.
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column(
        "assignment",
        sa.Column("is_exposed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "category", sa.Column("near_misses", text(20000), server_default="", nullable=False)
    )
    op.add_column(
        "codebook_version", sa.Column("changes", sa.JSON(), server_default="[]", nullable=False)
    )
    _add_reference("comment", "reply_to", "comment")
    _add_reference("decision", "proposal_id", "proposal")
    _add_reference("decision", "owner_id", "membership")
    op.add_column("decision", sa.Column("due_on", sa.Date(), nullable=True))
    for name, kind in (
        ("flags", sa.Integer()),
        ("divergence", sa.Float()),
        ("place", sa.Integer()),
    ):
        op.add_column("disagreement", sa.Column(name, kind, server_default="0", nullable=False))
    op.execute(
        "ALTER TABLE disagreement ADD COLUMN stage VARCHAR(20) DEFAULT 'opened' NOT NULL "
        "CONSTRAINT ck_disagreement_stage CHECK "
        "(stage IN ('sealed', 'opened', 'proposed', 'escalated', 'closed'))"
    )
    op.create_index("ix_disagreement_place", "disagreement", ["round_id", "facet_id", "place"])
    op.add_column("round", sa.Column("protocol", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("study", sa.Column("stop_bound", sa.Float(), nullable=True))
    op.add_column("study", sa.Column("stop_quiet_cards", sa.Integer(), nullable=True))


def _add_reference(table: str, column: str, to: str) -> None:
    # Without ON DELETE: SQLite's tables are compared with the models, and there it is not seen.
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER "
        f"CONSTRAINT fk_{table}_{column}_{to} REFERENCES {to} (id)"
    )


def _carry_over() -> None:
    """Give what was flagged before its place, stage and flags, and note which cards were shown."""
    op.execute(
        "UPDATE disagreement SET place = ranked.place FROM (SELECT id, row_number() OVER "
        "(PARTITION BY round_id, facet_id ORDER BY cluster_size DESC, cluster, flag, card_id) - 1 "
        "AS place FROM disagreement) AS ranked WHERE ranked.id = disagreement.id"
    )
    op.execute("UPDATE disagreement SET flags = 1 << (flag - 1)")
    op.execute("UPDATE disagreement SET stage = 'closed' WHERE state <> 'open'")
    exposure = sa.text(
        "INSERT INTO exposure (card_id, study_id, round_id, at) SELECT card_id, min(study_id), "
        "min(round_id), :at FROM (SELECT card_id, study_id, round_id FROM disagreement UNION "
        "SELECT assignment.card_id, round.study_id, round.id FROM assignment "
        "JOIN round ON round.id = assignment.round_id "
        "WHERE round.kind = 'calibration' AND round.closed_at IS NOT NULL) AS shown "
        "GROUP BY card_id"
    )
    op.execute(exposure.bindparams(sa.bindparam("at", now(), UtcDateTime())))


def downgrade() -> None:
    op.drop_column("study", "stop_quiet_cards")
    op.drop_column("study", "stop_bound")
    op.drop_column("round", "protocol")
    op.drop_index("ix_disagreement_place", "disagreement")
    for name in ("stage", "place", "divergence", "flags"):
        op.drop_column("disagreement", name)
    for name in ("due_on", "owner_id", "proposal_id"):
        op.drop_column("decision", name)
    op.drop_column("comment", "reply_to")
    op.drop_column("codebook_version", "changes")
    op.drop_column("category", "near_misses")
    op.drop_column("assignment", "is_exposed")
    for table in (
        "voice",
        "talk_event",
        "clause",
        "attendance",
        "statement",
        "proposal",
        "meeting",
        "seal",
        "label_migration",
        "exposure",
        "category_lineage",
        "affected_card",
    ):
        op.drop_table(table)
