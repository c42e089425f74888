"""Who counts as another person: not the same key, and no second key of the same name."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from copilot.community.store import Unit
from copilot.community.tables import ApiKey

_DECIDES = "moderation:decide"
_MOST_KEYS = 1_000


def is_among(unit: Unit, actor: str, others: Iterable[str | None]) -> bool:
    """Whether `actor` is one of `others`, or holds a key of the same name as one of them."""
    ids = {other for other in others if other is not None}
    if actor in ids:
        return True
    names = {key.id: key.name.casefold() for key in unit.get_many(ApiKey, [actor, *ids]).values()}
    return actor in names and names[actor] in {names[other] for other in ids if other in names}


def can_decide(unit: Unit, key_id: str) -> bool:
    """Whether this is a key of the community that may decide cases today."""
    key = unit.find(ApiKey, key_id)
    return key is not None and _is_valid(unit, key) and _DECIDES in key.scopes


def has_moderator_besides(unit: Unit, others: Iterable[str | None]) -> bool:
    """Whether anybody but `others` may decide cases."""
    taken = list(others)
    keys = unit.session.scalars(
        select(ApiKey).where(ApiKey.revoked_at.is_(None)).order_by(ApiKey.created_at.desc()).limit(_MOST_KEYS)
    )
    return any(
        _DECIDES in key.scopes and _is_valid(unit, key) and not is_among(unit, key.id, taken) for key in keys.all()
    )


def _is_valid(unit: Unit, key: ApiKey) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > unit.now)
