"""Members and resources from CSV, XLSX and JSONL: one row, one record; unknown columns become attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from copilot.community.contact_details import CONTACT_KINDS, MAX_CONTACT_CHARS
from copilot.community.importers.base import (
    ImportedMember,
    ImportedResource,
    ImportKind,
    ReadContext,
    Record,
    RowError,
    RowProblem,
)
from copilot.community.importers.columns import Columns, assign, check_targets, guess_kind
from copilot.community.importers.json_lines import json_lines
from copilot.community.importers.resource_terms import terms_of_use
from copilot.community.importers.source import Source
from copilot.community.importers.table_rows import csv_rows, xlsx_rows
from copilot.community.importers.values import (
    day,
    identity,
    items,
    line,
    moment,
    one_of,
    paragraph,
    required,
    scalar,
    whole_number,
    yes_or_no,
)
from copilot.community.importers.wording import refused
from copilot.community.models import Aspect, ResourceType, Visibility
from copilot.community.text import clean_line
from copilot.errors import ImportFailed, InvalidInput

_MAX_TAGS = 50
_MAX_ATTRIBUTE_CHARS = 1_000
_LINES = ("name", "headline", "city", "industry", "role", "stage")
_VISIBILITY = {
    "community": Visibility.COMMUNITY, "public": Visibility.COMMUNITY, "公开": Visibility.COMMUNITY, "社区": Visibility.COMMUNITY,
    "全员": Visibility.COMMUNITY, "operators": Visibility.OPERATORS, "仅运营": Visibility.OPERATORS, "运营": Visibility.OPERATORS,
    "管理员": Visibility.OPERATORS, "hidden": Visibility.HIDDEN, "隐藏": Visibility.HIDDEN, "不公开": Visibility.HIDDEN,
    "private": Visibility.HIDDEN,
}  # fmt: skip
_TYPES = {
    "technology": ResourceType.TECHNOLOGY, "tech": ResourceType.TECHNOLOGY, "技术": ResourceType.TECHNOLOGY,
    "funding": ResourceType.FUNDING, "资金": ResourceType.FUNDING, "融资": ResourceType.FUNDING,
    "people": ResourceType.PEOPLE, "人力": ResourceType.PEOPLE, "人才": ResourceType.PEOPLE, "人脉": ResourceType.PEOPLE,
    "knowledge": ResourceType.KNOWLEDGE, "知识": ResourceType.KNOWLEDGE,
    "information": ResourceType.INFORMATION, "信息": ResourceType.INFORMATION,
    "channel": ResourceType.CHANNEL, "渠道": ResourceType.CHANNEL,
}  # fmt: skip
_STATUS = {
    "available": "available", "可用": "available", "在用": "available", "active": "available",
    "withdrawn": "withdrawn", "已下架": "withdrawn", "下架": "withdrawn", "撤回": "withdrawn", "inactive": "withdrawn",
    "paused": "paused", "暂停": "paused", "暂停提供": "paused",
}  # fmt: skip
Cell = Mapping[str, Any]


Make = Callable[[int, Cell, Mapping[str, str], ReadContext], Record]


def read_csv(source: Source, context: ReadContext) -> Iterator[Record]:
    """Yield the records of a CSV file."""
    yield from _from_cells(csv_rows(source), context, ragged=False)


def read_xlsx(source: Source, context: ReadContext) -> Iterator[Record]:
    """Yield the records of a workbook's first sheet that has any."""
    yield from _from_cells(xlsx_rows(source), context, ragged=True)


def read_jsonl(source: Source, context: ReadContext) -> Iterator[Record]:
    """Yield the records of a JSONL file; each line states the columns it has."""
    kind = _table_kind(context)
    check_targets(kind, context.mapping)
    header: tuple[str, ...] = ()
    columns: Columns | RowProblem | None = None
    for number, item in json_lines(source):
        if isinstance(item, RowError):
            yield item
            continue
        if columns is None or tuple(item) != header:
            header = tuple(item)
            columns = _columns_of(header, kind, context)
        if isinstance(columns, RowProblem):
            yield columns.at(number)
        else:
            yield _record(number, list(item.values()), columns, context)


def table_kind(rows: Iterator[tuple[int, list[Any]]]) -> ImportKind:
    """Return what a table's header says it is about.

    Raises:
        ImportFailed: there is no row at all.
    """
    for _, cells in rows:
        return guess_kind(_header(cells))
    raise ImportFailed(**refused("no_rows"))


def _table_kind(context: ReadContext) -> ImportKind:
    if context.kind is None or context.kind not in _MAKERS:
        raise InvalidInput(field="kind", **refused("table_is_no_events", kind=context.kind))
    return context.kind


def _columns_of(header: tuple[str, ...], kind: ImportKind, context: ReadContext) -> Columns | RowProblem:
    present = {column: field for column, field in context.mapping.items() if column in header}
    try:
        return assign(header, kind, present, context.limits.max_attributes)
    except ImportFailed as error:
        return RowProblem("wrong_columns", error.message)


def _header(cells: list[Any]) -> list[str]:
    return [clean_line(scalar(cell, "header")) for cell in cells]


