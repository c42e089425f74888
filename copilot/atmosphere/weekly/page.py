"""A report as one HTML page: nothing is loaded from anywhere, nothing runs, every text is escaped; made to be printed."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from copilot.atmosphere.weekly.layout import Chart, Item, Section, Sheet, Table
from copilot.atmosphere.weekly.models import ChartName

# The page needs no script and no address; browsers are told so. Charts are inline drawings.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
@page { size: A4; margin: 9mm 12mm 9mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 24px 40px; max-width: 1040px; color: #1d2430; background: #fff; overflow-wrap: anywhere;
  font: 14px/1.55 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", system-ui, sans-serif; }
:lang(en) body { font-family: system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
h1 { margin: 0; font-size: 25px; line-height: 1.25; }
.subtitle { margin: 4px 0 10px; color: #5a6472; }
h2 { margin: 22px 0 8px; padding-bottom: 4px; border-bottom: 2px solid #1d4e89; color: #1d4e89; font-size: 16px; break-after: avoid; }
p { margin: 6px 0; } p.note { color: #5a6472; font-size: 12.5px; }
p.lead { margin: 12px 0 4px; padding: 12px 16px; border-left: 4px solid #1d4e89; background: #eef3f9; font-size: 15px; }
p.flag { display: inline-block; margin: 0 6px 6px 0; padding: 1px 9px; border-radius: 9px; background: #f4ecd8; color: #6b4d0f; font-size: 12.5px; }
ol, ul { margin: 0; padding: 0; list-style: none; }
li { margin: 0 0 10px; break-inside: avoid; }
li .mark { display: inline-block; min-width: 1.7em; margin-right: 6px; padding: 0 6px; border-radius: 8px; background: #1d4e89; color: #fff; font-size: 12px; text-align: center; }
blockquote { margin: 3px 0; padding: 1px 0 1px 12px; border-left: 3px solid #cfd6df; color: #333d4b; overflow-wrap: anywhere; }
.small { color: #5a6472; font-size: 12.5px; } .small span + span::before { content: " · "; }
small { color: #7b8594; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 13px; } td { overflow-wrap: anywhere; }
th, td { padding: 4px 8px; border-bottom: 1px solid #dfe4ea; text-align: left; vertical-align: top; }
th { background: #eef2f7; } td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
thead { display: table-header-group; } tr { break-inside: avoid; }
.grid { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; }
figure { margin: 0; break-inside: avoid; } figure svg { width: 100%; height: auto; display: block; }
.flow { columns: 2; column-gap: 28px; }
@media screen and (max-width: 700px) {
  body { padding: 16px; } .grid { grid-template-columns: 1fr; } .flow { columns: 1; }
  table, tbody, tr { display: block; } thead { display: none; } tr { padding: 5px 0; border-bottom: 1px solid #dfe4ea; }
  td, td.number { display: inline; padding: 0 6px 0 0; border: 0; white-space: normal; } td:empty { display: none; }
  td:nth-child(3) { font-weight: 700; } td:nth-child(n + 4) { color: #5a6472; font-size: 12px; }
  td:nth-child(n + 4)::before { content: attr(data-name) " "; color: #7b8594; }
}
@media print {
  body { padding: 0; max-width: none; font-size: 7.2pt; line-height: 1.25; } h1 { font-size: 14pt; } .subtitle { margin: 1pt 0 4pt; }
  h2 { margin: 3pt 0 1.5pt; padding-bottom: 1pt; border-bottom-width: 1pt; font-size: 9pt; } p.flag { margin: 0 4pt 3pt 0; font-size: 7.5pt; }
  p { margin: 2pt 0; } p.lead { margin: 4pt 0 2pt; padding: 4pt 8pt; font-size: 8.5pt; } li { margin-bottom: 2pt; } li .mark { font-size: 7pt; }
  p.note, .small { font-size: 7pt; } table { font-size: 7pt; } th, td { padding: 0.4pt 4pt; } small { display: none; }
  blockquote { margin: 1pt 0; } .grid { gap: 2pt 8pt; } figure svg { max-height: 24mm; } .flow { column-gap: 12pt; }
  .flow blockquote, .flow .small, .actions .small { display: inline; margin: 0; padding: 0 0 0 3pt; border: 0; }
  .flow .small::before { content: "("; } .flow .small::after { content: ")"; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
# Lists of short lines flow in two columns where there is room, so that a week fits one printed page.
_FLOWING = ("best", "questions", "load", "events", "checks")


def render_html(sheet: Sheet, drawings: Mapping[ChartName, str]) -> str:
    """Return the page; `drawings` are SVG elements by chart name, made by us."""
    title = escape(sheet.title)
    flags = "".join(f'<p class="flag">{escape(note)}</p>' for note in sheet.notes)
    sections = {section.kind: _section(section, drawings) for section in sheet.sections}
    body = [made for kind, made in sections.items() if kind not in _FLOWING]
    flowing = "".join(sections[kind] for kind in _FLOWING if kind in sections)
    body.append(f'<div class="flow">{flowing}</div>')
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(sheet.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f'<p class="subtitle">{escape(sheet.subtitle)}</p>\n{flags}\n<p class="lead">{escape(sheet.lead)}</p>\n'
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _section(section: Section, drawings: Mapping[ChartName, str]) -> str:
    parts = [f'<section class="{escape(section.kind)}"><h2>{escape(section.title)}</h2>']
    if section.charts:
        parts.append(f'<div class="grid">{"".join(_chart(chart, drawings) for chart in section.charts)}</div>')
    if section.table is not None:
        parts.append(_table(section.table))
    if section.items:
        parts.append("<ul>" + "".join(_item(item) for item in section.items) + "</ul>")
    if section.note:
        parts.append(f'<p class="note">{escape(section.note)}</p>')
    return "".join(parts) + "</section>"


def _chart(chart: Chart, drawings: Mapping[ChartName, str]) -> str:
    drawing = drawings.get(chart.name, "")
    return f'<figure role="img" aria-label="{escape(chart.alt)}">{drawing}</figure>' if drawing else ""


def _table(table: Table) -> str:
    texts = 2  # the first columns are words
    head = "".join(_head(name, at >= texts) for at, name in enumerate(table.columns))
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td{" class=number" if at >= texts else ""} data-name="{escape(name)}">{escape(cell)}</td>'
            for at, (name, cell) in enumerate(zip(table.columns, row, strict=True))
        )
        + "</tr>"
        for row in table.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _head(name: str, is_number: bool) -> str:
    return f'<th scope="col"{" class=number" if is_number else ""}>{escape(name)}</th>'


def _item(item: Item) -> str:
    mark = f'<span class="mark">{escape(item.mark)}</span>' if item.mark else ""
    quote = f"<blockquote>{escape(item.quote)}</blockquote>" if item.quote else ""
    notes = "".join(f"<span>{escape(note)}</span>" for note in item.notes if note)
    small = f'<div class="small">{notes}</div>' if notes else ""
    found_by = f" <small>{escape(item.record_id)}</small>" if item.record_id else ""
    return f"<li>{mark}{escape(item.text)}{found_by}{quote}{small}</li>"
