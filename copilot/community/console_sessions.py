"""Browsers that are signed in: sessions and one-time links, each of one key, whose rights are asked anew each time."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from copilot.community.access import Actor, actor_for, authenticate, create_key
from copilot.community.ids import new_id
from copilot.community.models import Role
from copilot.community.store import Store, Unit
from copilot.community.tables import ApiKey, ConsoleSession
from copilot.errors import InvalidInput, Unauthenticated

SESSION_LASTS = timedelta(hours=12)
LINK_LASTS = timedelta(minutes=15)
MAX_LINK_MINUTES = 24 * 60
_SESSION, _LINK = "session", "link"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
# What is over is kept for a while, so that a late visitor is told the same as an unknown one, and then forgotten.
_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Ticket:
    """A session or a link just made; `token` is told once and stored nowhere."""

    id: str
    token: str
    expires_at: datetime


def sign_in(store: Store, secret: str) -> Ticket:
    """Return a session of the key `secret`.

    Raises:
        Unauthenticated: it is not valid.
    """
    return _begin(store, authenticate(store, secret))


def make_link(unit: Unit, key_id: str, *, actor: str, lasts: timedelta = LINK_LASTS) -> Ticket:
    """Return a link that lets one browser in, once, with the rights of a key of this community.

    Raises:
        NotFound: there is no such key here.
        Unauthenticated: it is expired or revoked.
        InvalidInput: it would last for less than a minute or more than a day.
    """
    if not timedelta(minutes=1) <= lasts <= timedelta(minutes=MAX_LINK_MINUTES):
        raise InvalidInput(f"a link lasts 1 to {MAX_LINK_MINUTES} minutes", field="minutes", limit=MAX_LINK_MINUTES)
    actor_for(unit.get(ApiKey, key_id), unit.now)
    made = _add(unit, _LINK, key_id, lasts)
    unit.audit(actor, "console.link_made", ("api_key", key_id), expires_at=made.expires_at.isoformat())
    return made


def console_key(unit: Unit, role: Role, *, member_id: str | None = None, actor: str) -> str:
    """Return the key that links without a named one stand for: one for each role, or each member, made when missing.

    Nobody is told its secret: it is of use for links alone.

    Raises:
        InvalidInput: a member is named for another role than `member`, or none is for that.
        NotFound: there is no such member.
    """
    name = f"console {role.value}"
    statement = select(ApiKey).where(
        ApiKey.name == name, ApiKey.role == role.value, ApiKey.member_id == member_id, ApiKey.revoked_at.is_(None),
        ApiKey.expires_at.is_(None),
    )  # fmt: skip
    found = unit.session.scalars(statement.order_by(ApiKey.created_at, ApiKey.id)).first()
    if found is not None:
        return found.id
    made = create_key(unit, name, role, member_id=member_id)
    unit.audit(actor, "key.created", ("api_key", made.key_id), role=role.value)
    return made.key_id


def link_actor(store: Store, token: str) -> Actor:
    """Return whom a link would sign in, without using it up: previews of chats and mail open links, too.

    Raises:
        Unauthenticated: it is unknown, used or over, or its key is.
    """
    with store.system() as session:
        return _actor(session, _LINK, token, store.clock.now())


def redeem(store: Store, token: str) -> Ticket:
    """Use a link up and return the session it opens.

    Raises:
        Unauthenticated: it is unknown, used or over, or its key is.
    """
    now = store.clock.now()
    with store.system(write=True) as session:
        actor = _actor(session, _LINK, token, now, lock=True)
        row = session.scalars(_row(_LINK, token)).one()
        row.ended_at = now
    return _begin(store, actor)


def session_actor(store: Store, token: str) -> Actor:
    """Return who is signed in.

    Raises:
        Unauthenticated: the session is unknown, ended or over, or its key is revoked or expired.
    """
    with store.system() as session:
        return _actor(session, _SESSION, token, store.clock.now())


def sign_out(store: Store, token: str) -> None:
    """End a session; one that is unknown or over is left as it is."""
    try:
        actor = session_actor(store, token)
    except Unauthenticated:
        return
    with store.write(actor.community_id) as unit:
        row = unit.session.scalars(_row(_SESSION, token)).one()
        row.ended_at = unit.now
        unit.audit(actor.key_id, "console.signed_out", ("api_key", actor.key_id))


def _begin(store: Store, actor: Actor) -> Ticket:
    with store.write(actor.community_id) as unit:
        over = delete(ConsoleSession).where(ConsoleSession.expires_at < unit.now - _KEPT)
        unit.session.execute(over.execution_options(synchronize_session=False))
        made = _add(unit, _SESSION, actor.key_id, SESSION_LASTS)
        unit.audit(actor.key_id, "console.signed_in", ("api_key", actor.key_id))
    return made


def _add(unit: Unit, kind: str, key_id: str, lasts: timedelta) -> Ticket:
    made = Ticket(new_id("ses"), secrets.token_urlsafe(32), unit.now + lasts)
    unit.add(
        ConsoleSession(
            id=made.id, kind=kind, token_hash=_hash(made.token), api_key_id=key_id, created_at=unit.now,
            expires_at=made.expires_at,
        )
    )  # fmt: skip
    unit.session.flush()
    return made


def _row(kind: str, token: str, *, lock: bool = False) -> Select[ConsoleSession]:
    statement = select(ConsoleSession).where(ConsoleSession.token_hash == _hash(token), ConsoleSession.kind == kind)
    return statement.with_for_update() if lock else statement


def _actor(session: Session, kind: str, token: str, now: datetime, *, lock: bool = False) -> Actor:
    row = session.scalar(_row(kind, token, lock=lock)) if _TOKEN.fullmatch(token) else None
    if row is None or row.ended_at is not None or row.expires_at <= now:
        raise Unauthenticated("this sign-in is not valid any more")
    return actor_for(session.get(ApiKey, row.api_key_id), now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
