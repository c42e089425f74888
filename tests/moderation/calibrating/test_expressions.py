"""Patterns of operators: what is useful passes, what could be slow or finds everything does not."""

from __future__ import annotations

import time

import pytest

from copilot.errors import InvalidInput
from copilot.moderation.calibrating.expressions import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("加[我薇v微].{0,6}(领|送)", "大家快加薇,免费领课"),
        (r"\d{2,4}元?起", "只要99起"),
        ("(?:free|win) crypto", "WIN Crypto now"),
        (r"t\.me/\w{3,20}", "join t.me/abcdef"),
    ],
)
def test_useful_patterns_find_what_they_say(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).search(text)


@pytest.mark.parametrize(
    "pattern",
    [
        "", "a" * 301, "(a+)+b", "a*", ".*", "(ab){2,5}", "a{1,50}", "a{1,40}b{1,40}c{1,40}", "(?=a)b", "(?P<n>a)",
        r"(a)\1", "[a", "(a", "a)", "?a", "|", "a?", "a|", "x{", "\\", r"\p", "(a|a)(a|a)" + "(a|a)" * 12,
    ],
)  # fmt: skip
def test_what_is_slow_broken_or_finds_everything_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        compile_pattern(pattern)
    assert caught.value.data["field"] == "pattern"
    assert set(caught.value.data["sentence"]) == {"zh-CN", "en"}


@pytest.mark.parametrize("pattern", ["a{0,40}a{0,40}b", "a?a?a?a?a?a?a?a?a?a?aaaaaaaaaab", "[a-z]{1,40}[a-z]{1,40}\\d"])
def test_the_worst_that_passes_takes_little_time(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    before = time.perf_counter()
    assert compiled.search("a" * 1_000) is None
    assert time.perf_counter() - before < 1.0
