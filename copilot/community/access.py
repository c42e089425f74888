"""Keys, roles and scopes. Every action asks `Actor.require`; nothing a model says is ever asked."""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from copilot.community.ids import new_id
from copilot.community.models import Role
from copilot.community.store import Store, Unit
from copilot.community.tables import ApiKey, Member
from copilot.community.text import clean_line
from copilot.errors import Denied, InvalidInput, NotFound, StoreBusy, StoreFull, Unauthenticated

SELF = frozenset({"self:read", "self:write"})
_READ = frozenset({"members:read", "resources:read", "channels:read", "jobs:read", "recognition:read"})
_MODERATOR = _READ | {"messages:read", "atmosphere:read", "moderation:read", "moderation:decide"}
_OPERATOR = _MODERATOR - {"moderation:decide"} | {
    "matching:read", "matching:write", "events:read", "events:write", "topics:read", "topics:write", "imports:write",
    "usage:read", "resources:write", "moderation:reporters", "moderation:terms", "moderation:appeals", "atmosphere:people", "atmosphere:write",
    "recognition:write", "recognition:ledger",
}  # fmt: skip
ROLE_SCOPES: dict[Role, frozenset[str]] = {
    Role.MEMBER: SELF,
    Role.MODERATOR: _MODERATOR,
    Role.OPERATOR: _OPERATOR,
    Role.ADMIN: _OPERATOR
    | _MODERATOR
    | SELF
    | {"keys:write", "audit:read", "members:erase", "index:write", "webhooks:write", "evaluation:export"},
    # Named by making a key of this role: not even an admin's own key opens the queue of care.
    Role.CARE: frozenset({"care:read", "care:write"}),
}
ALL_SCOPES = frozenset().union(*ROLE_SCOPES.values())
_PREFIX = "cpk_"
_SECRET = re.compile(r"cpk_[A-Za-z0-9_-]{1,96}")
_TOUCH_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Actor:
    """Who asks: a key within one community, or the machine's own owner at the command line."""

    community_id: str
    name: str
    role: Role
    scopes: frozenset[str]
    key_id: str = ""
    member_id: str | None = None

    def may(self, scope: str) -> bool:
        """Whether this actor holds `scope`."""
        return scope in self.scopes

    def require(self, scope: str) -> None:
        """Pass or raise.

        Raises:
            Denied: the actor lacks `scope`; `data` names it.
        """
        if not self.may(scope):
            raise Denied(f"this key lacks the scope {scope}", scope=scope, role=self.role.value)

    def require_member(self, member_id: str, scope: str) -> None:
        """Pass when the record is the actor's own and it may read itself, or when it holds `scope`.

        Raises:
            Denied: neither holds.
        """
        if not (self.member_id == member_id and self.may("self:read")):
            self.require(scope)


def local_actor(community_id: str) -> Actor:
    """Return the actor of the command line: whoever may read the database file may do all of it."""
    return Actor(community_id, "cli", Role.ADMIN, ROLE_SCOPES[Role.ADMIN], key_id="cli")


@dataclass(frozen=True)
class NewKey:
    """A key just made; `secret` is shown once and stored nowhere."""

    key_id: str
    secret: str


def new_secret() -> str:
    """Return a key's text that nobody can guess."""
    return _PREFIX + secrets.token_urlsafe(32)


def is_secret(text: str) -> bool:
    """Whether `text` has the form of a key; says nothing of whether there is such a key."""
    return _SECRET.fullmatch(text) is not None


def create_key(
    unit: Unit, name: str, role: Role, *, scopes: frozenset[str] | None = None,
    member_id: str | None = None, expires_at: datetime | None = None,
) -> NewKey:  # fmt: skip
    """Make a key for this community.

    Args:
        unit: a writing unit.
        name: what people call the key, 1-100 characters.
        role: sets the widest scopes the key can have.
        scopes: a subset of the role's scopes; None means all of them.
        member_id: the member a key of role `member` speaks for; required there, refused elsewhere.
        expires_at: aware; None means it does not expire.

    Raises:
        InvalidInput: any of the above is not so.
        NotFound: there is no such member.
    """
    name = clean_line(name)
    if not 1 <= len(name) <= 100:
        raise InvalidInput("a key's name has 1 to 100 characters", field="name")
    granted = ROLE_SCOPES[role] if scopes is None else scopes
    if not granted or not granted <= ROLE_SCOPES[role]:
        beyond = sorted(granted - ROLE_SCOPES[role])
        raise InvalidInput(f"role {role.value} cannot have {beyond or 'no scopes'}", field="scopes", scopes=beyond)
    if (role is Role.MEMBER) != (member_id is not None):
        raise InvalidInput("a key of role member names its member, and only such a key does", field="member_id")
    if member_id is not None:
        unit.get(Member, member_id)
    if expires_at is not None and expires_at <= unit.now:
        raise InvalidInput("the key would expire in the past", field="expires_at")
    secret = new_secret()
    key_id = new_id("key")
    unit.add(
        ApiKey(
            id=key_id, name=name, role=role.value, scopes=sorted(granted), member_id=member_id,
            key_hash=_hash(secret), hint=secret[-4:], created_at=unit.now, expires_at=expires_at,
        )
    )  # fmt: skip
    unit.session.flush()
    return NewKey(key_id, secret)


def revoke_key(unit: Unit, key_id: str) -> None:
    """Make a key unusable from the next request on; doing so twice changes nothing.

    Raises:
        NotFound: there is no such key here.
    """
    key = unit.get(ApiKey, key_id)
    key.revoked_at = key.revoked_at or unit.now


def authenticate(store: Store, secret: str) -> Actor:
    """Return who holds `secret`.

    Raises:
        Unauthenticated: unknown, expired or revoked; the three are not told apart.
    """
    if not is_secret(secret):
        raise Unauthenticated("this API key is not valid")
    now = store.clock.now()
    with store.system() as session:
        key = session.scalar(select(ApiKey).where(ApiKey.key_hash == _hash(secret)))
        actor = actor_for(key, now)
        untouched = key is not None and (key.last_used_at is None or now - key.last_used_at > _TOUCH_AFTER)
    if untouched:
        _touch(store, actor, now)
    return actor


def actor_for(key: ApiKey | None, now: datetime) -> Actor:
    """Return who acts with `key`.

    Raises:
        Unauthenticated: there is none, or it is expired or revoked; the three are not told apart.
    """
    if key is None or key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise Unauthenticated("this API key is not valid")
    scopes = frozenset(key.scopes) & ALL_SCOPES
    return Actor(key.community_id, key.name, Role(key.role), scopes, key.id, key.member_id)


def _touch(store: Store, actor: Actor, now: datetime) -> None:
    """Note when the key was last seen. Nobody is turned away because the database takes no notes for now."""
    with suppress(StoreBusy, StoreFull), store.write(actor.community_id) as unit:
        found = unit.find(ApiKey, actor.key_id)
        if found is not None:
            found.last_used_at = now


def enter(store: Store, actor: Actor, slug: str) -> str:
    """Return the id of the community `slug` if the actor belongs to it.

    Raises:
        NotFound: it does not exist or is not the actor's; the two are not told apart.
    """
    community_id = store.community_id(slug)
    if community_id != actor.community_id:
        raise NotFound(f"there is no community {slug!r}", kind="community", id=slug)
    return community_id


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
