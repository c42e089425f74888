"""A plan as one HTML page to print: nothing is loaded from anywhere, nothing in it runs, every text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from copilot.events.export.sections import Cell, Mention, Named, Row, Section, Sheet

_STYLE = """
@page { size: A4; margin: 16mm 15mm 18mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px; max-width: 960px; color: #1d2430; background: #fff;
  font: 14px/1.55 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", system-ui, sans-serif; }
:lang(en) body { font-family: system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
h1 { margin: 0 0 8px; font-size: 26px; line-height: 1.25; }
h2 { margin: 26px 0 8px; padding-bottom: 4px; border-bottom: 2px solid #1d4e89; color: #1d4e89; font-size: 17px; break-after: avoid; }
p.note { margin: 4px 0; color: #5a6472; font-size: 12.5px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 14px 0 0; }
dt { color: #5a6472; } dd { margin: 0; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th, td { padding: 5px 8px; border: 1px solid #cfd6df; text-align: left; vertical-align: top; overflow-wrap: anywhere; word-break: break-word; }
th { background: #eef2f7; white-space: nowrap; } td { min-width: 7em; }
th.number, td.number { min-width: 0; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.short { min-width: 0; white-space: nowrap; } thead { display: table-header-group; } tr { break-inside: avoid; } tr.sum { font-weight: 700; background: #f7f9fc; }
ul { margin: 0; padding-left: 20px; } li { break-inside: avoid; }
small { color: #7b8594; overflow-wrap: anywhere; }
@media print { body { padding: 0 1px; max-width: none; font-size: 11pt; } small { display: none; } }
@media screen and (max-width: 600px) {
  body { padding: 16px; } small { font-size: 10px; }
  table.wide, .wide tbody, .wide tr, .wide td { display: block; } .wide thead { display: none; }
  .wide tr { margin: 0 0 10px; padding: 6px 10px; border: 1px solid #cfd6df; }
  .wide td, .wide td.number { padding: 1px 0; border: 0; text-align: left; white-space: normal; }
  .wide td:empty { display: none; } .wide td::before { content: attr(data-name) "  "; color: #5a6472; }
}
"""
# The page needs no script and no address; browsers are told so.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_SHORT_CHARS = 22
# A table of so many columns with such a text in it is read row by row on a phone.
_WIDE_COLUMNS, _WIDE_CHARS = 4, 24


def render_html(sheet: Sheet) -> str:
    """Return a whole page that can be opened, mailed and printed."""
    title = escape(sheet.title)
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in sheet.facts)
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in sheet.notes)
    sections = "\n".join(_section(section) for section in sheet.sections)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(sheet.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n{notes}\n<dl>{facts}</dl>\n{sections}\n</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    parts = [f"<section><h2>{escape(section.title)}</h2>"]
    if section.columns:
        parts.append(_table(section))
    if section.items:
        parts.append("<ul>" + "".join(f"<li>{_item(item)}</li>" for item in section.items) + "</ul>")
    if section.note:
        parts.append(f'<p class="note">{escape(section.note)}</p>')
    return "".join(parts) + "</section>"


def _table(section: Section) -> str:
    cells = [[_plain(cell) for cell in row.cells] for row in section.rows]
    # A sum may be a sentence where nothing is paid: the column is one of numbers all the same.
    numeric = [
        2 * sum(map(_is_number, column)) > len(list(filter(None, column))) for column in zip(*cells, strict=True)
    ]
    head = "".join(
        f'<th scope="col" class="number">{escape(name)}</th>' if is_number else f'<th scope="col">{escape(name)}</th>'
        for name, is_number in zip(section.columns, numeric, strict=True)
    )
    rows = "".join(_row(row, section.columns) for row in section.rows)
    is_wide = len(section.columns) >= _WIDE_COLUMNS and any(len(text) > _WIDE_CHARS for row in cells for text in row)
    opening = '<table class="wide">' if is_wide else "<table>"
    return f"{opening}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(row: Row, columns: Sequence[str]) -> str:
    name = ' class="sum"' if row.is_strong else ""
    cells = (_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True))
    return f"<tr{name}>{''.join(cells)}</tr>"


def _cell(cell: Cell, column: str) -> str:
    named = f'data-name="{escape(column)}"'
    if isinstance(cell, Named):
        return f"<td {named}>{escape(cell.name)} <small>{escape(cell.id)}</small></td>"
    text = escape(cell)
    if _is_number(cell):
        return f'<td class="number" {named}>{text}</td>'
    return f'<td class="short" {named}>{text}</td>' if _is_short(cell) else f"<td {named}>{text}</td>"


def _plain(cell: Cell) -> str:
    return cell.name if isinstance(cell, Named) else cell


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").isdigit()


def _is_short(text: str) -> bool:
    """Times and days are not to be broken over lines."""
    return len(text) <= _SHORT_CHARS and text[:2].isdigit()


def _item(item: str | Mention) -> str:
    if isinstance(item, str):
        return escape(item)
    return f"{escape(item.detail or item.kind)} <small>{escape(item.kind)} {escape(item.id)}</small>"
