"""A plan as a Word file (Office Open XML): headings, lists and tables that people can go on editing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from copilot.events.export.sections import Cell, Mention, Named, Row, Section, Sheet

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import ParagraphStyle
    from docx.table import _Cell, _Row

# What XML 1.0 cannot hold; the store refuses most of it, and a file that does not open helps nobody.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LATIN_FONT, _CHINESE_FONT = "Calibri", "Microsoft YaHei"
_BODY_POINTS, _TABLE_POINTS = 10.5, 9.5
_PAGE_MM, _MARGIN_MM, _PADDING_MM = (210, 297), 18, 6
# Of a table's font a Latin letter, where Calibri is missing and a wider one takes its place; a Chinese one is two.
_LETTER_MM = 2.1
_LAST_NARROW = 0x2E7F
_HEAD_COLOUR = "EEF2F7"


def render_docx(sheet: Sheet, created_at: datetime) -> bytes:
    """Return the file.

    Args:
        sheet: the plan in sections.
        created_at: aware; written into the file's properties.
    """
    import docx  # late: only exports need it, and it brings an XML library along
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = map(Mm, _PAGE_MM)
    section.left_margin = section.right_margin = Mm(_MARGIN_MM)
    section.top_margin = section.bottom_margin = Mm(_MARGIN_MM)
    _set_fonts(document, sheet.language)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = _clean(sheet.title)[:255], "", ""
    properties.language = sheet.language
    properties.created = properties.modified = created_at.replace(tzinfo=None)
    document.add_heading(_clean(sheet.title), level=0)
    for note in sheet.notes:
        document.add_paragraph().add_run(_clean(note)).italic = True
    for name, value in sheet.facts:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(f"{_clean(name)}  ").bold = True
        paragraph.add_run(_clean(value))
    for part in sheet.sections:
        _add_section(document, part)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _set_fonts(document: Document, language: str) -> None:
    """Name a font for Chinese in every style, and whose Chinese it is: Word takes ones of its own choice otherwise."""
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
    for spoken in document.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), "en-US" if language == "en" else language)
        spoken.set(qn("w:eastAsia"), "zh-CN")


def _add_section(document: Document, section: Section) -> None:
    document.add_heading(_clean(section.title), level=1)
    if section.columns:
        _add_table(document, section)
    for item in section.items:
        text = f"{item.kind} {item.id} {item.detail}" if isinstance(item, Mention) else item
        document.add_paragraph(_clean(text), style="List Bullet")
    if section.note:
        document.add_paragraph(_clean(section.note))


def _add_table(document: Document, section: Section) -> None:
    from docx.shared import Mm

    rows = [Row(list(section.columns), is_strong=True), *section.rows]
    table = document.add_table(rows=0, cols=len(section.columns), style="Table Grid")
    table.autofit = False
    widths = [Mm(width) for width in _widths([[_text(cell) for cell in row.cells] for row in rows])]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in rows:
        shown = table.add_row()
        for cell, width in zip(shown.cells, widths, strict=True):
            cell.width = width
        _fill(shown, row)
        _mark(shown, "w:cantSplit")
    _mark(table.rows[0], "w:tblHeader")  # repeated on each page
    for cell in table.rows[0].cells:
        _shade(cell)


def _widths(texts: Sequence[Sequence[str]]) -> list[float]:
    """Return the widths of columns in mm: short ones take what they need, long ones share the rest of the page."""
    needs = [
        max(sum(1 + (ord(letter) > _LAST_NARROW) for letter in text) for text in column) * _LETTER_MM + _PADDING_MM
        for column in zip(*texts, strict=True)
    ]
    left, widths = float(_PAGE_MM[0] - 2 * _MARGIN_MM), [0.0] * len(needs)
    by_need = sorted(range(len(needs)), key=needs.__getitem__)
    for place, column in enumerate(by_need):
        widths[column] = min(needs[column], left / (len(needs) - place))
        left -= widths[column]
    widths[by_need[-1]] += left
    return widths


def _fill(shown: _Row, row: Row) -> None:
    from docx.enum.text import WD_PARAGRAPH_ALIGNMENT
    from docx.shared import Pt

    for cell, value in zip(shown.cells, row.cells, strict=True):
        paragraph, text = cell.paragraphs[0], _clean(_text(value))
        run = paragraph.add_run(text)
        run.bold = row.is_strong
        run.font.size = Pt(_TABLE_POINTS)
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        if text.replace(",", "").replace(".", "").isdigit():
            paragraph.alignment = WD_PARAGRAPH_ALIGNMENT.RIGHT


def _mark(row: _Row, name: str) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001  # the library offers no way around it


def _shade(cell: _Cell) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", _HEAD_COLOUR)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001  # as above


def _text(cell: Cell) -> str:
    return cell.name if isinstance(cell, Named) else cell


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
