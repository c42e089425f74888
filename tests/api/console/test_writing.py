from __future__ import annotations

import json

import pytest

from api.console.writing import lines_so_far

_WHOLE = {
    "agenda": [{"key": "opening", "title": "开场：谁在场", "weight": 2, "notes": "每人一句话\n不超过一分钟"}],
    "speakers": ["S1 齐言"],
    "venue": "V1",
    "promotion": ["Come and see what was built"],
}
_LINES = ["开场：谁在场", "每人一句话 不超过一分钟", "S1 齐言", "Come and see what was built"]


def test_the_words_of_an_answer_are_read_and_its_names_and_numbers_are_not() -> None:
    assert lines_so_far(json.dumps(_WHOLE, ensure_ascii=False)) == _LINES
    assert lines_so_far(f"```json\n{json.dumps(_WHOLE, indent=2)}\n```") == _LINES
    assert lines_so_far(json.dumps(_WHOLE), most=1) == _LINES[-1:]


@pytest.mark.parametrize("is_escaped", [False, True])
def test_wherever_it_breaks_off_what_is_there_are_beginnings_of_the_lines_to_come(is_escaped: bool) -> None:
    text = json.dumps({**_WHOLE, "end": "谢谢 🎉 大家"}, ensure_ascii=is_escaped)
    lines = [*_LINES, "谢谢 🎉 大家"]
    longest = 0
    for cut in range(len(text) + 1):
        found = lines_so_far(text[:cut])
        # A word that has just begun may still look like a name, and is not shown yet.
        assert all(line.startswith(part) for line, part in zip(lines, found, strict=False)), text[:cut]
        assert all(line.encode() for line in found)
        longest = max(longest, len(found))
    assert longest == len(lines)


def test_of_an_answer_and_its_correction_the_correction_is_shown() -> None:
    first, second = json.dumps({"title": "第一次 的答案"}), json.dumps({"title": "改过的 答案"})
    assert lines_so_far(first + second) == ["改过的 答案"]
    assert lines_so_far(first + second[:-4]) == ["改过的 答"]
    assert lines_so_far(f"{first}\n{{") == ["第一次 的答案"]


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("", []),
        ("{", []),
        ("好的，\n\n我来写", ["好的，", "我来写"]),
        ("{]", []),
        ('{"a": "<b>x y</b>"}', ["<b>x y</b>"]),
    ],
)
def test_whatever_a_model_writes_there_is_something_or_nothing_to_show(written: str, lines: list[str]) -> None:
    assert lines_so_far(written) == lines
