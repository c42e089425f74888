from __future__ import annotations

import pytest

from copilot.errors import InvalidInput
from copilot.events.revisions.locks import MAX_LOCKS, is_locked, keep_locked, require_lockable

DOCUMENT = {
    "title": "A",
    "budget": {"lines": [{"key": "venue", "unit_cents": 100}], "total_cents": 100},
    "agenda": [{"key": "open", "title": "Open", "minutes": 5}],
    "run_sheet": [{"title": "x"}],
}


def test_a_lock_below_another_is_not_kept() -> None:
    assert require_lockable(DOCUMENT, ["agenda.open.title", "agenda", "title", "title"]) == ["agenda", "title"]


@pytest.mark.parametrize(
    "address",
    ["nothing", "agenda.closing", "run_sheet", "run_sheet.1", "budget.total_cents", "", "a b", "../x", "agenda."],
)
def test_what_is_not_there_or_is_computed_cannot_be_locked(address: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_lockable(DOCUMENT, [address])
    assert refused.value.data["reason"] == "not_lockable"
    assert set(refused.value.data["sentence"]) == {"zh-CN", "en"}  # type: ignore[call-overload]  # data is typed loosely


def test_locks_are_bounded() -> None:
    with pytest.raises(InvalidInput):
        require_lockable(DOCUMENT, [f"agenda.{n}" for n in range(MAX_LOCKS + 1)])


def test_locked_parts_survive_a_draft_and_others_do_not() -> None:
    drafted = {**DOCUMENT, "title": "B", "agenda": [{"key": "open", "title": "New", "minutes": 9}]}
    kept = keep_locked(["agenda.open.title"], DOCUMENT, drafted)
    assert kept["title"] == "B"
    assert kept["agenda"] == [{"key": "open", "title": "Open", "minutes": 9}]
    assert drafted["agenda"][0]["title"] == "New"


def test_a_locked_part_that_is_gone_stays_away() -> None:
    assert keep_locked(["agenda.open"], DOCUMENT, {"agenda": []}) == {"agenda": []}


def test_what_lies_below_a_lock_is_locked() -> None:
    assert is_locked(["budget"], "budget.lines.venue.unit_cents")
    assert not is_locked(["budget.lines.venue"], "budget")
