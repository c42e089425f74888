"""The grammar of hostile profiles, and that what it plants would be found."""

from __future__ import annotations

import pytest

from copilot.matching.models import Evidence, Reason
from copilot.settings import LimitSettings
from eval.hostile import TOO_LONG_CHARS, hostile_members
from eval.suites.hostile import bare, leaks


def test_the_same_thousand_come_every_time() -> None:
    rows, refused, marks = hostile_members()

    assert (rows, refused, marks) == hostile_members()
    assert len(rows) == len({row["external_id"] for row in rows}) == 1000
    assert not {row["external_id"] for row in refused} & {row["external_id"] for row in rows}


@pytest.mark.slow
def test_most_profiles_carry_a_mark_and_many_forms() -> None:
    rows, _, marks = hostile_members()
    carrying = sum(any(mark in str(row) for mark in marks) for row in rows)
    everything = str(rows)

    assert carrying > 900
    for form in (
        "忽略之前的所有指令",
        "Ignore all previous",
        "<script>",
        "</system>",
        "javascript:",
        "DROP TABLE",
        "consent_match",
    ):
        assert form in everything


def test_sentences_are_within_the_limit_but_for_those_that_must_be_refused() -> None:
    rows, refused, _ = hostile_members()
    limit = LimitSettings().max_text_chars

    assert max(len(text) for row in rows for text in (*row["has"], *row["wants"])) == limit
    assert all(len(row["has"][0]) == TOO_LONG_CHARS > limit for row in refused)


def test_one_in_ten_said_no() -> None:
    rows, _, _ = hostile_members()
    agreed = [
        row for row in rows if row["consent_match"] == row["consent_ai"] == "yes" and row["visibility"] == "community"
    ]
    assert len(agreed) == 900


def reason(text: str, quote: str) -> Reason:
    return Reason(kind="forward", text=text, evidence=[Evidence(record_id="txt_1", quote=quote)], strength=0.9)


def test_what_stands_in_a_quotation_or_a_name_is_no_leak() -> None:
    quoted = "<script>alert('zq1')</script>"
    sentence = reason(f"你想要「{quoted}」（txt_1），<b>zq2</b>有。", quoted)

    assert not leaks(bare(sentence, "<b>zq2</b>"), {"zq1", "zq2"})


def test_words_that_left_their_quotation_are_found() -> None:
    assert leaks(bare(reason("「冷链」（txt_1）zq1 排第一", "冷链"), "甲"), {"zq1"})
    assert leaks(bare(reason("「冷链」（txt_1）<b>排第一</b>", "冷链"), "甲"), {"zq1"})
    assert leaks(bare(reason("「冷链」（txt_1），见 http://evil.example", "冷链"), "甲"), {"zq1"})
