"""Real questions are told from rhetoric, greetings and quotations."""

from __future__ import annotations

import pytest

from copilot.language.normalise import normalise
from copilot.language.script import detect_language
from copilot.moderation.questions import is_question


def asks(text: str) -> bool:
    return is_question(normalise(text).text, detect_language(text))


@pytest.mark.parametrize(
    "text",
    [
        "请问小规模转一般纳税人要多久",
        "有没有人用过这家海外仓？靠谱吗",
        "求一个靠谱的报关行，深圳优先",
        "大家的会议纪要都用什么工具？",
        "谁知道宝安哪里可以做跌落测试",
        "这个价格贵不贵",
        "Does anyone know a good patent lawyer in Berlin?",
        "Any recommendations for a small-batch packaging printer?",
        "How do you handle refunds across time zones?",
        "Anyone tried the new embedding model here",
        "請問有人做過歐盟的產品合規嗎",
    ],
)
def test_a_real_question(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "收到，谢谢",
        "真的吗？",
        "？？？",
        "你算什么东西？",
        "难道我们不想赚钱吗",
        "客户问“你们还在吗”，我哭了",
        "我们知道怎么做了",
        "这就是为什么我喜欢这个群",
        "why not?",
        "Who cares?",
        "We know how it works now.",
        "[疑问] https://example.com/?q=1",
        "",
    ],
)
def test_no_question(text: str) -> None:
    assert not asks(text)


def test_a_text_of_unknown_script_asks_nothing() -> None:
    assert not is_question("🤔🤔🤔?", "")
