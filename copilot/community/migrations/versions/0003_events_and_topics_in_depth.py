"""Events and topics in depth

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from copilot.community.tables.base import UtcDateTime

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _set_question_optional(optional: bool) -> None:
    """Let topics be about no question, or no more."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("topic_suggestion", "question_id", existing_type=sa.Text(), nullable=optional)
        return
    # SQLite makes the table anew, and with the old one go the rows that refer to it: they are kept aside.
    op.execute("CREATE TEMPORARY TABLE kept_outreach AS SELECT * FROM outreach")
    with op.batch_alter_table("topic_suggestion", recreate="always") as batch_op:
        batch_op.alter_column("question_id", existing_type=sa.Text(), nullable=optional)
    op.execute("INSERT INTO outreach SELECT * FROM kept_outreach WHERE id NOT IN (SELECT id FROM outreach)")
    op.execute("DROP TABLE kept_outreach")


def upgrade() -> None:
    _set_question_optional(True)
    op.add_column("topic_suggestion", sa.Column("subject_id", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE topic_suggestion SET subject_id = question_id")
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_read_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_calendar_feed_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_community_id_id"), "calendar_feed", ["community_id", "id"], unique=False)
    op.create_index("ix_calendar_feed_created", "calendar_feed", ["community_id", "created_at", "id"], unique=False)
    op.create_table(
        "outreach_pause",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_outreach_pause_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_outreach_pause_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_outreach_pause")),
    )
    op.create_index(
        op.f("ix_outreach_pause_community_id_member_id"), "outreach_pause", ["community_id", "member_id"], unique=False
    )
    op.create_table(
        "event_door",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_event_door_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_door_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_door")),
    )
    op.create_index(
        op.f("ix_event_door_community_id_event_id"), "event_door", ["community_id", "event_id"], unique=False
    )
    op.create_table(
        "topic_post",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("topic_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("degraded", _JSON, nullable=True),
        sa.Column("llm_call_ids", _JSON, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_topic_post_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_topic_post_member_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["topic_suggestion.id"],
            name=op.f("fk_topic_post_topic_id_topic_suggestion"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_post")),
    )
    op.create_index(op.f("ix_topic_post_community_id_id"), "topic_post", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_topic_post_member_id"), "topic_post", ["member_id"], unique=False)
    op.create_index("ix_topic_post_topic", "topic_post", ["community_id", "topic_id", "created_at", "id"], unique=False)
    op.add_column("event", sa.Column("series_id", sa.Text(), nullable=True))
    op.add_column("event", sa.Column("sequence", sa.Integer(), server_default="0", nullable=False))
    op.add_column("event", sa.Column("online", sa.Boolean(), nullable=True))
    op.add_column("event", sa.Column("place", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("headcount", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("feedback_questions", _JSON, server_default="[]", nullable=False))
    op.add_column("event", sa.Column("cancel_reason", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("changed_at", UtcDateTime(), nullable=True))
    op.create_index("ix_event_series", "event", ["community_id", "series_id"], unique=True)
    op.create_index("ix_event_starts", "event", ["community_id", "starts_at", "id"], unique=False)
    op.add_column("event_feedback", sa.Column("answers", _JSON, server_default="[]", nullable=False))
    op.add_column("event_plan", sa.Column("locks", _JSON, server_default="[]", nullable=False))
    op.add_column("event_plan", sa.Column("change", _JSON, server_default="{}", nullable=False))
    op.add_column("event_review", sa.Column("content", _JSON, server_default="{}", nullable=False))
    op.add_column("outreach", sa.Column("week", sa.Text(), server_default="", nullable=False))
    op.add_column("outreach", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    op.add_column("outreach", sa.Column("framework", sa.Text(), server_default="", nullable=False))
    op.add_column("outreach", sa.Column("best_hour", sa.Integer(), nullable=True))
    op.add_column("outreach", sa.Column("sent_hour", sa.Integer(), nullable=True))
    op.add_column("outreach", sa.Column("sent_at", UtcDateTime(), nullable=True))
    op.add_column("outreach", sa.Column("decided_at", UtcDateTime(), nullable=True))
    op.add_column("outreach", sa.Column("decided_by", sa.Text(), server_default="", nullable=False))
    op.add_column("outreach", sa.Column("created_by", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_outreach_topic", "outreach", ["community_id", "topic_id"], unique=False)
    op.create_index("ix_outreach_week", "outreach", ["community_id", "week", "created_at", "id"], unique=False)
    op.add_column("signup", sa.Column("moved_up_at", UtcDateTime(), nullable=True))
    op.add_column("signup", sa.Column("cancelled_at", UtcDateTime(), nullable=True))
    op.add_column("signup", sa.Column("wrong_codes", sa.Integer(), server_default="0", nullable=False))
    op.add_column("signup", sa.Column("wrong_codes_since", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("signup", "wrong_codes_since")
    op.drop_column("signup", "wrong_codes")
    op.drop_column("signup", "cancelled_at")
    op.drop_column("signup", "moved_up_at")
    op.drop_index("ix_outreach_week", "outreach")
    op.drop_index("ix_outreach_topic", "outreach")
    op.drop_column("outreach", "created_by")
    op.drop_column("outreach", "decided_by")
    op.drop_column("outreach", "decided_at")
    op.drop_column("outreach", "sent_at")
    op.drop_column("outreach", "sent_hour")
    op.drop_column("outreach", "best_hour")
    op.drop_column("outreach", "framework")
    op.drop_column("outreach", "reason")
    op.drop_column("outreach", "week")
    op.drop_column("event_review", "content")
    op.drop_column("event_plan", "change")
    op.drop_column("event_plan", "locks")
    op.drop_column("event_feedback", "answers")
    op.drop_index("ix_event_starts", "event")
    op.drop_index("ix_event_series", "event")
    op.drop_column("event", "changed_at")
    op.drop_column("event", "cancel_reason")
    op.drop_column("event", "feedback_questions")
    op.drop_column("event", "headcount")
    op.drop_column("event", "place")
    op.drop_column("event", "online")
    op.drop_column("event", "sequence")
    op.drop_column("event", "series_id")
    op.drop_index("ix_topic_post_topic", "topic_post")
    op.drop_index(op.f("ix_topic_post_member_id"), "topic_post")
    op.drop_index(op.f("ix_topic_post_community_id_id"), "topic_post")
    op.drop_table("topic_post")
    op.drop_index(op.f("ix_event_door_community_id_event_id"), "event_door")
    op.drop_table("event_door")
    op.drop_index(op.f("ix_outreach_pause_community_id_member_id"), "outreach_pause")
    op.drop_table("outreach_pause")
    op.drop_index("ix_calendar_feed_created", "calendar_feed")
    op.drop_index(op.f("ix_calendar_feed_community_id_id"), "calendar_feed")
    op.drop_table("calendar_feed")
    op.drop_column("topic_suggestion", "subject_id")
    op.execute("DELETE FROM topic_suggestion WHERE question_id IS NULL")
    _set_question_optional(False)
