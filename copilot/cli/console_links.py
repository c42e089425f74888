"""Makes links into the console; works beside a running service, whose database it shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from copilot.cli.service_file import find
from copilot.community.console_sessions import console_key, make_link
from copilot.community.models import Role
from copilot.community.setup_links import LASTS, make_setup_token
from copilot.community.store import Unit
from copilot.community.tables import Member
from copilot.errors import Conflict, NotFound
from copilot.services import Services
from copilot.settings import Settings


@dataclass(frozen=True)
class LinkFor:
    """Whom a link lets in: a key by its id, or the one that stands for a role, and of the role `member` for a member."""

    role: Role
    member: str | None = None
    key: str | None = None
    minutes: int = 15


def make(settings: Settings, slug: str, whom: LinkFor, *, setup: bool) -> dict[str, Any]:
    """Return a link as `url` and `expires_at`.

    Raises:
        NotFound: there is no such community, key or member.
        Conflict: a link to create a community with is asked for, and no service runs that would know it.
        InvalidInput, Unauthenticated: see `make_link` and `console_key`.
    """
    services = Services(settings)
    try:
        if setup or not services.store.community_ids():
            return _setup_link(services)
        community_id = services.store.community_id(slug)
        with services.store.write(community_id) as unit:
            key_id = whom.key or console_key(unit, whom.role, member_id=_member_id(unit, whom.member), actor="cli")
            made = make_link(unit, key_id, actor="cli", lasts=timedelta(minutes=whom.minutes))
        return {"url": f"{address(settings)}/console/link/{made.token}", "expires_at": made.expires_at.isoformat()}
    finally:
        services.close()


def address(settings: Settings) -> str:
    """Return where the service listens, or would."""
    running = find(settings.data_dir)
    return running.url if running is not None else f"http://{settings.api.host}:{settings.api.port}"


def _setup_link(services: Services) -> dict[str, Any]:
    running = find(services.settings.data_dir)
    if running is None:
        raise Conflict("start the service first (community-copilot serve); it alone knows a link to create a community")
    now = services.clock.now()
    token = make_setup_token(running.token, now)
    return {"url": f"{running.url}/console/setup/{token}", "expires_at": (now + LASTS).isoformat()}


def _member_id(unit: Unit, named: str | None) -> str | None:
    if named is None:
        return None
    statement = select(Member.id).where(or_(Member.id == named, Member.external_id == named)).limit(2)
    found = unit.session.scalars(statement).all()
    if len(found) != 1:
        raise NotFound(f"there is no one member {named!r}", kind="member", id=named)
    return found[0]
