"""Sessions of the console

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


def downgrade() -> None:
    op.drop_index("ix_console_session_expires", "console_session")
    op.drop_index(op.f("ix_console_session_community_id_id"), "console_session")
    op.drop_index(op.f("ix_console_session_api_key_id"), "console_session")
    op.drop_table("console_session")
