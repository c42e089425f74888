"""What the chat formats share: one place that makes message records and keeps their bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from copilot.community.importers.base import ImportedMember, ReadContext, Record, RowProblem
from copilot.community.importers.json_stream import Oversized
from copilot.community.importers.values import identity, line, paragraph

# Message types of the ChatLab format; every other format is translated to them.
TEXT, IMAGE, VOICE, VIDEO, FILE, STICKER, LINK, LOCATION = 0, 1, 2, 3, 4, 5, 7, 8
CALL, REPLY, FORWARD, CONTACT, SYSTEM, RECALLED, OTHER = 23, 25, 26, 27, 80, 81, 99
_MAX_MENTIONS = 50


def guarded(number: int, item: Any, read: Callable[[int, dict[str, Any]], Iterator[Record]]) -> Iterator[Record]:
    """Yield what `read` makes of one JSON object; a problem becomes the row's error."""
    try:
        yield from read(number, as_object(item))
    except RowProblem as problem:
        yield problem.at(number)


def as_object(item: Any) -> dict[str, Any]:
    """Return a JSON object as it is.

    Raises:
        RowProblem: it is something else, or too large to be a row.
    """
    if isinstance(item, Oversized):
        raise RowProblem("too_large", "the record has too many parts or levels")
    if not isinstance(item, dict):
        raise RowProblem("not_an_object", "a record must be a JSON object")
    return item


def part(item: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the object under `key`, empty when it is missing or something else."""
    value = item.get(key)
    return value if isinstance(value, dict) else {}


def parts(item: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects in the list under `key`; whatever is no object is left out."""
    value = item.get(key)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def message_text(value: Any, context: ReadContext) -> str:
    """Return a message's text, cleaned and within the limit."""
    return paragraph(value, "content", context.limits.max_message_chars)


def unique_mentions(ids: list[str]) -> tuple[str, ...]:
    """Return at most 50 distinct ids in order."""
    return tuple(dict.fromkeys(found for found in ids if found))[:_MAX_MENTIONS]


def chat_member(number: int, platform: str, member_id: Any, name: Any, attributes: Mapping[str, str]) -> ImportedMember:
    """Return a member known from chat; bots are kept from matching, search and models.

    Raises:
        RowProblem: there is no id, or id or name are too long.
    """
    external_id = identity(member_id, "member id")
    if not external_id:
        raise RowProblem("missing", "a member needs an id", "member id")
    values: dict[str, Any] = {"name": line(name, "name", 200) or external_id}
    if attributes.get("is_bot"):
        values |= {"visibility": "hidden", "consent_ai": False}
    return ImportedMember(number, external_id, platform, values, attributes=attributes, from_chat=True)
