"""Looks at a file and says which importer reads it, and what it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from copilot.community.importers import chatlab, discord, events, slack, tabular, telegram
from copilot.community.importers.archive import open_archive
from copilot.community.importers.base import CHAT_FORMATS, ImportFormat, ImportKind, Reader
from copilot.community.importers.columns import guess_kind
from copilot.community.importers.json_lines import json_lines, parsed
from copilot.community.importers.source import Source
from copilot.community.importers.table_rows import csv_rows, xlsx_rows
from copilot.community.importers.wording import refused
from copilot.errors import ImportFailed, InvalidInput

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_KEY = re.compile(r'"(chatlab|guild|channel|chats|messages|left_chats|personal_information)"\s*:')

READERS: Mapping[ImportFormat, Reader] = MappingProxyType(
    {
        ImportFormat.CHATLAB: chatlab.read,
        ImportFormat.SLACK: slack.read,
        ImportFormat.DISCORD: discord.read,
        ImportFormat.TELEGRAM: telegram.read,
        ImportFormat.CSV: tabular.read_csv,
        ImportFormat.XLSX: tabular.read_xlsx,
        ImportFormat.JSONL: tabular.read_jsonl,
    }
)


def reader_for(format_: ImportFormat, kind: ImportKind) -> Reader:
    """Return the importer for a format and kind.

    Raises:
        InvalidInput: the two do not go together.
    """
    if kind is ImportKind.EVENTS:
        if format_ is not ImportFormat.JSONL:
            raise InvalidInput(field="kind", **refused("events_are_jsonl", format=format_))
        return events.read
    if (kind is ImportKind.CHAT) != (format_ in CHAT_FORMATS):
        raise InvalidInput(field="kind", **refused("other_kind", format=format_, kind=kind))
    return READERS[format_]


def detect(source: Source) -> ImportFormat:
    """Return the format of a file by its content; its name is not trusted.

    Raises:
        ImportFailed: it looks like none that is known.
    """
    with source.path.open("rb") as file:
        start = file.read(4)
    if start in {_ZIP, _EMPTY_ZIP}:
        with open_archive(source) as archive:
            return ImportFormat.XLSX if "xl/workbook.xml" in archive.namelist() else ImportFormat.SLACK
    head = source.head()
    text = "\n".join(row for row in head.splitlines() if row.strip() and not row.startswith("#")).lstrip()
    if text.startswith("{"):
        return _detect_json(text)
    if text.startswith("["):
        raise ImportFailed(format="json", **refused("json_list"))
    if "\x00" in head or not text:
        raise ImportFailed(format="unknown", **refused("unknown"))
    return ImportFormat.CSV


def _detect_json(text: str) -> ImportFormat:
    keys = set(_KEY.findall(text))
    first = text.split("\n", 1)[0]
    if "chatlab" in keys or chatlab.is_header_line(first):
        return ImportFormat.CHATLAB
    if {"guild", "channel"} <= keys:
        return ImportFormat.DISCORD
    if keys & {"chats", "left_chats", "messages", "personal_information"}:
        return ImportFormat.TELEGRAM
    if isinstance(parsed(first), dict):
        return ImportFormat.JSONL
    raise ImportFailed(format="json", **refused("unknown_json"))


def detect_kind(source: Source, format_: ImportFormat) -> ImportKind:
    """Return what a file of this format is about, from its header or first row.

    Raises:
        ImportFailed: there is no row to judge by.
    """
    if format_ in CHAT_FORMATS:
        return ImportKind.CHAT
    if format_ is ImportFormat.JSONL:
        for _, item in json_lines(source):
            if isinstance(item, dict):
                return guess_kind(list(item))
        raise ImportFailed(format=format_, **refused("no_objects"))
    return tabular.table_kind(csv_rows(source) if format_ is ImportFormat.CSV else xlsx_rows(source))
