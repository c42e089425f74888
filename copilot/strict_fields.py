"""Types for JSON from outside that take nothing for anything else, beside pydantic's `StrictInt` and its like."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator


def _no_number(value: object) -> object:
    """Refuse what pydantic would read as seconds since 1970."""
    if isinstance(value, (bool, int, float)):
        # pydantic makes a validation error of this kind alone
        raise ValueError("a time is text like 2026-11-16T10:00:00+08:00, not a number")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_no_number)]
