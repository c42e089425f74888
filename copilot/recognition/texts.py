"""Names and titles people type, cleaned before they are kept."""

from __future__ import annotations

from copilot.community.text import clean_line, clean_text
from copilot.errors import InvalidInput


def one_line(text: str, field: str) -> str:
    """Return a line without control characters.

    Raises:
        InvalidInput: nothing is left of it.
    """
    cleaned = clean_line(text)
    if not cleaned:
        raise InvalidInput(
            f"{field} is empty", field=field, sentence={"zh-CN": f"{field} 不能为空", "en": f"{field} is empty"}
        )
    return cleaned


def some_text(text: str) -> str:
    """Return a text without control characters; it may be empty."""
    return clean_text(text)
