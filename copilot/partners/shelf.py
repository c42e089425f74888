"""What of this community's resources may cross a border: what it gives, its owner lets cross, and is for everyone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from copilot.community.embeddable import today
from copilot.community.models import ResourceStatus
from copilot.community.permission import offered_on
from copilot.community.store import Unit
from copilot.community.tables import Community, Member, Partnership, Resource, ResourceSharing
from copilot.currency import stored_currency
from copilot.partners.models import MAX_OFFERS, MAX_POLICY, Aspect, Culture, CultureDifference, SharedOffer, ShareScope
from copilot.partners.wording import said

_ROWS = 2000


def scope_of(stored: dict[str, Any]) -> ShareScope:
    """Return a stored scope."""
    return ShareScope.model_validate(stored)


def offers_of(unit: Unit, gives: ShareScope, takes: ShareScope) -> list[SharedOffer]:
    """Return what both sides allow of this community's resources, by code, at most 200.

    The rules are those of matches within the community: available, not expired, its owner open to be matched. Beyond
    them the owner has to let it cross.
    """
    found = unit.session.execute(
        select(Resource, ResourceSharing.with_name, Member.name)
        .join(ResourceSharing, ResourceSharing.resource_id == Resource.id)
        .outerjoin(Member, Member.id == Resource.owner_id)
        .where(*offered_on(today(unit)), Resource.confidential.is_(False), Resource.who == "everyone")
        .order_by(Resource.library_code, Resource.id)
        .limit(_ROWS)
    )
    offers = [
        _offer(row, name if with_name else None)
        for row, with_name, name in found
        if gives.covers(row.type, row.library_code) and takes.covers(row.type, row.library_code)
    ]
    return offers[:MAX_OFFERS]


def is_shareable(row: Resource) -> bool:
    """Whether a resource may be let across at all."""
    gone = {ResourceStatus.WITHDRAWN.value, ResourceStatus.MERGED.value}
    return not row.confidential and row.who == "everyone" and row.status not in gone


def culture_of(community: Community) -> Culture:
    """Return what a community says of itself."""
    first, other = ("text_zh", "text_en") if community.locale == "zh-CN" else ("text_en", "text_zh")
    policy = [str(clause.get(first) or clause.get(other) or "") for clause in community.policy]
    return Culture(
        name=community.name[:200], locale=community.locale, currency=stored_currency(community.settings),
        timezone=community.timezone, policy=[text[:1000] for text in policy if text][:MAX_POLICY],
    )  # fmt: skip


def differences(ours: Culture, theirs: Culture, locale: str) -> list[CultureDifference]:
    """Return what is not the same on both sides, said in `locale`."""
    pairs: list[tuple[Aspect, str, str]] = [
        ("language", ours.locale, theirs.locale),
        ("currency", ours.currency, theirs.currency),
        ("timezone", ours.timezone, theirs.timezone),
        ("policy", "\n".join(ours.policy), "\n".join(theirs.policy)),
    ]
    return [
        CultureDifference(aspect=aspect, ours=mine, theirs=other, text=said(aspect, locale, ours=mine, theirs=other))
        for aspect, mine, other in pairs
        if mine != other
    ]


def is_standing(row: Partnership) -> bool:
    """Whether this side said yes and nobody took it back."""
    return row.agreed_at is not None and row.revoked_at is None


def _offer(row: Resource, owner_name: str | None) -> SharedOffer:
    return SharedOffer.model_validate(
        {
            "id": row.id, "code": row.library_code or "", "type": row.type, "title": row.title[:200],
            "description": row.description[:4000], "city": row.city[:100],
            "tags": [str(tag)[:50] for tag in row.tags][:20], "terms": row.terms[:4000], "max_days": row.max_days,
            "mode": row.mode, "in_return": row.in_return, "owner_name": owner_name,
        }
    )  # fmt: skip
