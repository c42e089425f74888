"""What people type into forms, read once: whole numbers, decimals, moments of the community, members by id or name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from copilot.community.access import Actor
from copilot.community.permission import get_seen, seen_by
from copilot.community.store import Unit
from copilot.community.tables import Member
from copilot.currency import minor_units
from copilot.errors import InvalidInput, NotFound

_MOST_AMOUNT = Decimal(10) ** 9
_CHUNK = 400


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


def whole_within(text: str, field: str, least: int, most: int) -> int | None:
    """Return a whole number within bounds, or None for an empty field.

    Raises:
        InvalidInput: it is none, or out of bounds.
    """
    number = whole_number(text, field)
    if number is not None and not least <= number <= most:
        raise InvalidInput(
            f"{field} is from {least} to {most}", field=field,
            sentence={"zh-CN": f"要填 {least} 到 {most} 之间的整数。", "en": f"A whole number from {least} to {most} is wanted."},
        )  # fmt: skip
    return number


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
    return datetime.combine(day_of(text, field), time.min, ZoneInfo(timezone))


def day_of(text: str, field: str) -> date:
    """Return the day that is written as YYYY-MM-DD.

    Raises:
        InvalidInput: there is no such day, such as 30 February.
    """
    given = text.strip()
    try:
        if len(given) != len("2026-11-16"):  # other forms, such as week days, are days to Python alone
            raise ValueError(given)
        return date.fromisoformat(given)
    except ValueError as error:
        raise InvalidInput(
            f"{field} is a day", field=field,
            sentence={"zh-CN": "请填日期，比如 2026-11-16。", "en": "A day is wanted here, such as 2026-11-16."},
        ) from error  # fmt: skip


def minor_of(text: str, currency: str, field: str) -> int:
    """Return an amount of money in minor units of its currency.

    Raises:
        InvalidInput: it is no amount, negative, or more than a thousand million.
    """
    try:
        amount = Decimal(text.replace(",", "").strip())
        if not amount.is_finite() or not 0 <= amount <= _MOST_AMOUNT:
            raise ValueError(text)
    except (InvalidOperation, ValueError) as error:
        sentence = {"zh-CN": "金额要填数字，例如 1200 或 99.50。", "en": "Amounts are numbers, such as 1200 or 99.50."}
        raise InvalidInput("an amount is wrong", field=field, sentence=sentence) from error
    return minor_units(amount, currency)


def ids_of(unit: Unit, actor: Actor, given: Sequence[str]) -> list[str]:
    """Return the ids of members who are named by id, by the platform's id, or by a name that only one member has.

    Raises:
        InvalidInput: one names nobody whom the visitor may know of, or several.
    """
    found: dict[str, set[str]] = {}
    for start in range(0, len(given), _CHUNK):
        some = given[start : start + _CHUNK]
        is_named = or_(Member.id.in_(some), Member.external_id.in_(some), Member.name.in_(some))
        for row in unit.session.execute(
            select(Member.id, Member.external_id, Member.name).where(seen_by(actor), is_named)
        ):
            for name in {row.id, row.external_id, row.name}:
                found.setdefault(name, set()).add(row.id)
    for name in given:
        if len(found.get(name, ())) != 1:
            few, many = f"没有找到「{name}」，请填编号或完整的名字。", f"有好几位成员叫「{name}」，请填编号。"
            raise InvalidInput(
                f"{name!r} does not name one member",
                sentence={
                    "zh-CN": many if name in found else few,
                    "en": f"Several members are called {name!r}; give an id." if name in found
                    else f"There is no member {name!r}; give an id or the whole name.",
                },
            )  # fmt: skip
    return [next(iter(found[name])) for name in given]


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
