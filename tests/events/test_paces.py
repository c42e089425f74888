from __future__ import annotations

import pytest

from copilot.events.drafts.paces import Pace, find_pace, turns_note


@pytest.mark.parametrize(
    ("text", "pace"),
    [
        ("每人一分钟：做什么", Pace("person", 1)), ("六人一桌，各桌同时进行，每人一分钟", Pace("table", 1)),
        ("每个项目 10 分钟，讲 6 分钟", Pace("stage", 10)), ("每队 7 分钟", Pace("stage", 7)), ("每轮 8 分钟", Pace("round", 8)),
        ("Two minutes each: what I do", Pace("person", 2)), ("Ten minutes a project: six to speak", Pace("stage", 10)),
        ("every ten minutes", None), ("最后 5 分钟推一个人", None), ("", None),
    ],
)  # fmt: skip
def test_a_promise_of_minutes_is_found(text: str, pace: Pace | None) -> None:
    assert find_pace(text) == pace


def test_fifty_introductions_do_not_fit_half_an_hour_by_hand() -> None:
    # 50 x 1 minute in 30 minutes: groups of 6 at once, 50 / 6 = 9 groups, a minute each.
    note = turns_note("zh-CN", "每人一分钟自我介绍", 30, 50)
    assert "9 组" in note
    assert "6 人左右" in note
    assert turns_note("zh-CN", "每人一分钟自我介绍", 30, 30) == ""


def test_a_stage_says_how_many_fit_by_hand() -> None:
    # Thirteen minutes each in 25: one.
    assert "最多排 1 个" in turns_note("zh-CN", "每个项目 13 分钟", 25, 60)
    assert "2 at most" in turns_note("en", "Ten minutes a project", 25, 60)
    assert "只排一个" in turns_note("zh-CN", "每个项目 13 分钟", 10, 60)


def test_small_groups_have_time_when_a_table_has() -> None:
    assert turns_note("zh-CN", "六人一桌，各桌同时进行，每人一分钟", 15, 60) == ""
    assert "groups" in turns_note("en", "Tables of six, all at once, five minutes each", 15, 60)
