"""Who may know of a resource, who may use it, and in what part somebody acts in a loan: once for a row, once as SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, String, and_, bindparam, exists, func, or_, select

from copilot.community.access import Actor
from copilot.community.models import ResourceStatus, RuleKind, Visibility
from copilot.community.permission import is_seen_by
from copilot.community.store import Unit
from copilot.community.tables import Loan, Member, PairRule, Resource, ResourceAudience
from copilot.errors import Denied, NotFound
from copilot.resources.transitions import OPEN, Side

OPERATE = "resources:write"
_OFFERED = (ResourceStatus.AVAILABLE.value, ResourceStatus.CONFIDENTIAL.value)


def require_reader(actor: Actor) -> None:
    """Pass whoever may look at the library: holders of `resources:read`, and members.

    Raises:
        Denied: the key may do neither.
    """
    if actor.member_id is None or not actor.may("self:read"):
        actor.require("resources:read")


def require_writer(actor: Actor) -> None:
    """Pass whoever may change some resource: members, and operators.

    Raises:
        Denied: the key may change none.
    """
    if actor.member_id is None or not actor.may("self:write"):
        actor.require(OPERATE)


def require_party(actor: Actor) -> None:
    """Pass members and operators; whether they have part in a loan, its rows say.

    Raises:
        Denied: the key is neither's.
    """
    if actor.member_id is None or not actor.may("self:read"):
        actor.require(OPERATE)


def seen_resources(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor may know of a resource.

    Operators know of all. Other staff know of all that are not confidential. Members know of what they own, of what
    they have a loan of, and of what is on offer and, when confidential, meant for them; not of what hidden members own.
    """
    return _seen(actor.may(OPERATE), actor.may("resources:read"), actor.member_id)


def _seen(operates: bool, reads: bool, me: str | BindParameter[str] | None) -> ColumnElement[bool]:
    if operates:
        return Resource.id.is_not(None)
    mine: list[ColumnElement[bool]] = []
    if me is not None:
        borrowed = exists().where(
            Loan.resource_id == Resource.id, Loan.member_id == me,
            Loan.community_id == Resource.community_id, Loan.status.in_([status.value for status in OPEN]),
        )  # fmt: skip
        mine = [Resource.owner_id == me, borrowed]
    if reads:
        return or_(Resource.confidential.is_(False), *mine)
    shown = exists().where(
        Member.id == Resource.owner_id, Member.community_id == Resource.community_id,
        Member.visibility == Visibility.COMMUNITY.value,
    )  # fmt: skip
    return or_(
        *mine,
        and_(
            Resource.status.in_(_OFFERED),
            or_(Resource.owner_id.is_(None), shown),
            or_(Resource.confidential.is_(False), _chosen("" if me is None else me)),
        ),
    )


def _chosen(member_id: str | BindParameter[str]) -> ColumnElement[bool]:
    """Return the condition that a resource names this member, or the city the member lives in."""
    city = select(func.lower(Member.city)).where(Member.id == member_id, Member.city != "").scalar_subquery()
    return exists().where(
        ResourceAudience.resource_id == Resource.id,
        ResourceAudience.community_id == Resource.community_id,
        or_(
            ResourceAudience.member_id == member_id,
            and_(ResourceAudience.city != "", func.lower(ResourceAudience.city) == city),
        ),
    )


def find_resource(unit: Unit, actor: Actor, resource_id: str) -> Resource:
    """Return a resource that the actor may know of.

    Raises:
        NotFound: there is none here, or the actor may not know of it; the two are not told apart.
    """
    found = _finding(actor.may(OPERATE), actor.may("resources:read"), actor.member_id is not None)
    row: Resource | None = unit.session.scalar(found, {"resource_id": resource_id, "me": actor.member_id})
    if row is None:
        raise NotFound(f"there is no resource {resource_id!r} in this community", kind="resource", id=resource_id)
    return row


@cache
def _finding(operates: bool, reads: bool, is_member: bool) -> Select[Any]:
    """Return the statement of one resource, for somebody with these rights: each request, step and look begins with it."""
    me = bindparam("me", type_=String) if is_member else None
    return select(Resource).where(Resource.id == bindparam("resource_id"), _seen(operates, reads, me))


def require_owner(actor: Actor, row: Resource) -> None:
    """Pass the owner and operators.

    Raises:
        Denied: the actor is neither.
    """
    is_own = actor.member_id is not None and actor.member_id == row.owner_id
    if not (is_own and actor.may("self:write")):
        actor.require(OPERATE)


def sides_of(actor: Actor, loan: Loan, owner_id: str | None) -> frozenset[Side]:
    """Return in what parts the actor may act in a loan; empty is none."""
    sides = {Side.OPERATOR} if actor.may(OPERATE) else set()
    if actor.member_id is not None and actor.may("self:read"):
        if actor.member_id == loan.member_id:
            sides.add(Side.BORROWER)
        if actor.member_id == owner_id:
            sides.add(Side.LENDER)
    return frozenset(sides)


def lendable_to(unit: Unit, row: Resource, member: Member) -> bool:
    """Whether the terms and the two persons' blocks let this member use the resource."""
    if row.owner_id is not None:
        pair = (row.owner_id, member.id)
        apart = select(PairRule.id).where(
            PairRule.kind == RuleKind.BLOCKED.value,
            PairRule.first_id.in_(pair), PairRule.second_id.in_(pair),
            or_(PairRule.expires_at.is_(None), PairRule.expires_at > unit.now),
        )  # fmt: skip
        if unit.session.scalar(apart.limit(1)) is not None:
            return False
    if row.who == "everyone":
        return True
    found = unit.session.scalar(select(Resource.id).where(Resource.id == row.id, _chosen(member.id)))
    return found is not None


def is_on_offer(row: Resource) -> bool:
    """Whether a resource can be asked for at all."""
    return row.status in _OFFERED


def names_of(actor: Actor, members: Mapping[str, Member]) -> dict[str, str]:
    """Return the names of those members whom the actor may know of, by id."""
    return {key: member.name for key, member in members.items() if is_seen_by(actor, member)}


def members_of(unit: Unit, ids: Iterable[str | None]) -> dict[str, Member]:
    """Return members by id; None among the ids is nobody."""
    return unit.get_many(Member, [key for key in ids if key is not None])


def acting_for(actor: Actor, member_id: str | None) -> str | None:
    """Return for which member the actor acts: members for themselves, operators for whom they name or for nobody.

    Raises:
        Denied: a member named somebody else, or the key may do neither.
    """
    if actor.member_id is not None and member_id in {None, actor.member_id} and actor.may("self:write"):
        return actor.member_id
    if not actor.may(OPERATE):
        raise Denied(f"this key lacks the scope {OPERATE}", scope=OPERATE, role=actor.role.value)
    return member_id
