"""CSV that spreadsheets open with Chinese intact and that runs nothing: UTF-8 with a mark, no cell that is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

MARK = "\ufeff"
# OWASP, CSV injection: what spreadsheets take for the start of a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


def csv_rows(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV (RFC 4180); texts that would run as formulas are made texts."""
    out = StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([[plain_cell(cell) for cell in row] for row in rows])
    return out.getvalue()


def write_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a whole file with a byte order mark."""
    return (MARK + csv_rows([head, *rows])).encode()


def plain_cell(cell: object) -> object:
    """Put an apostrophe before what a spreadsheet would run; numbers of our own are numbers."""
    if not isinstance(cell, str):
        return cell
    text = "".join(letter for letter in cell if letter in "\n\t" or ord(letter) >= 32)
    return (
        f"'{text}" if text.lstrip(" \u3000\ufeff\u200b").startswith(_FORMULA) or text.startswith(("\t", "\n")) else text
    )