def _from_cells(rows: Iterator[tuple[int, list[Any]]], context: ReadContext, *, ragged: bool) -> Iterator[Record]:
    kind = _table_kind(context)
    columns: Columns | None = None
    for number, cells in rows:
        if columns is None:
            try:
                header = _header(cells)
            except RowProblem as problem:
                raise ImportFailed(line=number, **refused("bad_header", format="table's", problem=problem)) from problem
            while header and not header[-1]:
                header.pop()
            columns = assign(header, kind, context.mapping, context.limits.max_attributes)
            for name in columns.dropped:
                limit = context.limits.max_attributes
                message = f"only {limit} unknown columns are kept; this one was left out"
                yield RowError(line=number, field=name[:200], code="too_many_columns", message=message)
            continue
        width = len(columns.fields)
        while len(cells) > width and not str(cells[-1] or "").strip():
            cells.pop()
        if len(cells) > width or (len(cells) < width and not ragged):
            message = f"the row has {len(cells)} cells, the header has {width}"
            yield RowError(line=number, code="wrong_cell_count", message=message)
            continue
        yield _record(number, cells + [None] * (width - len(cells)), columns, context)


def _record(number: int, cells: list[Any], columns: Columns, context: ReadContext) -> Record:
    try:
        row = {field: cell for field, cell in zip(columns.fields, cells, strict=True) if field is not None}
        attributes = {
            label: paragraph(_joined(cell), label, _MAX_ATTRIBUTE_CHARS)
            for name, cell in zip(columns.attributes, cells, strict=True)
            if name is not None and (label := clean_line(name)[:200])
        }
        return _MAKERS[_table_kind(context)](number, row, attributes, context)
    except RowProblem as problem:
        return problem.at(number)


def _joined(cell: Any) -> Any:
    return " | ".join(scalar(part, "attribute") for part in cell) if isinstance(cell, list) else cell


def _member(number: int, row: Cell, attributes: Mapping[str, str], context: ReadContext) -> Record:
    external_id = required(identity(row.get("external_id"), "external_id"), "external_id")
    values: dict[str, Any] = {field: line(row[field], field) for field in _LINES if field in row}
    if "skills" in row:
        values["skills"] = _words(row["skills"], "skills")
    if "language" in row and (language := line(row["language"], "language", 20)):
        values["language"] = language
    if "joined_on" in row and (joined := moment(row["joined_on"], "joined_on", context.timezone)):
        values["joined_at"] = joined
    # An empty consent or visibility says nothing; only a stated one changes what is stored.
    for field in ("consent_match", "consent_ai"):
        if (consent := yes_or_no(row.get(field), field)) is not None:
            values[field] = consent
    if visibility := one_of(row.get("visibility"), "visibility", _VISIBILITY):
        values["visibility"] = visibility
    contacts = {
        kind: line(row[field], field, MAX_CONTACT_CHARS)
        for kind in CONTACT_KINDS
        if (field := f"contact_{kind}") in row
    }
    if contacts:
        values["contacts"] = contacts
    texts = {aspect.value: _sentences(row[aspect.value], aspect.value, context) for aspect in Aspect if aspect in row}
    platform = identity(row.get("platform"), "platform").lower() or context.platform
    return ImportedMember(number, external_id, platform, values, texts, attributes)


def _resource(number: int, row: Cell, attributes: Mapping[str, str], context: ReadContext) -> Record:
    code = required(identity(row.get("code"), "code"), "code")
    values: dict[str, Any] = {
        "type": required(one_of(row.get("type"), "type", _TYPES), "type"),
        "title": required(line(row.get("title"), "title"), "title"),
    }
    limit = context.limits.max_text_chars
    for field in ("description", "terms"):
        if field in row:
            values[field] = paragraph(row[field], field, limit)
    if "city" in row:
        values["city"] = line(row["city"], "city")
    if "capacity" in row:
        values["capacity"] = whole_number(row["capacity"], "capacity", least=0, most=1_000_000)
    if "expires_on" in row:
        values["expires_on"] = day(row["expires_on"], "expires_on")
    if "tags" in row:
        values["tags"] = _words(row["tags"], "tags")
    if status := one_of(row.get("status"), "status", _STATUS):
        values["status"] = status
    values |= terms_of_use(row, values["type"])
    owner = identity(row["owner"], "owner") if "owner" in row else None
    return ImportedResource(number, code, values, owner, attributes)


_MAKERS: Mapping[ImportKind, Make] = {ImportKind.MEMBERS: _member, ImportKind.RESOURCES: _resource}


def _words(cell: Any, field: str) -> list[str]:
    found = items(cell, field, words=True)
    if len(found) > _MAX_TAGS:
        raise RowProblem("too_many", f"{field} lists {len(found)}; at most {_MAX_TAGS}", field)
    return [line(word, field, 100) for word in found]


def _sentences(cell: Any, field: str, context: ReadContext) -> tuple[str, ...]:
    limits = context.limits
    found = items(cell, field)
    if len(found) > limits.max_profile_texts:
        raise RowProblem("too_many", f"{field} has {len(found)} texts; at most {limits.max_profile_texts}", field)
    return tuple(line(text, field, limits.max_text_chars) for text in found)
