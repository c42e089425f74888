"""Nothing leaves unchecked: altered quotes, unknown ids, hidden people and private messages are dropped and counted."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from copilot.atmosphere.weekly.checks import Records, for_members, verified
from copilot.atmosphere.weekly.compose import compose
from copilot.atmosphere.weekly.models import AskedMember, Excerpt, WeeklyReport
from tests.atmosphere.weekly.facts import TEXT, excerpt, question, snapshot, step

KNOWS = "我报过美国和加拿大的商标。"
RECORDS = Records(
    messages={"m1": ("a", TEXT), "q1": ("b", "有人报过北美的商标吗？")},
    withheld=frozenset(), sentences={"s1": ("d", KNOWS)}, names={"a": "小满", "b": "阿May", "d": "老周"},
    members=frozenset("abd"), askable=frozenset("d"), events={"e1": "路演"},
    passages={"room-actions#3": step(), "stars#3": step("stars#3")},
)  # fmt: skip


def report(**values: object) -> WeeklyReport:
    asked = AskedMember(member_id="d", excerpt=excerpt("s1", "d", KNOWS))
    return compose(snapshot(**{"questions": [question(ask=[asked])], **values}))


def dropped(found: WeeklyReport) -> list[tuple[str, str, int]]:
    return [(one.kind, one.reason, one.count) for one in found.dropped]


def test_a_report_whose_records_hold_leaves_whole_with_names() -> None:
    found = verified(report(), RECORDS)
    assert dropped(found) == []
    assert found.names == {"a": "小满", "b": "阿May", "d": "老周"}
    assert found.best and found.questions[0].ask and found.actions and found.events


@pytest.mark.parametrize(
    ("records", "kind", "reason"),
    [
        (replace(RECORDS, messages={"q1": RECORDS.messages["q1"]}), "best_message", "gone"),
        (
            replace(RECORDS, messages={"q1": RECORDS.messages["q1"]}, withheld=frozenset({"m1"})),
            "best_message",
            "not_shown",
        ),
        (
            replace(RECORDS, messages={**RECORDS.messages, "m1": ("a", TEXT.replace("先", "别"))}),
            "best_message",
            "not_exact",
        ),
        (replace(RECORDS, messages={**RECORDS.messages, "m1": ("d", TEXT)}), "best_message", "not_exact"),
        (replace(RECORDS, names={"a": "小满", "d": "老周"}), "open_question", "not_shown"),
        (replace(RECORDS, names={"a": "小满", "d": "老周"}, members=frozenset("ad")), "open_question", "gone"),
        (replace(RECORDS, askable=frozenset()), "asked_member", "not_shown"),
        (replace(RECORDS, sentences={}), "asked_member", "gone"),
        (replace(RECORDS, events={}), "event", "gone"),
        (replace(RECORDS, events={"e1": "改名了"}), "event", "not_exact"),
        (replace(RECORDS, passages={"stars#3": step("stars#3")}), "action", "gone"),
    ],
)
def test_what_does_not_hold_is_dropped_and_counted(records: Records, kind: str, reason: str) -> None:
    found = verified(report(), records)
    assert (kind, reason, 1) in dropped(found)


def test_an_edited_quote_is_dropped_even_where_the_id_is_right() -> None:
    edited = report()
    edited.best[0].excerpt = Excerpt(id="m1", member_id="a", start=0, end=len(TEXT), quote=TEXT + "！")
    assert ("best_message", "not_exact", 1) in dropped(verified(edited, RECORDS))
    edited.best[0].excerpt = Excerpt(id="m1", member_id="a", start=0, end=0, quote="")
    assert ("best_message", "not_exact", 1) in dropped(verified(edited, RECORDS))


def test_an_action_must_quote_its_passage() -> None:
    edited = report()
    edited.actions[0].quote = "把吵架的人都移出去。"
    found = verified(edited, RECORDS)
    assert ("action", "not_exact", 1) in dropped(found)
    assert "移出去" not in found.model_dump_json()


def test_evidence_that_is_gone_leaves_the_figure() -> None:
    found = verified(report(best=[]), replace(RECORDS, messages={"q1": RECORDS.messages["q1"]}))
    mood = found.reading.dimensions["satisfaction"].headline
    assert (mood.value, mood.evidence) == (0.12, [])
    assert ("evidence", "gone", 1) in dropped(found)


def test_members_see_neither_names_nor_ids_nor_words() -> None:
    found = for_members(verified(report(), RECORDS))
    text = json.dumps(found.model_dump(mode="json"), ensure_ascii=False)
    for secret in ("小满", "阿May", "老周", "m1", "q1", "s1", TEXT[:6], "商标", "三个人答了一半"):
        assert secret not in text
    assert found.reading.dimensions and found.events and found.audience == "members"
