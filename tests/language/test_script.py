"""The script decides which model reads a line; stickers, links and mentions have no say."""

from __future__ import annotations

import pytest

from copilot.language.script import detect_language


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
