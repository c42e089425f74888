"""Resources that circulate, contribution that is seen

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from copilot.community.tables.base import UtcDateTime

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resource_code",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_resource_code_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_code")),
    )
    op.create_index(op.f("ix_resource_code_community_id_id"), "resource_code", ["community_id", "id"], unique=False)
    op.create_index("ix_resource_code_series", "resource_code", ["community_id", "series", "number"], unique=True)
    op.create_table(
        "loan",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("handed_at", UtcDateTime(), nullable=True),
        sa.Column("back_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("extension_until", sa.Date(), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("disputed_from", sa.Text(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_loan_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_loan_member_id_member"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_loan_resource_id_resource"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
    )
    op.create_index(op.f("ix_loan_community_id_id"), "loan", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_loan_member_id"), "loan", ["member_id"], unique=False)
    op.create_index("ix_loan_requested", "loan", ["community_id", "requested_at", "id"], unique=False)
    op.create_index(op.f("ix_loan_resource_id"), "loan", ["resource_id"], unique=False)
    op.create_index(
        "ix_loan_resource_status", "loan", ["community_id", "resource_id", "status", "queued_at"], unique=False
    )
    op.create_index("ix_loan_status_ends", "loan", ["community_id", "status", "ends_on"], unique=False)
    op.create_table(
        "resource_audience",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_resource_audience_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_resource_audience_member_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_audience_resource_id_resource"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_audience")),
    )
    op.create_index(
        op.f("ix_resource_audience_community_id_id"), "resource_audience", ["community_id", "id"], unique=False
    )
    op.create_index(op.f("ix_resource_audience_member_id"), "resource_audience", ["member_id"], unique=False)
    op.create_index(op.f("ix_resource_audience_resource_id"), "resource_audience", ["resource_id"], unique=False)
    op.create_table(
        "resource_change",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changes", _JSON, nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_resource_change_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_change_resource_id_resource"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_change")),
    )
    op.create_index(op.f("ix_resource_change_community_id_id"), "resource_change", ["community_id", "id"], unique=False)
    op.create_index(
        "ix_resource_change_resource", "resource_change", ["community_id", "resource_id", "at", "id"], unique=False
    )
    op.create_table(
        "resource_closure",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_resource_closure_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_closure_resource_id_resource"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_closure")),
    )
    op.create_index(
        op.f("ix_resource_closure_community_id_id"), "resource_closure", ["community_id", "id"], unique=False
    )
    op.create_index(op.f("ix_resource_closure_resource_id"), "resource_closure", ["resource_id"], unique=False)
    op.create_table(
        "resource_duplicate",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("first_id", sa.Text(), nullable=False),
        sa.Column("second_id", sa.Text(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_resource_duplicate_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["resource.id"], name=op.f("fk_resource_duplicate_first_id_resource"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["resource.id"], name=op.f("fk_resource_duplicate_second_id_resource"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_duplicate")),
        sa.UniqueConstraint(
            "community_id", "first_id", "second_id", name=op.f("uq_resource_duplicate_community_id_first_id_second_id")
        ),
    )
    op.create_index(
        op.f("ix_resource_duplicate_community_id_id"), "resource_duplicate", ["community_id", "id"], unique=False
    )
    op.create_index(op.f("ix_resource_duplicate_second_id"), "resource_duplicate", ["second_id"], unique=False)
    op.create_table(
        "loan_entry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("loan_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_loan_entry_author_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_loan_entry_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_entry_loan_id_loan"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_entry")),
    )
    op.create_index(op.f("ix_loan_entry_author_id"), "loan_entry", ["author_id"], unique=False)
    op.create_index(op.f("ix_loan_entry_community_id_id"), "loan_entry", ["community_id", "id"], unique=False)
    op.create_index("ix_loan_entry_loan", "loan_entry", ["community_id", "loan_id", "at", "id"], unique=False)
    op.create_table(
        "loan_outcome",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("loan_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_loan_outcome_author_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_loan_outcome_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loan.id"], name=op.f("fk_loan_outcome_loan_id_loan"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_outcome")),
        sa.UniqueConstraint("community_id", "loan_id", "side", name=op.f("uq_loan_outcome_community_id_loan_id_side")),
    )
    op.create_index(op.f("ix_loan_outcome_author_id"), "loan_outcome", ["author_id"], unique=False)
    op.create_index(op.f("ix_loan_outcome_community_id_id"), "loan_outcome", ["community_id", "id"], unique=False)
    op.add_column("resource", sa.Column("library_code", sa.Text(), nullable=True))
    op.add_column("resource", sa.Column("subclass", sa.Text(), server_default="", nullable=False))
    op.add_column("resource", sa.Column("confidential", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("resource", sa.Column("who", sa.Text(), server_default="everyone", nullable=False))
    op.add_column("resource", sa.Column("mode", sa.Text(), server_default="lend", nullable=False))
    op.add_column("resource", sa.Column("max_days", sa.Integer(), nullable=True))
    op.add_column("resource", sa.Column("in_return", sa.Text(), server_default="", nullable=False))
    op.add_column("resource", sa.Column("accepts_at_once", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("resource", sa.Column("confirm_every_days", sa.Integer(), server_default="90", nullable=False))
    op.add_column("resource", sa.Column("confirmed_at", UtcDateTime(), nullable=True))
    op.add_column("resource", sa.Column("confirm_by", UtcDateTime(), nullable=True))
    op.add_column("resource", sa.Column("merged_into", sa.Text(), nullable=True))
    op.create_index("ix_resource_library_code", "resource", ["community_id", "library_code"], unique=True)
    op.add_column("resource_use", sa.Column("units", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("resource_use", "units")
    op.drop_index("ix_resource_library_code", "resource")
    op.drop_column("resource", "merged_into")
    op.drop_column("resource", "confirm_by")
    op.drop_column("resource", "confirmed_at")
    op.drop_column("resource", "confirm_every_days")
    op.drop_column("resource", "accepts_at_once")
    op.drop_column("resource", "in_return")
    op.drop_column("resource", "max_days")
    op.drop_column("resource", "mode")
    op.drop_column("resource", "who")
    op.drop_column("resource", "confidential")
    op.drop_column("resource", "subclass")
    op.drop_column("resource", "library_code")
    op.drop_index(op.f("ix_loan_outcome_community_id_id"), "loan_outcome")
    op.drop_index(op.f("ix_loan_outcome_author_id"), "loan_outcome")
    op.drop_table("loan_outcome")
    op.drop_index("ix_loan_entry_loan", "loan_entry")
    op.drop_index(op.f("ix_loan_entry_community_id_id"), "loan_entry")
    op.drop_index(op.f("ix_loan_entry_author_id"), "loan_entry")
    op.drop_table("loan_entry")
    op.drop_index(op.f("ix_resource_duplicate_second_id"), "resource_duplicate")
    op.drop_index(op.f("ix_resource_duplicate_community_id_id"), "resource_duplicate")
    op.drop_table("resource_duplicate")
    op.drop_index(op.f("ix_resource_closure_resource_id"), "resource_closure")
    op.drop_index(op.f("ix_resource_closure_community_id_id"), "resource_closure")
    op.drop_table("resource_closure")
    op.drop_index("ix_resource_change_resource", "resource_change")
    op.drop_index(op.f("ix_resource_change_community_id_id"), "resource_change")
    op.drop_table("resource_change")
    op.drop_index(op.f("ix_resource_audience_resource_id"), "resource_audience")
    op.drop_index(op.f("ix_resource_audience_member_id"), "resource_audience")
    op.drop_index(op.f("ix_resource_audience_community_id_id"), "resource_audience")
    op.drop_table("resource_audience")
    op.drop_index("ix_loan_status_ends", "loan")
    op.drop_index("ix_loan_resource_status", "loan")
    op.drop_index(op.f("ix_loan_resource_id"), "loan")
    op.drop_index("ix_loan_requested", "loan")
    op.drop_index(op.f("ix_loan_member_id"), "loan")
    op.drop_index(op.f("ix_loan_community_id_id"), "loan")
    op.drop_table("loan")
    op.drop_index("ix_resource_code_series", "resource_code")
    op.drop_index(op.f("ix_resource_code_community_id_id"), "resource_code")
    op.drop_table("resource_code")
