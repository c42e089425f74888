"""The door: a short code that changes every five minutes, bounded tries, and who came.

The code is an HMAC of the event's own secret and the time, as in RFC 6238, written in six letters that look like no other: it
can be read out in a room, and one who is not there has it for ten minutes at most.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from copilot.community.access import Actor
from copilot.community.ids import derived_id
from copilot.community.permission import get_seen
from copilot.community.store import Store, Unit
from copilot.community.tables import CheckIn, Event, EventDoor, Signup
from copilot.errors import InvalidInput, RateLimited
from copilot.events.life.event_rows import clock_time, lock_event, refusal
from copilot.events.life.models import CheckedIn, DoorCode, SignupStatus
from copilot.events.life.signups import fill_places, find_signup, has_place, join_line, no_signup
from copilot.events.life.wording import in_both

CODE_CHARS = 6
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like another one
_STEP_SECONDS = 300
_OPENS_BEFORE, _CLOSES_AFTER = timedelta(hours=2), timedelta(hours=2)
MAX_WRONG = 5
_WRONG_WITHIN = timedelta(minutes=15)


class CheckInDesk:
    """Shows the code and checks people in. Safe between threads and processes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def code(self, community_id: str, event_id: str) -> DoorCode:
        """Return the code of this moment, to be shown at the door.

        Raises:
            NotFound: there is no such event.
            Conflict: it was cancelled, or the door is not open now.
        """
        with self._store.write(community_id) as unit:
            event = lock_event(unit, event_id)
            _require_door(unit, event)
            step = int(unit.now.timestamp()) // _STEP_SECONDS
            return DoorCode(
                event_id=event.id, code=_code(_secret(unit, event), event.id, step),
                valid_until=datetime.fromtimestamp((step + 1) * _STEP_SECONDS, UTC),
                opens_at=event.starts_at - _OPENS_BEFORE, closes_at=event.ends_at + _CLOSES_AFTER,
            )  # fmt: skip

    def check_in_by_code(
        self, community_id: str, event_id: str, member_id: str, code: str, *, actor: Actor
    ) -> CheckedIn:
        """Check a member in who has the code from the door; twice is once.

        Raises:
            NotFound: no such event, or this member did not sign up.
            Conflict: the event was cancelled, the door is not open, or the member waits for a place.
            InvalidInput: the code is wrong or old.
            RateLimited: five wrong codes within a quarter of an hour; only time, or an operator, helps.
        """
        with self._store.write(community_id) as unit:
            event = lock_event(unit, event_id)
            get_seen(unit, actor, member_id)
            _require_door(unit, event)
            row = find_signup(unit, event_id, member_id)
            if row is None or row.status == SignupStatus.CANCELLED:
                raise no_signup(member_id)
            if not has_place(row):
                raise refusal("still_waiting")
            wrong = _judge(unit, event, row, code)
            if wrong is None:
                return _enter(unit, event, row, actor)
        # Raised after the unit: the count of wrong codes must be kept.
        raise wrong

    def check_in(self, community_id: str, event_id: str, member_id: str, *, actor: Actor) -> CheckedIn:
        """Check a member in by an operator's hand; who did not sign up gets a place if one is free and nobody waits.

        Raises:
            NotFound: no such event or member.
            Conflict: the event was cancelled, the door is not open, or all places are taken.
        """
        with self._store.write(community_id) as unit:
            event = lock_event(unit, event_id)
            get_seen(unit, actor, member_id)
            _require_door(unit, event)
            row = find_signup(unit, event_id, member_id)
            if row is None or not has_place(row):
                # A new sign-up goes to the end of the line; one that waits keeps its place in it.
                if row is None or row.status == SignupStatus.CANCELLED:
                    row = join_line(unit, event, member_id, row)
                fill_places(unit, event, actor.key_id, joined=row)
                if not has_place(row):
                    raise refusal("event_full")
            return _enter(unit, event, row, actor)


def _enter(unit: Unit, event: Event, row: Signup, actor: Actor) -> CheckedIn:
    found = unit.session.scalar(select(CheckIn).where(CheckIn.event_id == event.id, CheckIn.member_id == row.member_id))
    was_there = found is not None
    if found is None:
        found = unit.add(
            CheckIn(
                id=derived_id("chk", unit.community_id, event.id, row.member_id), event_id=event.id,
                member_id=row.member_id, checked_in_at=unit.now,
            )
        )  # fmt: skip
        row.status, row.wrong_codes, row.wrong_codes_since = SignupStatus.ATTENDED.value, 0, None
        unit.session.flush()
        unit.audit(actor.key_id, "event.checked_in", ("signup", row.id), event_id=event.id)
    came = unit.session.scalar(select(func.count()).select_from(CheckIn).where(CheckIn.event_id == event.id)) or 0
    return CheckedIn(
        event_id=event.id, member_id=row.member_id, checked_in_at=found.checked_in_at, was_there=was_there, came=came
    )


def _judge(unit: Unit, event: Event, row: Signup, code: str) -> RateLimited | InvalidInput | None:
    """Return what is wrong with a code, None if nothing is; a wrong one is counted."""
    since = row.wrong_codes_since
    if since is not None and since + _WRONG_WITHIN <= unit.now:
        row.wrong_codes, since = 0, None
    if row.wrong_codes >= MAX_WRONG and since is not None:
        return _too_many(since + _WRONG_WITHIN - unit.now)
    step = int(unit.now.timestamp()) // _STEP_SECONDS
    secret = _secret(unit, event)
    given = code.strip().upper().encode()
    good = [hmac.compare_digest(given, _code(secret, event.id, at).encode()) for at in (step, step - 1)]
    if any(good):
        return None
    row.wrong_codes += 1
    row.wrong_codes_since = since or unit.now
    unit.audit("door", "event.wrong_code", ("signup", row.id), event_id=event.id, count=row.wrong_codes)
    left = MAX_WRONG - row.wrong_codes
    if left <= 0:
        return _too_many(row.wrong_codes_since + _WRONG_WITHIN - unit.now)
    sentence = in_both("wrong_code", left=left)
    return InvalidInput(sentence["en"], field="code", sentence=sentence, left=left)


def _too_many(wait: timedelta) -> RateLimited:
    seconds = max(1, int(wait.total_seconds()))
    sentence = in_both("too_many_codes", minutes=-(-seconds // 60))
    return RateLimited(sentence["en"], retry_after_seconds=seconds, sentence=sentence)


def _require_door(unit: Unit, event: Event) -> None:
    if event.status == "cancelled":
        raise refusal("event_cancelled")
    opens, closes = event.starts_at - _OPENS_BEFORE, event.ends_at + _CLOSES_AFTER
    if not opens <= unit.now <= closes:
        timezone = unit.community().timezone
        raise refusal("door_closed", opens=clock_time(opens, timezone), closes=clock_time(closes, timezone))


def _secret(unit: Unit, event: Event) -> str:
    """Return the event's secret; an imported event gets one when its door is first opened."""
    door = unit.find(EventDoor, event.id)
    if door is None:
        door = unit.add(EventDoor(event_id=event.id, secret=secrets.token_hex(32)))
        unit.session.flush()
    return door.secret


def _code(secret: str, event_id: str, step: int) -> str:
    digest = hmac.new(bytes.fromhex(secret), f"{event_id}:{step}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:8])
    letters = []
    for _ in range(CODE_CHARS):
        number, rest = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[rest])
    return "".join(letters)
