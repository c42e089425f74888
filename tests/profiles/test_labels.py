"""What labels mean, the same word on either side included."""

from __future__ import annotations

import pytest

from copilot.profiles.labels import labelled, meaning_of


@pytest.mark.parametrize(
    ("label", "meaning"),
    [
        ("坐标", "city"), ("所在地", "city"), ("Based in", "city"), ("Where", "city"),
        ("行业", "is"), ("身份", "is"), ("阶段", "is"), ("What I do", "is"), ("Building", "is"),
        ("可提供", "has"), ("能帮大家", "has"), ("我有", "has"), ("供", "has"), ("I offer", "has"), ("手上有", "has"),
        ("擅长", "skill"), ("Superpower", "skill"), ("Can help with", "skill"),
        ("需求", "wants"), ("想找", "wants"), ("求", "wants"), ("目标", "wants"), ("Looking for", "wants"), ("I'm after", "wants"),
        # The same word on the two sides.
        ("我能提供的资源", "has"), ("资源", "has"), ("求资源", "wants"), ("资源需求", "wants"), ("需要的资源", "wants"),
        ("希望提供", "has"), ("希望获得", "wants"),
        # Not for a profile.
        ("微信", "skip"), ("昵称", "skip"), ("我不要", "skip"), ("Not interested in", "skip"), ("e-mail", "skip"),
        ("价格", None), ("PS", None),
    ],
)  # fmt: skip
def test_a_label_has_one_meaning(label: str, meaning: str | None) -> None:
    assert meaning_of(label) == meaning


def test_several_labels_on_one_line_are_parted() -> None:
    text = "姓名：何田　城市：合肥 想找：激光雷达"
    assert [(part.meaning, text[part.start : part.end].strip()) for part in labelled(text, 0, len(text))] == [
        ("skip", "何田"), ("city", "合肥"), ("wants", "激光雷达"),
    ]  # fmt: skip


def test_a_time_or_an_unknown_word_before_a_colon_is_no_label() -> None:
    text = "下午3:30见，备注：带伞"
    assert [part.meaning for part in labelled(text, 0, len(text))] == [None]


def test_places_need_no_colon() -> None:
    text = "坐标深圳南山"
    assert [(part.meaning, text[part.start : part.end]) for part in labelled(text, 0, len(text))] == [
        ("city", "深圳南山")
    ]
