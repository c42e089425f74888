"""Rows as streamed files."""

from __future__ import annotations

import json
from datetime import date

from copilot.community.row_files import csv_file, lines_file

PAGES = [[("a", 1), ("=b", None)], [("c", date(2026, 11, 22))]]


def test_csv_has_one_head_and_runs_nothing() -> None:
    pieces = list(csv_file(["name", "value"], PAGES, lambda value: "" if value is None else value))
    assert len(pieces) == 3
    assert b"".join(pieces).decode() == "\ufeffname,value\r\na,1\r\n'=b,\r\nc,2026-11-22\r\n"


def test_each_row_is_a_line_and_what_json_does_not_know_is_made_text() -> None:
    lines = b"".join(lines_file(["name", "value"], PAGES, str)).decode().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"name": "a", "value": 1}, {"name": "=b", "value": None}, {"name": "c", "value": "2026-11-22"},
    ]  # fmt: skip


def test_no_rows_are_a_head_alone_or_nothing() -> None:
    assert list(csv_file(["name"], [], str)) == ["\ufeffname\r\n".encode()]
    assert list(lines_file(["name"], [], str)) == []
