"""Sessions of the console, and indexes for its lists of many rows

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op

from copilot.community.tables.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What is shown newest first, or by windows of time, across all channels and states.
_LISTS = (
    ("ix_message_sent", "message", ["community_id", "sent_at", "id"]),
    ("ix_reading_read", "reading", ["community_id", "read_at", "message_id"]),
    ("ix_decision_decided", "decision", ["community_id", "decided_at", "id"]),
    ("ix_outreach_created", "outreach", ["community_id", "created_at", "id"]),
)


def upgrade() -> None:
    op.create_table(
        "console_session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("api_key_id", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_key.id"], name=op.f("fk_console_session_api_key_id_api_key"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_console_session_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_console_session_token_hash")),
    )
    op.create_index(op.f("ix_console_session_api_key_id"), "console_session", ["api_key_id"], unique=False)
    op.create_index(op.f("ix_console_session_community_id_id"), "console_session", ["community_id", "id"], unique=False)
    op.create_index("ix_console_session_expires", "console_session", ["community_id", "expires_at", "id"], unique=False)
    for name, table, columns in _LISTS:
        op.create_index(name, table, columns, unique=False)


def downgrade() -> None:
    for name, table, _ in reversed(_LISTS):
        op.drop_index(name, table)
    op.drop_index("ix_console_session_expires", "console_session")
    op.drop_index(op.f("ix_console_session_community_id_id"), "console_session")
    op.drop_index(op.f("ix_console_session_api_key_id"), "console_session")
    op.drop_table("console_session")
