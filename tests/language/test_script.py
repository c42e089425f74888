"""The script decides which model reads a line; stickers, links and mentions have no say."""

from __future__ import annotations

import pytest

from copilot.language.script import detect_language, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("今天有谁在科技园", "zh"),
        ("这个 API 怎么调", "zh"),
        ("Anyone tried the new model?", "en"),
        ("请问 how do you handle refund 流程", "mixed"),
        ("Morning all 早", "en"),
        ("", ""),
        ("12345 !!!", ""),
        ("[捂脸][捂脸]", ""),
        ("https://example.com/a/b @someone", ""),
        ("😂😂", ""),
    ],
)
def test_language_of_a_line(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "plain", "language"),
    [
        ("sha bi", "傻逼", "zh"),
        ("你zhe ge fei wu东西", "你这个废物东西", "zh"),
        ("add my wechat", "add my 微信", "en"),
        ("good morning all", "good morning all", "en"),
        ("今天开会", "今天开会", "zh"),
    ],
)
def test_pinyin_that_hid_chinese_words_is_chinese(text: str, plain: str, language: str) -> None:
    assert language_of(text, plain) == language
