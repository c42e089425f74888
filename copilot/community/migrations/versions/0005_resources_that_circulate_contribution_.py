"""Resources that circulate, contribution that is seen

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from copilot.community.migrations.append_only import keep_points, release_points
from copilot.community.tables.base import UtcDateTime

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partnership",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("link_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("peer_community_id", sa.Text(), nullable=True),
        sa.Column("peer_url", sa.Text(), nullable=False),
        sa.Column("peer", _JSON, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("signing_key", sa.Text(), nullable=False),
        sa.Column("gives", _JSON, nullable=False),
        sa.Column("takes", _JSON, nullable=False),
        sa.Column("invited_until", UtcDateTime(), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("peer_agreed_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=False),
        sa.Column("fetched_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_partnership_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
        sa.UniqueConstraint("community_id", "link_id", name=op.f("uq_partnership_community_id_link_id")),
    )
    op.create_index(op.f("ix_partnership_community_id_id"), "partnership", ["community_id", "id"], unique=False)
    op.create_index("ix_partnership_created", "partnership", ["community_id", "created_at", "id"], unique=False)
    op.create_index("ix_partnership_link", "partnership", ["link_id"], unique=False)
    op.create_table(
        "point_entry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act_key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("giver_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("evidence_kind", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Text(), nullable=False),
        sa.Column("act_at", UtcDateTime(), nullable=False),
        sa.Column("act_on", sa.Date(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("day_share", sa.Integer(), nullable=False),
        sa.Column("pair_share", sa.Integer(), nullable=False),
        sa.Column("breadth_share", sa.Integer(), nullable=False),
        sa.Column("ring_share", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("reverses_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_point_entry_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_entry")),
        sa.UniqueConstraint("community_id", "act_key", name=op.f("uq_point_entry_community_id_act_key")),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_point_entry_community_id_number")),
    )
    op.create_index(op.f("ix_point_entry_community_id_id"), "point_entry", ["community_id", "id"], unique=False)
    op.create_index("ix_point_entry_created", "point_entry", ["community_id", "created_at", "id"], unique=False)
    op.create_index("ix_point_entry_person", "point_entry", ["community_id", "person_id", "number"], unique=False)
    op.create_table(
        "point_rules",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_point_rules_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_rules")),
        sa.UniqueConstraint("community_id", "version", name=op.f("uq_point_rules_community_id_version")),
    )
    op.create_index(op.f("ix_point_rules_community_id_id"), "point_rules", ["community_id", "id"], unique=False)
    op.create_table(
        "resource_code",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
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
        "reward",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("cost_hundredths", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_reward_community_id_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward")),
    )
    op.create_index(op.f("ix_reward_community_id_id"), "reward", ["community_id", "id"], unique=False)
    op.create_index("ix_reward_created", "reward", ["community_id", "created_at", "id"], unique=False)
    op.create_table(
        "circle_seat",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("circle", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_circle_seat_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_circle_seat_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_seat")),
        sa.UniqueConstraint(
            "community_id", "circle", "member_id", name=op.f("uq_circle_seat_community_id_circle_member_id")
        ),
    )
    op.create_index(op.f("ix_circle_seat_community_id_id"), "circle_seat", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_circle_seat_member_id"), "circle_seat", ["member_id"], unique=False)
    op.create_table(
        "partner_offer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("partnership_id", sa.Text(), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("vector", _JSON, nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_partner_offer_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnership.id"],
            name=op.f("fk_partner_offer_partnership_id_partnership"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_offer")),
    )
    op.create_index(op.f("ix_partner_offer_community_id_id"), "partner_offer", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_partner_offer_partnership_id"), "partner_offer", ["partnership_id"], unique=False)
    op.create_table(
        "point_person",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_point_person_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_point_person_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_person")),
        sa.UniqueConstraint("community_id", "member_id", name=op.f("uq_point_person_community_id_member_id")),
    )
    op.create_index(op.f("ix_point_person_community_id_id"), "point_person", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_point_person_member_id"), "point_person", ["member_id"], unique=False)
    op.create_table(
        "recognition_pause",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_recognition_pause_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_recognition_pause_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_recognition_pause")),
    )
    op.create_index(
        op.f("ix_recognition_pause_community_id_member_id"),
        "recognition_pause",
        ["community_id", "member_id"],
        unique=False,
    )
    op.create_table(
        "card_link",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_card_link_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_card_link_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_card_link_token_hash")),
    )
    op.create_index(op.f("ix_card_link_community_id_id"), "card_link", ["community_id", "id"], unique=False)
    op.create_index("ix_card_link_created", "card_link", ["community_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_card_link_member_id"), "card_link", ["member_id"], unique=False)
    op.create_table(
        "redemption",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reward_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("cost_hundredths", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_redemption_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_redemption_member_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["reward.id"], name=op.f("fk_redemption_reward_id_reward"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
    )
    op.create_index(op.f("ix_redemption_community_id_id"), "redemption", ["community_id", "id"], unique=False)
    op.create_index("ix_redemption_created", "redemption", ["community_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_redemption_member_id"), "redemption", ["member_id"], unique=False)
    op.create_index(op.f("ix_redemption_reward_id"), "redemption", ["reward_id"], unique=False)
    op.create_table(
        "season_team",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("season_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("milestones", _JSON, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_season_team_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["season_id"], ["season.id"], name=op.f("fk_season_team_season_id_season"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season_team")),
        sa.UniqueConstraint(
            "community_id", "season_id", "name", name=op.f("uq_season_team_community_id_season_id_name")
        ),
    )
    op.create_index(op.f("ix_season_team_community_id_id"), "season_team", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_season_team_season_id"), "season_team", ["season_id"], unique=False)
    op.create_table(
        "thanks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("evidence_kind", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_thanks_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["from_id"], ["member.id"], name=op.f("fk_thanks_from_id_member"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_thanks_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thanks")),
        sa.UniqueConstraint(
            "community_id",
            "kind",
            "from_id",
            "evidence_id",
            name=op.f("uq_thanks_community_id_kind_from_id_evidence_id"),
        ),
    )
    op.create_index(op.f("ix_thanks_community_id_id"), "thanks", ["community_id", "id"], unique=False)
    op.create_index("ix_thanks_created", "thanks", ["community_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_thanks_from_id"), "thanks", ["from_id"], unique=False)
    op.create_index(op.f("ix_thanks_member_id"), "thanks", ["member_id"], unique=False)
    op.create_table(
        "exposure",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("redemption_id", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_exposure_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_exposure_member_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_exposure_redemption_id_redemption"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure")),
        sa.UniqueConstraint("community_id", "day", "place", name=op.f("uq_exposure_community_id_day_place")),
    )
    op.create_index(op.f("ix_exposure_community_id_id"), "exposure", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_exposure_member_id"), "exposure", ["member_id"], unique=False)
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
        "resource_sharing",
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("with_name", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_resource_sharing_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_sharing_resource_id_resource"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_resource_sharing")),
    )
    op.create_index(
        op.f("ix_resource_sharing_community_id_resource_id"),
        "resource_sharing",
        ["community_id", "resource_id"],
        unique=False,
    )
    op.create_table(
        "season_standing",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("season_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_season_standing_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_season_standing_member_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["season_id"], ["season.id"], name=op.f("fk_season_standing_season_id_season"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["season_team.id"], name=op.f("fk_season_standing_team_id_season_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season_standing")),
        sa.UniqueConstraint(
            "community_id",
            "season_id",
            "kind",
            "member_id",
            "team_id",
            name=op.f("uq_season_standing_community_id_season_id_kind_member_id_team_id"),
        ),
    )
    op.create_index(op.f("ix_season_standing_community_id_id"), "season_standing", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_season_standing_member_id"), "season_standing", ["member_id"], unique=False)
    op.create_index(op.f("ix_season_standing_season_id"), "season_standing", ["season_id"], unique=False)
    op.create_index(op.f("ix_season_standing_team_id"), "season_standing", ["team_id"], unique=False)
    op.create_table(
        "season_team_member",
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.Column("season_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_season_team_member_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_season_team_member_member_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["season_id"], ["season.id"], name=op.f("fk_season_team_member_season_id_season"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["season_team.id"], name=op.f("fk_season_team_member_team_id_season_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("community_id", "season_id", "member_id", name=op.f("pk_season_team_member")),
    )
    op.create_index(op.f("ix_season_team_member_member_id"), "season_team_member", ["member_id"], unique=False)
    op.create_index(op.f("ix_season_team_member_team_id"), "season_team_member", ["team_id"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("loan_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("lender_id", sa.Text(), nullable=True),
        sa.Column("borrower_id", sa.Text(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("wording", _JSON, nullable=False),
        sa.Column("terms", _JSON, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("proposed_side", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["member.id"], name=op.f("fk_agreement_borrower_id_member"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_agreement_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lender_id"], ["member.id"], name=op.f("fk_agreement_lender_id_member"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_agreement_loan_id_loan"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("community_id", "loan_id", "number", name=op.f("uq_agreement_community_id_loan_id_number")),
    )
    op.create_index(op.f("ix_agreement_borrower_id"), "agreement", ["borrower_id"], unique=False)
    op.create_index(op.f("ix_agreement_community_id_id"), "agreement", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_agreement_lender_id"), "agreement", ["lender_id"], unique=False)
    op.create_index("ix_agreement_loan", "agreement", ["community_id", "loan_id", "number"], unique=False)
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
    op.create_table(
        "agreement_acceptance",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agreement_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("by_operator", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_agreement_acceptance_agreement_id_agreement"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_agreement_acceptance_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_agreement_acceptance_member_id_member"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_acceptance")),
        sa.UniqueConstraint(
            "community_id", "agreement_id", "side", name=op.f("uq_agreement_acceptance_community_id_agreement_id_side")
        ),
    )
    op.create_index(
        op.f("ix_agreement_acceptance_community_id_id"), "agreement_acceptance", ["community_id", "id"], unique=False
    )
    op.create_index(op.f("ix_agreement_acceptance_member_id"), "agreement_acceptance", ["member_id"], unique=False)
    op.create_table(
        "agreement_text",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agreement_id", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_agreement_text_agreement_id_agreement"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_agreement_text_author_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_agreement_text_community_id_community"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_text")),
    )
    op.create_index(op.f("ix_agreement_text_agreement_id"), "agreement_text", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_agreement_text_author_id"), "agreement_text", ["author_id"], unique=False)
    op.create_index(op.f("ix_agreement_text_community_id_id"), "agreement_text", ["community_id", "id"], unique=False)
    op.drop_index(op.f("ix_score_entry_community_id_id"), "score_entry")
    op.drop_index(op.f("ix_score_entry_member_id"), "score_entry")
    op.drop_table("score_entry")
    op.add_column("award", sa.Column("category", sa.Text(), server_default="", nullable=False))
    op.add_column("award", sa.Column("decided_at", UtcDateTime(), nullable=True))
    op.add_column("award", sa.Column("key", sa.Text(), server_default="", nullable=False))
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
    op.add_column("season", sa.Column("created_by", sa.Text(), server_default="", nullable=False))
    keep_points(op)


def downgrade() -> None:
    release_points(op)
    op.drop_column("season", "created_by")
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
    op.drop_column("award", "key")
    op.drop_column("award", "decided_at")
    op.drop_column("award", "category")
    op.create_table(
        "score_entry",
        sa.Column("id", sa.TEXT(), nullable=False),
        sa.Column("member_id", sa.TEXT(), nullable=False),
        sa.Column("rule", sa.TEXT(), nullable=False),
        sa.Column("points", sa.INTEGER(), nullable=False),
        sa.Column("evidence_id", sa.TEXT(), nullable=True),
        sa.Column("reverses_id", sa.TEXT(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("community_id", sa.TEXT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_score_entry_community_id_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_score_entry_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_entry")),
    )
    op.create_index(op.f("ix_score_entry_member_id"), "score_entry", ["member_id"], unique=False)
    op.create_index(op.f("ix_score_entry_community_id_id"), "score_entry", ["community_id", "id"], unique=False)
    op.drop_index(op.f("ix_agreement_text_community_id_id"), "agreement_text")
    op.drop_index(op.f("ix_agreement_text_author_id"), "agreement_text")
    op.drop_index(op.f("ix_agreement_text_agreement_id"), "agreement_text")
    op.drop_table("agreement_text")
    op.drop_index(op.f("ix_agreement_acceptance_member_id"), "agreement_acceptance")
    op.drop_index(op.f("ix_agreement_acceptance_community_id_id"), "agreement_acceptance")
    op.drop_table("agreement_acceptance")
    op.drop_index(op.f("ix_loan_outcome_community_id_id"), "loan_outcome")
    op.drop_index(op.f("ix_loan_outcome_author_id"), "loan_outcome")
    op.drop_table("loan_outcome")
    op.drop_index("ix_loan_entry_loan", "loan_entry")
    op.drop_index(op.f("ix_loan_entry_community_id_id"), "loan_entry")
    op.drop_index(op.f("ix_loan_entry_author_id"), "loan_entry")
    op.drop_table("loan_entry")
    op.drop_index("ix_agreement_loan", "agreement")
    op.drop_index(op.f("ix_agreement_lender_id"), "agreement")
    op.drop_index(op.f("ix_agreement_community_id_id"), "agreement")
    op.drop_index(op.f("ix_agreement_borrower_id"), "agreement")
    op.drop_table("agreement")
    op.drop_index(op.f("ix_season_team_member_team_id"), "season_team_member")
    op.drop_index(op.f("ix_season_team_member_member_id"), "season_team_member")
    op.drop_table("season_team_member")
    op.drop_index(op.f("ix_season_standing_team_id"), "season_standing")
    op.drop_index(op.f("ix_season_standing_season_id"), "season_standing")
    op.drop_index(op.f("ix_season_standing_member_id"), "season_standing")
    op.drop_index(op.f("ix_season_standing_community_id_id"), "season_standing")
    op.drop_table("season_standing")
    op.drop_index(op.f("ix_resource_sharing_community_id_resource_id"), "resource_sharing")
    op.drop_table("resource_sharing")
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
    op.drop_index(op.f("ix_exposure_member_id"), "exposure")
    op.drop_index(op.f("ix_exposure_community_id_id"), "exposure")
    op.drop_table("exposure")
    op.drop_index(op.f("ix_thanks_member_id"), "thanks")
    op.drop_index(op.f("ix_thanks_from_id"), "thanks")
    op.drop_index("ix_thanks_created", "thanks")
    op.drop_index(op.f("ix_thanks_community_id_id"), "thanks")
    op.drop_table("thanks")
    op.drop_index(op.f("ix_season_team_season_id"), "season_team")
    op.drop_index(op.f("ix_season_team_community_id_id"), "season_team")
    op.drop_table("season_team")
    op.drop_index(op.f("ix_card_link_member_id"), "card_link")
    op.drop_index("ix_card_link_created", "card_link")
    op.drop_index(op.f("ix_card_link_community_id_id"), "card_link")
    op.drop_table("card_link")
    op.drop_index(op.f("ix_redemption_reward_id"), "redemption")
    op.drop_index(op.f("ix_redemption_member_id"), "redemption")
    op.drop_index("ix_redemption_created", "redemption")
    op.drop_index(op.f("ix_redemption_community_id_id"), "redemption")
    op.drop_table("redemption")
    op.drop_index(op.f("ix_recognition_pause_community_id_member_id"), "recognition_pause")
    op.drop_table("recognition_pause")
    op.drop_index(op.f("ix_point_person_member_id"), "point_person")
    op.drop_index(op.f("ix_point_person_community_id_id"), "point_person")
    op.drop_table("point_person")
    op.drop_index(op.f("ix_partner_offer_partnership_id"), "partner_offer")
    op.drop_index(op.f("ix_partner_offer_community_id_id"), "partner_offer")
    op.drop_table("partner_offer")
    op.drop_index(op.f("ix_circle_seat_member_id"), "circle_seat")
    op.drop_index(op.f("ix_circle_seat_community_id_id"), "circle_seat")
    op.drop_table("circle_seat")
    op.drop_index("ix_reward_created", "reward")
    op.drop_index(op.f("ix_reward_community_id_id"), "reward")
    op.drop_table("reward")
    op.drop_index("ix_resource_code_series", "resource_code")
    op.drop_index(op.f("ix_resource_code_community_id_id"), "resource_code")
    op.drop_table("resource_code")
    op.drop_index(op.f("ix_point_rules_community_id_id"), "point_rules")
    op.drop_table("point_rules")
    op.drop_index("ix_point_entry_person", "point_entry")
    op.drop_index("ix_point_entry_created", "point_entry")
    op.drop_index(op.f("ix_point_entry_community_id_id"), "point_entry")
    op.drop_table("point_entry")
    op.drop_index("ix_partnership_link", "partnership")
    op.drop_index("ix_partnership_created", "partnership")
    op.drop_index(op.f("ix_partnership_community_id_id"), "partnership")
    op.drop_table("partnership")
