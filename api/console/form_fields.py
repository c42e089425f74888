"""What people type into forms, read once: whole numbers, decimals, moments of the community, members by id or name."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from copilot.community.access import Actor
from copilot.community.permission import get_seen, seen_by
from copilot.community.store import Unit
from copilot.community.tables import Member
from copilot.errors import InvalidInput, NotFound


def whole_number(text: str, field: str) -> int | None:
    """Return a whole number, or None for an empty field.

    Raises:
        InvalidInput: it is none, or has more than nine digits.
    """
    given = text.strip()
    if not given:
        return None
    if not (given.isascii() and given.removeprefix("-").isdigit() and len(given) <= 10):
        raise InvalidInput(
            f"{field} is a whole number", field=field,
            sentence={"zh-CN": "这里要填整数。", "en": "A whole number is wanted here."},
        )  # fmt: skip
    return int(given)


def decimal_number(text: str, field: str) -> float | None:
    """Return a number, or None for an empty field.

    Raises:
        InvalidInput: it is none, or not finite.
    """
    given = text.strip()
    if not given:
        return None
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidInput(
            f"{field} is a number", field=field, sentence={"zh-CN": "这里要填数字。", "en": "A number is wanted here."}
        )
    return number


def midnight(text: str, timezone: str, field: str) -> datetime:
    """Return the first moment of a day (YYYY-MM-DD) in the community's time zone.

    Raises:
        InvalidInput: it is no day.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInput(
            f"{field} is a day", field=field,
            sentence={"zh-CN": "请填日期，比如 2026-11-16。", "en": "A day is wanted here, such as 2026-11-16."},
        ) from error  # fmt: skip
    return datetime.combine(day, time.min, ZoneInfo(timezone))


def member_of(unit: Unit, actor: Actor, text: str, field: str) -> Member:
    """Return the member whom somebody named: by id, by the platform's id, or by a name that only one member has.

    Raises:
        InvalidInput: there is none whom the visitor may know of, or there are several of that name.
    """
    given = text.strip()
    statement = select(Member).where(seen_by(actor)).limit(2)
    if given:
        try:
            return get_seen(unit, actor, given)
        except NotFound:
            for column in (Member.external_id, Member.name):
                found = unit.session.scalars(statement.where(column == given)).all()
                if len(found) == 1:
                    return found[0]
                if found:
                    raise InvalidInput(
                        f"several members are called {given!r}", field=field,
                        sentence={"zh-CN": "有好几位成员叫这个名字，请填编号。", "en": "Several members have this name; give an id."},
                    ) from None  # fmt: skip
    raise InvalidInput(
        f"no member {given!r}", field=field,
        sentence={"zh-CN": "没有找到这位成员，请填编号或完整的名字。", "en": "There is no such member; give an id or the whole name."},
    )  # fmt: skip
