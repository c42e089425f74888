"""Text from members cannot leave its fence, whatever it is."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.llm.fence import FENCE_RULE, fence, neutralise
from tests.llm.hostile import HOSTILE

_OPENING = re.compile(r'<(data-[0-9a-f]{8}) label="member mem_1">')


def inside(text: str) -> list[str]:
    """Return the lines inside, after checking that there is one opening, one closing, and bars in between."""
    lines = fence("member mem_1", text).split("\n")
    opening = _OPENING.fullmatch(lines[0])
    assert opening is not None
    assert lines[-1] == f"</{opening[1]}>"
    assert all(line.startswith("| ") for line in lines[1:-1])
    return [line[2:] for line in lines[1:-1]]


def assert_harmless(text: str) -> None:
    body = "\n".join(inside(text))
    folded = unicodedata.normalize("NFKC", body)
    assert "<" not in folded
    assert ">" not in folded
    assert "```" not in folded
    assert "~~~" not in folded
    assert not re.search(r"[\[【]\s*/?\s*(INST|SYS|system|系统|assistant)\s*[\]】]", folded, re.IGNORECASE)
    assert not any(unicodedata.category(char) in {"Cf", "Cs", "Cc"} for char in body if char != "\n" and char != "\t")
    assert len(body.splitlines() or [""]) == len(body.split("\n")), "no other character breaks a line"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_inside(text: str) -> None:
    assert_harmless(text)


@given(st.text(max_size=300))
def test_any_text_stays_inside(text: str) -> None:
    assert_harmless(text)


@given(st.text("<>/＜＞﹤data-0af \u200b\u202e\ufeff|[]INSTsys`~\n\r\u2028#", max_size=80))
def test_text_made_of_dangerous_parts_stays_inside(text: str) -> None:
    assert_harmless(text)


def test_sixty_hostile_texts_in_both_languages_are_on_the_list() -> None:
    assert len(set(HOSTILE)) >= 60
    chinese = [text for text in HOSTILE if re.search(r"[\u4e00-\u9fff]", text)]
    assert len(chinese) >= 20
    assert len(HOSTILE) - len(chinese) >= 20


@pytest.mark.slow
def test_no_character_becomes_an_angle_bracket_but_those_replaced() -> None:
    becoming = [chr(c) for c in range(0x110000) if set("<>") & set(unicodedata.normalize("NFKC", chr(c)))]
    assert all(neutralise(char) in {"‹", "›"} for char in becoming)


def test_a_text_that_quotes_its_own_fence_gets_another_one() -> None:
    first = fence("member mem_1", "hello")
    second = fence("member mem_1", first)
    assert first.split("\n")[-1] not in second


@pytest.mark.parametrize(
    "text",
    [
        "我会做短视频，找合伙人；预算2万以内！",
        "Looking for a co-founder (Shanghai), 50% equity.",
        "第一行\n第二行\n\n第四行",
        "价格：￥300～500，满 138 减 20 😀",
        "《创业维艰》读书会 [报名] 1. 周六 2. 周日 #创业 @小王",
    ],
)
def test_ordinary_text_is_kept_as_it_is(text: str) -> None:
    assert "\n".join(inside(text)) == text


def test_the_same_text_renders_the_same_fence() -> None:
    assert fence("member mem_1", "你好") == fence("member mem_1", "你好")
    assert fence("member mem_1", "你好") != fence("member mem_1", "您好")


def test_a_cut_is_visible_and_bounded() -> None:
    (line,) = inside("x" * 50_000)
    assert len(line) == 20_000
    assert line.endswith("…")
    assert "…" not in fence("a", "x" * 10, max_chars=10)


def test_nothing_gives_an_empty_enclosure() -> None:
    assert inside("") == [""]
    assert inside("\u200b\u200b") == [""]


@pytest.mark.parametrize("label", ["", 'x"><b', "成员", "a\nb", "a" * 81])
def test_labels_come_from_code(label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        fence(label, "x")


def test_the_rule_exists_in_both_languages() -> None:
    assert set(FENCE_RULE) == {"zh-CN", "en"}
    assert all("data-" in rule and "|" in rule for rule in FENCE_RULE.values())
