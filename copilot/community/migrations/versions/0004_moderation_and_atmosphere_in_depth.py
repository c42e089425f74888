"""Moderation and atmosphere in depth

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from copilot.community.tables.base import UtcDateTime

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pulse_answer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_pulse_answer_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_pulse_answer_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_answer")),
        sa.UniqueConstraint(
            "community_id", "member_id", "week", name=op.f("uq_pulse_answer_community_id_member_id_week")
        ),
    )
    op.create_index(op.f("ix_pulse_answer_community_id_id"), "pulse_answer", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_pulse_answer_member_id"), "pulse_answer", ["member_id"], unique=False)
    op.create_table(
        "case_alias",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("merged_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_alias_case_id_case"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_case_alias_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_alias")),
    )
    op.create_index(op.f("ix_case_alias_case_id"), "case_alias", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_alias_community_id_id"), "case_alias", ["community_id", "id"], unique=False)
    op.create_table(
        "case_finding",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("detector_version", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("affected", _JSON, nullable=False),
        sa.Column("evidence", _JSON, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_case_finding_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_case_finding_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_finding")),
    )
    op.create_index("ix_case_finding_case", "case_finding", ["community_id", "case_id"], unique=False)
    op.create_index(op.f("ix_case_finding_community_id_id"), "case_finding", ["community_id", "id"], unique=False)
    op.create_table(
        "case_item",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("clause_id", sa.Text(), nullable=False),
        sa.Column("evidence_start", sa.Integer(), nullable=False),
        sa.Column("evidence_end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("context_ids", _JSON, nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("detector_version", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_item_case_id_case"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_case_item_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_case_item_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_item")),
        sa.UniqueConstraint(
            "community_id",
            "message_id",
            "category",
            "found_by",
            name=op.f("uq_case_item_community_id_message_id_category_found_by"),
        ),
    )
    op.create_index("ix_case_item_case", "case_item", ["community_id", "case_id"], unique=False)
    op.create_index(op.f("ix_case_item_community_id_id"), "case_item", ["community_id", "id"], unique=False)
    op.add_column("alert", sa.Column("group", sa.Text(), server_default="", nullable=False))
    op.add_column("alert", sa.Column("kind", sa.Text(), server_default="change", nullable=False))
    op.add_column("alert", sa.Column("measure", sa.Text(), server_default="", nullable=False))
    op.add_column("alert", sa.Column("held_back", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("alert", sa.Column("seriousness", sa.Double(), server_default="0", nullable=False))
    op.add_column("alert", sa.Column("week", sa.Text(), server_default="", nullable=False))
    op.add_column("alert", sa.Column("opened_at", UtcDateTime(), nullable=True))
    op.add_column("alert", sa.Column("closed_at", UtcDateTime(), nullable=True))
    op.add_column("alert", sa.Column("step", sa.Text(), server_default="waiting", nullable=False))
    op.add_column("alert", sa.Column("step_by", sa.Text(), server_default="", nullable=False))
    op.add_column("alert", sa.Column("step_note", sa.Text(), server_default="", nullable=False))
    op.add_column("alert", sa.Column("step_at", UtcDateTime(), nullable=True))
    op.create_index("ix_alert_community_opened", "alert", ["community_id", "opened_at", "id"], unique=False)
    op.add_column("atmosphere_snapshot", sa.Column("group", sa.Text(), server_default="", nullable=False))
    op.add_column("atmosphere_snapshot", sa.Column("points", _JSON, server_default="{}", nullable=False))
    op.add_column("case", sa.Column("harm", sa.Double(), server_default="0", nullable=False))
    op.add_column("case", sa.Column("certainty", sa.Double(), server_default="0", nullable=False))
    op.add_column("case", sa.Column("reach", sa.Double(), server_default="0", nullable=False))
    op.add_column("case", sa.Column("priority", sa.Double(), server_default="0", nullable=False))
    op.create_index("ix_case_priority", "case", ["community_id", "status", "priority", "id"], unique=False)
    op.add_column("report", sa.Column("case_id", sa.Text(), nullable=True))
    op.create_index("ix_report_case", "report", ["community_id", "case_id"], unique=False)
    op.create_index("ix_report_reporter", "report", ["community_id", "reporter_id", "created_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_report_reporter", "report")
    op.drop_index("ix_report_case", "report")
    op.drop_column("report", "case_id")
    op.drop_index("ix_case_priority", "case")
    op.drop_column("case", "priority")
    op.drop_column("case", "reach")
    op.drop_column("case", "certainty")
    op.drop_column("case", "harm")
    op.drop_column("atmosphere_snapshot", "points")
    op.drop_column("atmosphere_snapshot", "group")
    op.drop_index("ix_alert_community_opened", "alert")
    op.drop_column("alert", "step_at")
    op.drop_column("alert", "step_note")
    op.drop_column("alert", "step_by")
    op.drop_column("alert", "step")
    op.drop_column("alert", "closed_at")
    op.drop_column("alert", "opened_at")
    op.drop_column("alert", "week")
    op.drop_column("alert", "seriousness")
    op.drop_column("alert", "held_back")
    op.drop_column("alert", "measure")
    op.drop_column("alert", "kind")
    op.drop_column("alert", "group")
    op.drop_index(op.f("ix_case_item_community_id_id"), "case_item")
    op.drop_index("ix_case_item_case", "case_item")
    op.drop_table("case_item")
    op.drop_index(op.f("ix_case_finding_community_id_id"), "case_finding")
    op.drop_index("ix_case_finding_case", "case_finding")
    op.drop_table("case_finding")
    op.drop_index(op.f("ix_case_alias_community_id_id"), "case_alias")
    op.drop_index(op.f("ix_case_alias_case_id"), "case_alias")
    op.drop_table("case_alias")
    op.drop_index(op.f("ix_pulse_answer_member_id"), "pulse_answer")
    op.drop_index(op.f("ix_pulse_answer_community_id_id"), "pulse_answer")
    op.drop_table("pulse_answer")
