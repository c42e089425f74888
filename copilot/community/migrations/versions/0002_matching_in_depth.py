"""Matching in depth

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from copilot.community.tables.base import UtcDateTime

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing ever wrote into the first shape of this table.
    op.drop_table("introduction")
    _mark_what_waits_for_vectors()
    _create_weights()
    _create_seatings()
    _create_webhooks()
    _create_relations()
    _create_proposals()
    _create_introductions()
    _widen_matches_and_members()


def _mark_what_waits_for_vectors() -> None:
    # Coming events have vectors from now on: those that are there already wait for theirs.
    op.execute(
        "INSERT INTO stale_mark (community_id, purpose, kind, record_id, token, marked_at) "
        "SELECT community_id, 'vector', 'event', id, 'migration', created_at FROM event WHERE status = 'published' ON CONFLICT DO NOTHING"
    )
    # So do whole profiles, and what is said of resources has its city.
    op.execute(
        "INSERT INTO stale_mark (community_id, purpose, kind, record_id, token, marked_at) "
        "SELECT community_id, 'vector', 'member', id, 'migration', created_at FROM member WHERE true ON CONFLICT DO NOTHING"
    )
    op.execute(
        "INSERT INTO stale_mark (community_id, purpose, kind, record_id, token, marked_at) "
        "SELECT community_id, 'vector', 'resource', id, 'migration', created_at FROM resource WHERE true ON CONFLICT DO NOTHING"
    )


def _create_weights() -> None:
    op.create_table(
        "score_weights",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("weights", _JSON, nullable=False),
        sa.Column("figures", _JSON, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("activated_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_score_weights_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_weights")),
        sa.UniqueConstraint("community_id", "version", name=op.f("uq_score_weights_community_id_version")),
    )
    op.create_index(op.f("ix_score_weights_community_id_id"), "score_weights", ["community_id", "id"], unique=False)


def _create_seatings() -> None:
    op.create_table(
        "seating",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("params", _JSON, nullable=False),
        sa.Column("result", _JSON, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_seating_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seating")),
        sa.UniqueConstraint(
            "community_id", "kind", "series", "number", name=op.f("uq_seating_community_id_kind_series_number")
        ),
    )
    op.create_index(op.f("ix_seating_community_id_id"), "seating", ["community_id", "id"], unique=False)
    op.create_index("ix_seating_created", "seating", ["community_id", "created_at", "id"], unique=False)
    op.create_table(
        "seat",
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.Column("seating_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("from_group", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_seat_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_seat_member_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["seating_id"], ["seating.id"], name=op.f("fk_seat_seating_id_seating"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("community_id", "seating_id", "member_id", name=op.f("pk_seat")),
    )
    op.create_index("ix_seat_member", "seat", ["community_id", "member_id"], unique=False)


def _create_webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", _JSON, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_webhook_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_community_id_id"), "webhook", ["community_id", "id"], unique=False)
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("payload", _JSON, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("last_answer", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_webhook_delivery_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id_webhook"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index(
        op.f("ix_webhook_delivery_community_id_id"), "webhook_delivery", ["community_id", "id"], unique=False
    )
    op.create_index(
        "ix_webhook_delivery_created", "webhook_delivery", ["community_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_webhook_delivery_waiting", "webhook_delivery", ["community_id", "status", "next_try_at"], unique=False
    )
    op.create_index(op.f("ix_webhook_delivery_webhook_id"), "webhook_delivery", ["webhook_id"], unique=False)


def _create_relations() -> None:
    op.create_table(
        "endorsement",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_endorsement_by_id_member"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_endorsement_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_endorsement_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
        sa.UniqueConstraint(
            "community_id", "by_id", "member_id", name=op.f("uq_endorsement_community_id_by_id_member_id")
        ),
    )
    op.create_index(op.f("ix_endorsement_by_id"), "endorsement", ["by_id"], unique=False)
    op.create_index(op.f("ix_endorsement_community_id_id"), "endorsement", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_endorsement_member_id"), "endorsement", ["member_id"], unique=False)
    op.create_table(
        "pair_rule",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_id", sa.Text(), nullable=False),
        sa.Column("second_id", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_pair_rule_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["member.id"], name=op.f("fk_pair_rule_first_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["member.id"], name=op.f("fk_pair_rule_second_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_rule")),
        sa.UniqueConstraint(
            "community_id",
            "kind",
            "first_id",
            "second_id",
            name=op.f("uq_pair_rule_community_id_kind_first_id_second_id"),
        ),
    )
    op.create_index(op.f("ix_pair_rule_community_id_id"), "pair_rule", ["community_id", "id"], unique=False)
    op.create_index("ix_pair_rule_created", "pair_rule", ["community_id", "created_at", "id"], unique=False)
    op.create_index("ix_pair_rule_first", "pair_rule", ["community_id", "first_id", "second_id"], unique=False)
    op.create_index(op.f("ix_pair_rule_first_id"), "pair_rule", ["first_id"], unique=False)
    op.create_index("ix_pair_rule_second", "pair_rule", ["community_id", "second_id", "first_id"], unique=False)
    op.create_index(op.f("ix_pair_rule_second_id"), "pair_rule", ["second_id"], unique=False)


def _create_proposals() -> None:
    op.create_table(
        "aspect_proposal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("extracted_by", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("profile_text_id", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_aspect_proposal_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_aspect_proposal_member_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_aspect_proposal_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aspect_proposal")),
    )
    op.create_index(op.f("ix_aspect_proposal_community_id_id"), "aspect_proposal", ["community_id", "id"], unique=False)
    op.create_index(
        "ix_aspect_proposal_member",
        "aspect_proposal",
        ["community_id", "member_id", "status", "created_at"],
        unique=False,
    )
    op.create_index(op.f("ix_aspect_proposal_message_id"), "aspect_proposal", ["message_id"], unique=False)


def _create_introductions() -> None:
    op.create_table(
        "introduction",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("match_id", sa.Text(), nullable=False),
        sa.Column("asker_id", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("end_code", sa.Text(), nullable=False),
        sa.Column("end_comment", sa.Text(), nullable=False),
        sa.Column("components", _JSON, nullable=False),
        sa.Column("drafts", _JSON, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revealed_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["member.id"], name=op.f("fk_introduction_asker_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_introduction_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_introduction_match_id_match"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["member.id"], name=op.f("fk_introduction_target_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
    )
    op.create_index("ix_introduction_asker", "introduction", ["community_id", "asker_id", "created_at"], unique=False)
    op.create_index(op.f("ix_introduction_community_id_id"), "introduction", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_introduction_match_id"), "introduction", ["match_id"], unique=False)
    op.create_index("ix_introduction_status", "introduction", ["community_id", "status", "expires_at"], unique=False)
    op.create_index("ix_introduction_target", "introduction", ["community_id", "target_id", "created_at"], unique=False)


def _widen_matches_and_members() -> None:
    op.add_column("match", sa.Column("weights_version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("match", sa.Column("proposed_at", UtcDateTime(), nullable=True))
    op.drop_index(op.f("ix_match_target_id"), "match")
    op.create_index("ix_match_target", "match", ["community_id", "kind", "target_id", "status"], unique=False)
    op.add_column("match_feedback", sa.Column("score", sa.Double(), nullable=True))
    op.add_column("match_feedback", sa.Column("components", _JSON, server_default="{}", nullable=False))
    op.add_column("match_feedback", sa.Column("weights_version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("member", sa.Column("consent_sources", _JSON, server_default="{}", nullable=False))
    op.add_column("member", sa.Column("contacts", _JSON, server_default="{}", nullable=False))
    op.create_index("ix_member_community_city", "member", ["community_id", "city", "created_at"], unique=False)


def downgrade() -> None:
    _narrow_matches_and_members()
    _drop_introductions()
    _drop_proposals()
    _drop_relations()
    _drop_webhooks()
    _drop_seatings()
    _drop_weights()
    _create_first_introduction()


def _narrow_matches_and_members() -> None:
    op.drop_index("ix_member_community_city", "member")
    op.drop_column("member", "contacts")
    op.drop_column("member", "consent_sources")
    op.drop_column("match_feedback", "weights_version")
    op.drop_column("match_feedback", "components")
    op.drop_column("match_feedback", "score")
    op.drop_index("ix_match_target", "match")
    op.create_index(op.f("ix_match_target_id"), "match", ["target_id"], unique=False)
    op.drop_column("match", "proposed_at")
    op.drop_column("match", "weights_version")


def _drop_introductions() -> None:
    op.drop_index("ix_introduction_target", "introduction")
    op.drop_index("ix_introduction_status", "introduction")
    op.drop_index(op.f("ix_introduction_match_id"), "introduction")
    op.drop_index(op.f("ix_introduction_community_id_id"), "introduction")
    op.drop_index("ix_introduction_asker", "introduction")
    op.drop_table("introduction")


def _drop_proposals() -> None:
    op.drop_index(op.f("ix_aspect_proposal_message_id"), "aspect_proposal")
    op.drop_index("ix_aspect_proposal_member", "aspect_proposal")
    op.drop_index(op.f("ix_aspect_proposal_community_id_id"), "aspect_proposal")
    op.drop_table("aspect_proposal")


def _drop_relations() -> None:
    op.drop_index(op.f("ix_pair_rule_second_id"), "pair_rule")
    op.drop_index("ix_pair_rule_second", "pair_rule")
    op.drop_index(op.f("ix_pair_rule_first_id"), "pair_rule")
    op.drop_index("ix_pair_rule_first", "pair_rule")
    op.drop_index("ix_pair_rule_created", "pair_rule")
    op.drop_index(op.f("ix_pair_rule_community_id_id"), "pair_rule")
    op.drop_table("pair_rule")
    op.drop_index(op.f("ix_endorsement_member_id"), "endorsement")
    op.drop_index(op.f("ix_endorsement_community_id_id"), "endorsement")
    op.drop_index(op.f("ix_endorsement_by_id"), "endorsement")
    op.drop_table("endorsement")


def _drop_webhooks() -> None:
    op.drop_index(op.f("ix_webhook_delivery_webhook_id"), "webhook_delivery")
    op.drop_index("ix_webhook_delivery_waiting", "webhook_delivery")
    op.drop_index("ix_webhook_delivery_created", "webhook_delivery")
    op.drop_index(op.f("ix_webhook_delivery_community_id_id"), "webhook_delivery")
    op.drop_table("webhook_delivery")
    op.drop_index(op.f("ix_webhook_community_id_id"), "webhook")
    op.drop_table("webhook")


def _drop_seatings() -> None:
    op.drop_index("ix_seat_member", "seat")
    op.drop_table("seat")
    op.drop_index("ix_seating_created", "seating")
    op.drop_index(op.f("ix_seating_community_id_id"), "seating")
    op.drop_table("seating")


def _drop_weights() -> None:
    op.drop_index(op.f("ix_score_weights_community_id_id"), "score_weights")
    op.drop_table("score_weights")


def _create_first_introduction() -> None:
    op.create_table(
        "introduction",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("match_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("drafts", _JSON, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_introduction_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_introduction_match_id_match"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
    )
    op.create_index(op.f("ix_introduction_community_id_id"), "introduction", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_introduction_match_id"), "introduction", ["match_id"], unique=False)
