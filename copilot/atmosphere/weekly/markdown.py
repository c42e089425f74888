"""A report as Markdown. Every text is escaped: what members wrote makes no heading, link or picture."""

from __future__ import annotations

import re

from copilot.atmosphere.weekly.layout import Item, Section, Sheet, Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_LIST_START = re.compile(r"^([-+])(?=\s)|^(=+)")
_NUMBER_START = re.compile(r"^(\d+)([.)])(?=\s)")


def render_markdown(sheet: Sheet) -> str:
    """Return the page; charts are named as files beside it."""
    parts = [f"# {_plain(sheet.title)}", _plain(sheet.subtitle), *(f"> {_plain(note)}" for note in sheet.notes)]
    parts.append(_plain(sheet.lead))
    for section in sheet.sections:
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> list[str]:
    parts = [f"## {_plain(section.title)}"]
    if section.table is not None:
        parts.append(_table(section.table))
    if section.items:
        parts.append("\n".join(_item(item) for item in section.items))
    parts += [f"![{_plain(chart.alt)}]({chart.name}.png)" for chart in section.charts]
    if section.note:
        parts.append(_plain(section.note))
    return parts


def _table(table: Table) -> str:
    rows = [table.columns, ["---"] * len(table.columns), *([_plain(cell) for cell in row] for row in table.rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _item(item: Item) -> str:
    mark = f"**{_plain(item.mark)}** " if item.mark else ""
    lines = [f"- {mark}{_plain(item.text)}"]
    if item.quote:
        lines.append(f"  > {_plain(item.quote)}")
        lines.append("")
    lines += [f"  - {_plain(note)}" for note in item.notes if note]
    if item.record_id:
        lines.append(f"  - `{item.record_id}`")
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return a text on one line that Markdown shows as it is."""
    line = " ".join(text.split())
    escaped = _LIST_START.sub(r"\\\g<0>", _SPECIAL.sub(r"\\\1", line))
    return _NUMBER_START.sub(r"\1\\\2", escaped)
