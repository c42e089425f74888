"""Every part of a text is an exact slice; bullets, labels and pictographs are cut off, numbers and short forms are not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.profiles.sentences import cells, clauses, sentences, trimmed


def cut(text: str) -> list[str]:
    return [text[a:b].strip() for a, b in cells(text) if a < b]


def said(text: str) -> list[str]:
    return [text[slice(*trimmed(text, *span))] for span in sentences(text, 0, len(text))]


def test_bars_pictographs_and_bullets_part_a_line() -> None:
    assert cut("【自我介绍】坐标深圳|做ERP｜天使轮") == ["坐标深圳", "做ERP", "天使轮"]
    assert cut("📍杭州 💼 AI客服 🤝🏻能帮：看原型") == ["杭州", "AI客服", "能帮：看原型"]
    assert cut("1、成都\n(2) 擅长配方\n③ 已盈利\n- 招人\n二、想找渠道") == [
        "成都",
        "擅长配方",
        "已盈利",
        "招人",
        "想找渠道",
    ]


def test_a_number_that_begins_a_sentence_is_no_bullet() -> None:
    assert cut("3.5万台库存") == ["3.5万台库存"]
    assert cut("12年老厂") == ["12年老厂"]


def test_a_blank_line_is_an_empty_cell() -> None:
    assert [a == b for a, b in cells("我能提供：\n\n深圳")] == [False, True, False]


def test_full_stops_of_short_forms_and_numbers_end_nothing() -> None:
    assert said("I sold 3.5 tons, e.g. plums. J. Doe helped. 做了十年！够久吗？") == [
        "I sold 3.5 tons, e.g. plums", "J. Doe helped", "做了十年", "够久吗",
    ]  # fmt: skip
    assert said("请多关照～ 平时拍照。。。") == ["请多关照", "平时拍照"]


def test_clauses_part_at_commas_but_not_inside_numbers() -> None:
    text = "有1,200台，want help, but we can lend trucks"
    assert [text[slice(*trimmed(text, *span))] for span in clauses(text, 0, len(text))] == [
        "有1,200台", "want help", "but we can lend trucks",
    ]  # fmt: skip


@given(st.text(alphabet="我做找。，,|｜:：.\n \t📍【】()（）abcI19、①-", max_size=80))
def test_parts_lie_in_order_inside_the_text_and_never_overlap(text: str) -> None:
    at = 0
    for cell in cells(text):
        assert at <= cell.start <= cell.end <= len(text)
        at = cell.end
        inner = cell.start
        for sentence in sentences(text, *cell):
            assert inner <= sentence.start < sentence.end <= cell.end
            inner = sentence.end
            span = trimmed(text, *sentence)
            assert sentence.start <= span.start <= span.end <= sentence.end
