"""Moderation and atmosphere in depth

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from copilot.community.migrations.append_only import keep_audit_log, release_audit_log
from copilot.community.tables.base import UtcDateTime

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backtest",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("spec", _JSON, nullable=False),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("result", _JSON, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_backtest_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backtest")),
    )
    op.create_index(op.f("ix_backtest_community_id_id"), "backtest", ["community_id", "id"], unique=False)
    op.create_index("ix_backtest_created", "backtest", ["community_id", "created_at", "id"], unique=False)
    op.create_table(
        "correction",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_correction_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_community_id_id"), "correction", ["community_id", "id"], unique=False)
    op.create_index("ix_correction_created", "correction", ["community_id", "created_at", "id"], unique=False)
    op.create_table(
        "moderation_terms",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_moderation_terms_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_terms")),
    )
    op.create_index(
        op.f("ix_moderation_terms_community_id_id"), "moderation_terms", ["community_id", "id"], unique=False
    )
    op.create_table(
        "moderator_care",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("blur", sa.Text(), nullable=False),
        sa.Column("severe_per_day", sa.Integer(), nullable=True),
        sa.Column("break_after_minutes", sa.Integer(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_moderator_care_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderator_care")),
        sa.UniqueConstraint("community_id", "actor", name=op.f("uq_moderator_care_community_id_actor")),
    )
    op.create_index(op.f("ix_moderator_care_community_id_id"), "moderator_care", ["community_id", "id"], unique=False)
    op.create_table(
        "score_tuning",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Double(), nullable=True),
        sa.Column("curve", _JSON, nullable=False),
        sa.Column("basis", _JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_score_tuning_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_tuning")),
        sa.UniqueConstraint(
            "community_id", "category", "version", name=op.f("uq_score_tuning_community_id_category_version")
        ),
    )
    op.create_index(op.f("ix_score_tuning_community_id_id"), "score_tuning", ["community_id", "id"], unique=False)
    op.create_table(
        "weekly_record",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("snapshot", _JSON, nullable=False),
        sa.Column("summary", _JSON, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_weekly_record_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_record")),
        sa.UniqueConstraint("community_id", "week", name=op.f("uq_weekly_record_community_id_week")),
    )
    op.create_index(op.f("ix_weekly_record_community_id_id"), "weekly_record", ["community_id", "id"], unique=False)
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
        "audit_sample",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("looked_by", sa.Text(), nullable=True),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_audit_sample_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_audit_sample_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sample")),
        sa.UniqueConstraint("community_id", "message_id", name=op.f("uq_audit_sample_community_id_message_id")),
    )
    op.create_index(op.f("ix_audit_sample_community_id_id"), "audit_sample", ["community_id", "id"], unique=False)
    op.create_index("ix_audit_sample_drawn", "audit_sample", ["community_id", "drawn_at", "id"], unique=False)
    op.create_table(
        "care_item",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("detector_version", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("contacted_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_care_item_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_care_item_member_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_care_item_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_item")),
        sa.UniqueConstraint("community_id", "message_id", name=op.f("uq_care_item_community_id_message_id")),
    )
    op.create_index(op.f("ix_care_item_community_id_id"), "care_item", ["community_id", "id"], unique=False)
    op.create_index("ix_care_item_created", "care_item", ["community_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_care_item_member_id"), "care_item", ["member_id"], unique=False)
    op.create_table(
        "private_message",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("is_settled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_private_message_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_private_message_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_private_message")),
    )
    op.create_index(
        op.f("ix_private_message_community_id_message_id"),
        "private_message",
        ["community_id", "message_id"],
        unique=False,
    )
    op.create_table(
        "care_note",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("care_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["care_id"], ["care_item.id"], name=op.f("fk_care_note_care_id_care_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_care_note_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_note")),
    )
    op.create_index("ix_care_note_care", "care_note", ["community_id", "care_id", "created_at"], unique=False)
    op.create_index(op.f("ix_care_note_community_id_id"), "care_note", ["community_id", "id"], unique=False)
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
        sa.Column("raw_score", sa.Double(), nullable=True),
        sa.Column("tuning_version", sa.Integer(), nullable=True),
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
    op.create_table(
        "decision_proposal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("ruling", _JSON, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_decision_proposal_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_decision_proposal_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_proposal")),
    )
    op.create_index(op.f("ix_decision_proposal_case_id"), "decision_proposal", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_decision_proposal_community_id_id"), "decision_proposal", ["community_id", "id"], unique=False
    )
    op.create_index(
        "ix_decision_proposal_queue", "decision_proposal", ["community_id", "status", "proposed_at", "id"], unique=False
    )
    op.create_table(
        "sanction",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_sanction_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_sanction_decision_id_decision"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_sanction_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction")),
    )
    op.create_index(op.f("ix_sanction_community_id_id"), "sanction", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_sanction_decision_id"), "sanction", ["decision_id"], unique=False)
    op.create_index(op.f("ix_sanction_member_id"), "sanction", ["member_id"], unique=False)
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
    op.add_column("appeal", sa.Column("answer", sa.Text(), server_default="", nullable=False))
    op.add_column("appeal", sa.Column("decided_by", sa.Text(), nullable=True))
    op.add_column("appeal", sa.Column("decided_as", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_appeal_queue", "appeal", ["community_id", "created_at", "id"], unique=False)
    op.create_index("uq_appeal_decision", "appeal", ["community_id", "decision_id"], unique=True)
    op.add_column("atmosphere_snapshot", sa.Column("group", sa.Text(), server_default="", nullable=False))
    op.add_column("atmosphere_snapshot", sa.Column("points", _JSON, server_default="{}", nullable=False))
    op.add_column("case", sa.Column("harm", sa.Double(), server_default="0", nullable=False))
    op.add_column("case", sa.Column("certainty", sa.Double(), server_default="0", nullable=False))
    op.add_column("case", sa.Column("reach", sa.Double(), server_default="0", nullable=False))
    op.add_column("case", sa.Column("priority", sa.Double(), server_default="0", nullable=False))
    op.create_index("ix_case_priority", "case", ["community_id", "status", "priority", "id"], unique=False)
    op.add_column("decision", sa.Column("clause_id", sa.Text(), server_default="", nullable=False))
    op.add_column("decision", sa.Column("severity", sa.Text(), server_default="", nullable=False))
    op.add_column("decision", sa.Column("until", UtcDateTime(), nullable=True))
    op.add_column("decision", sa.Column("confirmed_by", sa.Text(), nullable=True))
    op.add_column("report", sa.Column("case_id", sa.Text(), nullable=True))
    op.create_index("ix_report_case", "report", ["community_id", "case_id"], unique=False)
    op.create_index("ix_report_reporter", "report", ["community_id", "reporter_id", "created_at", "id"], unique=False)
    op.add_column("strike", sa.Column("severity", sa.Text(), server_default="", nullable=False))
    keep_audit_log(op)


def downgrade() -> None:
    release_audit_log(op)
    op.drop_column("strike", "severity")
    op.drop_index("ix_report_reporter", "report")
    op.drop_index("ix_report_case", "report")
    op.drop_column("report", "case_id")
    op.drop_column("decision", "confirmed_by")
    op.drop_column("decision", "until")
    op.drop_column("decision", "severity")
    op.drop_column("decision", "clause_id")
    op.drop_index("ix_case_priority", "case")
    op.drop_column("case", "priority")
    op.drop_column("case", "reach")
    op.drop_column("case", "certainty")
    op.drop_column("case", "harm")
    op.drop_column("atmosphere_snapshot", "points")
    op.drop_column("atmosphere_snapshot", "group")
    op.drop_index("uq_appeal_decision", "appeal")
    op.drop_index("ix_appeal_queue", "appeal")
    op.drop_column("appeal", "decided_as")
    op.drop_column("appeal", "decided_by")
    op.drop_column("appeal", "answer")
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
    op.drop_index(op.f("ix_sanction_member_id"), "sanction")
    op.drop_index(op.f("ix_sanction_decision_id"), "sanction")
    op.drop_index(op.f("ix_sanction_community_id_id"), "sanction")
    op.drop_table("sanction")
    op.drop_index("ix_decision_proposal_queue", "decision_proposal")
    op.drop_index(op.f("ix_decision_proposal_community_id_id"), "decision_proposal")
    op.drop_index(op.f("ix_decision_proposal_case_id"), "decision_proposal")
    op.drop_table("decision_proposal")
    op.drop_index(op.f("ix_case_item_community_id_id"), "case_item")
    op.drop_index("ix_case_item_case", "case_item")
    op.drop_table("case_item")
    op.drop_index(op.f("ix_case_finding_community_id_id"), "case_finding")
    op.drop_index("ix_case_finding_case", "case_finding")
    op.drop_table("case_finding")
    op.drop_index(op.f("ix_case_alias_community_id_id"), "case_alias")
    op.drop_index(op.f("ix_case_alias_case_id"), "case_alias")
    op.drop_table("case_alias")
    op.drop_index(op.f("ix_care_note_community_id_id"), "care_note")
    op.drop_index("ix_care_note_care", "care_note")
    op.drop_table("care_note")
    op.drop_index(op.f("ix_private_message_community_id_message_id"), "private_message")
    op.drop_table("private_message")
    op.drop_index(op.f("ix_care_item_member_id"), "care_item")
    op.drop_index("ix_care_item_created", "care_item")
    op.drop_index(op.f("ix_care_item_community_id_id"), "care_item")
    op.drop_table("care_item")
    op.drop_index("ix_audit_sample_drawn", "audit_sample")
    op.drop_index(op.f("ix_audit_sample_community_id_id"), "audit_sample")
    op.drop_table("audit_sample")
    op.drop_index(op.f("ix_pulse_answer_member_id"), "pulse_answer")
    op.drop_index(op.f("ix_pulse_answer_community_id_id"), "pulse_answer")
    op.drop_table("pulse_answer")
    op.drop_index(op.f("ix_weekly_record_community_id_id"), "weekly_record")
    op.drop_table("weekly_record")
    op.drop_index(op.f("ix_score_tuning_community_id_id"), "score_tuning")
    op.drop_table("score_tuning")
    op.drop_index(op.f("ix_moderator_care_community_id_id"), "moderator_care")
    op.drop_table("moderator_care")
    op.drop_index(op.f("ix_moderation_terms_community_id_id"), "moderation_terms")
    op.drop_table("moderation_terms")
    op.drop_index("ix_correction_created", "correction")
    op.drop_index(op.f("ix_correction_community_id_id"), "correction")
    op.drop_table("correction")
    op.drop_index("ix_backtest_created", "backtest")
    op.drop_index(op.f("ix_backtest_community_id_id"), "backtest")
    op.drop_table("backtest")
