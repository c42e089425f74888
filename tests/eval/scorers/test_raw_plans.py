"""A whole plan of a model's own is wrong where its sums, days or names are, and only there."""

from __future__ import annotations

from datetime import date

import pytest

from eval.scorers.raw_plans import RawLine, RawPlan, RawSegment, RawTask, raw_problems

TODAY, DAY = date(2026, 11, 16), date(2026, 11, 28)


def plan(**changes: object) -> RawPlan:
    whole = RawPlan(
        title="沙龙",
        agenda=[
            RawSegment(title="开场", minutes=20),
            RawSegment(title="分享", minutes=60, speaker="S1"),
            RawSegment(title="交流", minutes=40),
        ],
        budget=[
            RawLine(title="茶歇", quantity=60, unit_price=30.5, total=1830),
            RawLine(title="场地", quantity=1, unit_price=3000, total=3000),
        ],
        budget_total=4830,
        tasks=[RawTask(title="订场地", due_on=date(2026, 11, 20))],
        venue="V1",
    )
    return whole.model_copy(update=changes)


def problems(one: RawPlan) -> dict[str, str]:
    return raw_problems(one, minutes=120, cap=20_000, days=(TODAY, DAY), aliases={"S1", "V1"})


def test_a_plan_that_sums_and_names_what_was_shown_has_no_problem() -> None:
    assert problems(plan()) == {}


@pytest.mark.parametrize("venue", ["V1", "V1 南山路演厅", "V1, V1", ""])
def test_a_code_counts_with_the_name_beside_it(venue: str) -> None:
    assert problems(plan(venue=venue)) == {}


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"agenda": [RawSegment(title="分享", minutes=135)]}, "agenda", "135 of 120"),
        ({"agenda": [RawSegment(title="a", minutes=120), RawSegment(title="b", minutes=0)]}, "agenda", "120 of 120"),
        ({"budget_total": 4831}, "budget", "sum to 4830, not 4831"),
        ({"budget": [RawLine(title="茶歇", quantity=60, unit_price=30, total=0)]}, "budget", "60 x 30 is not 0"),
        (
            {"budget": [RawLine(title="场地", quantity=3, unit_price=7000, total=21000)], "budget_total": 21000},
            "budget",
            "over the cap of 20000",
        ),
        ({"budget": []}, "budget", "no line"),
        ({"tasks": [RawTask(title="复盘", due_on=date(2026, 11, 29))]}, "days", "2026-11-29"),
        ({"tasks": []}, "days", "no task"),
        ({"venue": "科兴科学园"}, "records", "科兴科学园"),
        ({"venue": "V1, V12"}, "records", "V12"),
    ],
)
def test_each_fault_is_found_in_its_own_kind(changes: dict[str, object], kind: str, words: str) -> None:
    found = problems(plan(**changes))
    assert list(found) == [kind]
    assert words in found[kind]
