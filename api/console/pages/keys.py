"""Keys and their roles. A key's text is in the answer to making it and in no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from sqlalchemy import select
from starlette.responses import Response

from api.console.form_fields import member_of, whole_number
from api.console.navigation import PREFIX
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.access import ROLE_SCOPES, NewKey, create_key, revoke_key
from copilot.community.models import Role
from copilot.community.tables import ApiKey, Member
from copilot.errors import InvalidInput

router = APIRouter(prefix="/settings/keys")
_MOST_DAYS = 3_650


@router.get("")
def keys_page(visit: VisitDep, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """List keys, newest first; secrets are stored nowhere."""
    visit.actor.require("keys:write")
    return _page(visit, None, cursor)


@router.post("")
def make_key(
    visit: WritingDep,
    name: Annotated[str, Form(max_length=100)] = "",
    role: Annotated[Role, Form()] = Role.MEMBER,
    member: Annotated[str, Form(max_length=200)] = "",
    days: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Make a key and show it, once."""
    visit.actor.require("keys:write")
    lasts = whole_number(days, "days")
    if lasts is not None and not 1 <= lasts <= _MOST_DAYS:
        sentence = {"zh-CN": f"有效期是 1 到 {_MOST_DAYS} 天。", "en": f"A key lasts from 1 to {_MOST_DAYS} days."}
        raise InvalidInput(f"days is from 1 to {_MOST_DAYS}", field="days", sentence=sentence)
    with visit.services.store.write(visit.community_id) as unit:
        member_id = member_of(unit, visit.actor, member, "member").id if role is Role.MEMBER else None
        expires_at = None if lasts is None else unit.now + timedelta(days=lasts)
        made = create_key(unit, name, role, member_id=member_id, expires_at=expires_at)
        unit.audit(visit.actor.key_id, "key.created", ("api_key", made.key_id), role=role.value)
    return visit.fragment("key_made.html", made=made, trigger="made") if visit.is_htmx else _page(visit, made, None)


@router.post("/{key_id}/revoke")
def revoke(visit: WritingDep, key_id: Annotated[str, Path(max_length=64)]) -> Response:
    """Make a key worth nothing from the next request on; the one that is signed in now is not revoked by itself."""
    visit.actor.require("keys:write")
    if key_id == visit.actor.key_id:
        sentence = {
            "zh-CN": "这是你现在登录用的密钥，请换一把管理员密钥登录后再撤销。",
            "en": "You are signed in with this key. Sign in with another admin key to revoke it.",
        }
        raise InvalidInput("this key is signed in", field="key_id", sentence=sentence)
    with visit.services.store.write(visit.community_id) as unit:
        revoke_key(unit, key_id)
        unit.audit(visit.actor.key_id, "key.revoked", ("api_key", key_id))
    return visit.go(f"{PREFIX}/settings/keys")


def _page(visit: Visit, made: NewKey | None, cursor: str | None) -> Response:
    with visit.services.store.read(visit.community_id) as unit:
        page = unit.page(select(ApiKey), (ApiKey.created_at, ApiKey.id), limit=50, cursor=cursor)
        members = unit.get_many(Member, [key.member_id for key in page.items if key.member_id])
    return visit.page(
        "keys.html", place="settings", keys=page.items, next_cursor=page.next_cursor, members=members, made=made,
        role_scopes={role: sorted(scopes) for role, scopes in ROLE_SCOPES.items()}, now=visit.services.clock.now(),
    )  # fmt: skip
