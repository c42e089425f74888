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
    op.drop_index(op.f("ix_case_item_community_id_id"), "case_item")
    op.drop_index("ix_case_item_case", "case_item")
    op.drop_table("case_item")
    op.drop_index(op.f("ix_case_finding_community_id_id"), "case_finding")
    op.drop_index("ix_case_finding_case", "case_finding")
    op.drop_table("case_finding")
    op.drop_index(op.f("ix_case_alias_community_id_id"), "case_alias")
    op.drop_index(op.f("ix_case_alias_case_id"), "case_alias")
    op.drop_table("case_alias")
