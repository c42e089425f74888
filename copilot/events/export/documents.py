"""A plan as a Word file (Office Open XML): headings, lists and tables that people can go on editing."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from copilot.events.export.sections import Cell, Mention, Named, Row, Section, Sheet

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import ParagraphStyle
    from docx.table import _Row

# What XML 1.0 cannot hold; the store refuses most of it, and a file that does not open helps nobody.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LATIN_FONT, _CHINESE_FONT = "Calibri", "Microsoft YaHei"
_BODY_POINTS, _TABLE_POINTS = 10.5, 9.5


def render_docx(sheet: Sheet, created_at: datetime) -> bytes:
    """Return the file.

    Args:
        sheet: the plan in sections.
        created_at: aware; written into the file's properties.
    """
    import docx  # late: only exports need it, and it brings an XML library along
    from docx.shared import Mm

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(18)
    _set_fonts(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = _clean(sheet.title)[:255], "", ""
    properties.language = sheet.language
    properties.created = properties.modified = created_at.replace(tzinfo=None)
    document.add_heading(_clean(sheet.title), level=0)
    for note in sheet.notes:
        document.add_paragraph().add_run(_clean(note)).italic = True
    for name, value in sheet.facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{_clean(name)}  ").bold = True
        paragraph.add_run(_clean(value))
    for part in sheet.sections:
        _add_section(document, part)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _set_fonts(document: Document) -> None:
    """Name a font for Chinese in every style: Word takes one of its own choice otherwise."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for name in ("Normal", "Title", "Heading 1", "List Bullet"):
        style: ParagraphStyle = document.styles[name]
        style.font.name = _LATIN_FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)  # a theme's font goes before one that is named
        fonts.set(qn("w:eastAsia"), _CHINESE_FONT)
    document.styles["Normal"].font.size = Pt(_BODY_POINTS)


def _add_section(document: Document, section: Section) -> None:
    document.add_heading(_clean(section.title), level=1)
    if section.columns:
        table = document.add_table(rows=1, cols=len(section.columns), style="Table Grid")
        _fill(table.rows[0], Row(list(section.columns), is_strong=True))
        _repeat_on_each_page(table.rows[0])
        for row in section.rows:
            _fill(table.add_row(), row)
    for item in section.items:
        text = f"{item.kind} {item.id} {item.detail}" if isinstance(item, Mention) else item
        document.add_paragraph(_clean(text), style="List Bullet")
    if section.note:
        document.add_paragraph(_clean(section.note))


def _fill(shown: _Row, row: Row) -> None:
    from docx.shared import Pt

    for cell, value in zip(shown.cells, row.cells, strict=True):
        run = cell.paragraphs[0].add_run(_clean(_text(value)))
        run.bold = row.is_strong
        run.font.size = Pt(_TABLE_POINTS)


def _repeat_on_each_page(row: _Row) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001  # the library offers no way around it


def _text(cell: Cell) -> str:
    return cell.name if isinstance(cell, Named) else cell


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
