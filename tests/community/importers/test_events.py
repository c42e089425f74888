from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from copilot.community.importers.base import ImportedEvent, ImportKind, RowError
from copilot.errors import InvalidInput
from tests.community.importers.conftest import ReadFile


def event(**fields: Any) -> str:
    row = {
        "code": "E-01", "title": "路演之夜", "format": "roadshow", "starts_at": "2026-09-01T19:00:00+08:00",
        "ends_at": "2026-09-01T21:00:00+08:00", "city": "深圳", "venue": "R-C-01", "host": "M003", "speakers": ["M001"],
        "capacity": 60, "goal": "g", "budget_cents": 500000, "spent_cents": 480000,
        "signups": [{"member": "M004", "status": "attended", "signed_up_at": "2026-08-20T10:00:00+08:00"}],
        "feedback": [{"member": "M004", "rating": 4, "comment": "不错"}],
        "review": {"summary": "s", "lessons": ["早到", "试麦"]},
    } | fields  # fmt: skip
    return json.dumps(row, ensure_ascii=False) + "\n"


def test_an_event_is_read_with_its_people(read_file: ReadFile) -> None:
    [read] = read_file(event())
    assert isinstance(read, ImportedEvent)
    assert read.values["starts_at"] == datetime(2026, 9, 1, 11, 0, tzinfo=UTC)
    assert read.people() == ["M003", "M001", "M004"]
    assert (read.feedback[0].rating, read.review_lessons) == (4, ("早到", "试麦"))


def test_an_event_needs_little(read_file: ReadFile) -> None:
    none = dict.fromkeys(["venue", "host", "speakers", "signups", "feedback", "review", "capacity", "budget_cents"])
    [read] = read_file(event(**none), kind=ImportKind.EVENTS)
    assert isinstance(read, ImportedEvent)
    assert read.people() == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ends_at": "2026-09-01T19:00:00+08:00"}, "ends_at"),
        ({"starts_at": None}, "starts_at"),
        ({"title": " "}, "title"),
        ({"capacity": -5}, "capacity"),
        ({"budget_cents": 12.5}, "budget_cents"),
        ({"signups": [{"member": "M1", "status": "perhaps"}]}, "signups"),
        ({"signups": "M1"}, "signups"),
        ({"signups": ["M1"]}, "signups"),
        ({"feedback": [{"member": "M1", "rating": 6}]}, "feedback.rating"),
        ({"feedback": [{"member": "M1"}]}, "feedback.rating"),
        ({"speakers": ["x"] * 101}, "speakers"),
    ],
)
def test_wrong_events_are_row_errors(read_file: ReadFile, fields: dict[str, Any], field: str) -> None:
    [error] = read_file(event(**fields), kind=ImportKind.EVENTS)
    assert isinstance(error, RowError)
    assert error.field == field


def test_events_take_no_mapping(read_file: ReadFile) -> None:
    with pytest.raises(InvalidInput, match="mapping"):
        read_file(event(), mapping={"title": "name"})
