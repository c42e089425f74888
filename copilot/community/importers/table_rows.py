"""Reads the rows of CSV and XLSX files as they come, whatever they are about."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from copilot.community.importers.archive import open_archive
from copilot.community.importers.base import Truncated
from copilot.community.importers.source import Source
from copilot.community.importers.wording import refused
from copilot.errors import ImportFailed

MAX_CELL_CHARS = 1_000_000
_DELIMITERS = ",;\t"
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
# openpyxl has no error of its own for damaged workbooks; these are what its parsers raise.
_WORKBOOK_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, TypeError, AttributeError, IndexError, ParseError
)  # fmt: skip

Cells = list[Any]


def csv_rows(source: Source) -> Iterator[tuple[int, Cells]]:
    """Yield (line of the row's start, cells); blank lines are left out. The first row is the header.

    Raises:
        Truncated: the text is no CSV from some line on, mostly a quote that is never closed.
    """
    delimiter = _delimiter(source)
    csv.field_size_limit(MAX_CELL_CHARS)
    with source.text() as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        start = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield start, list(cells)
                start = reader.line_num + 1
        except csv.Error as error:
            said = refused("open_quote", line=start, problem=error)
            raise Truncated(line=start, format="csv", **said) from error


def _delimiter(source: Source) -> str:
    """Return the separator that occurs most in the first line outside of quotes; a comma when there is none."""
    header = source.head().lstrip("\r\n").split("\n", 1)[0]
    bare = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)


def xlsx_rows(source: Source) -> Iterator[tuple[int, Cells]]:
    """Yield (row number, cells) of the first sheet that has any; blank rows are left out.

    Raises:
        ImportFailed: the workbook is damaged, encrypted or too large unpacked.
    """
    import openpyxl  # slow to import, and most imports are not workbooks

    with open_archive(source) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise ImportFailed(format="xlsx", **refused("no_workbook"))
    try:
        with source.path.open("rb") as file:  # by name, openpyxl would judge the file by its ending
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            for sheet in book.worksheets:
                found = False
                for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                    row = [None if cell in _EXCEL_ERRORS else cell for cell in cells]
                    if any(cell is not None and str(cell).strip() for cell in row):
                        found = True
                        yield number, row
                if found:
                    break
    except _WORKBOOK_ERRORS as error:
        raise Truncated(format="xlsx", **refused("bad_workbook", problem=error)) from error
    source.bytes_read = source.size
