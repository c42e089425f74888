"""Cursors of lists: where a page ended, bound to the list's order so that no other list takes them."""

from __future__ import annotations

import base64
import binascii
import json
import math
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Float, Integer

from copilot.community.tables.base import UtcDateTime
from copilot.errors import InvalidInput


def write_cursor(column: Any, value: str | datetime | float, record_id: str, *, descending: bool) -> str:
    """Return the cursor after the row with `value` in `column` and this id."""
    text = value.isoformat() if isinstance(value, datetime) else value
    body = json.dumps([_order(column, descending), text, record_id])
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def read_cursor(column: Any, cursor: str, *, descending: bool) -> tuple[str | datetime | float, str]:
    """Return the value of `column` and the id after which the page starts.

    Raises:
        InvalidInput: the cursor is not one of ours, or of a list in another order; `data["reason"]` is `invalid_cursor`.
    """
    try:
        order, text, record_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if order != _order(column, descending):
            raise ValueError("a cursor of another list")
        is_number = isinstance(column.type, Float | Integer)
        for part in (record_id,) if is_number else (text, record_id):
            # What no row can hold would break the statement: no NUL in PostgreSQL, no half of a surrogate pair anywhere.
            if not isinstance(part, str) or "\x00" in part:
                raise ValueError("a cursor is two texts")
            part.encode()
        if is_number:
            return (_whole if isinstance(column.type, Integer) else _number)(text), record_id
        return (_moment(text) if isinstance(column.type, UtcDateTime) else text), record_id
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
        raise InvalidInput(
            "this cursor is not one of this list; start without one", field="cursor", reason="invalid_cursor"
        ) from error


def _order(column: Any, descending: bool) -> str:
    return f"{column.class_.__tablename__}.{column.key} {'down' if descending else 'up'}"


def _number(value: object) -> float:
    # JSON writes and reads a float exactly, so that equal rows are told apart by id alone.
    if not isinstance(value, float) or not math.isfinite(value):
        raise ValueError("a cursor's number is finite")
    return value


def _whole(value: object) -> int:
    # More than the databases' integers hold would break the statement.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ValueError("a cursor's number is whole")
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a cursor's time has a zone")
    return moment.astimezone(UTC)
