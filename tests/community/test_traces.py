"""What is removed of a member from a document, and what must survive it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.community.traces import ERASED, Traces

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["mem_1", "Tom", "to", "msg_2 x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "name", "to", "mem_1"]), inner),
    max_leaves=12,
)


def traces(*texts: str, name: str = "Tom", ids: tuple[str, ...] = ("mem_1", "msg_2")) -> Traces:
    return Traces.of(ids, [name], texts)


def test_a_short_text_leaves_keys_codes_and_other_peoples_sentences_whole() -> None:
    document = {
        "id": "plan_1", "host": {"id": "mem_1", "name": "Tom"}, "to_confirm": True, "tools": ["photo"], "kind": "to",
        "goal": "to meet", "title": "Go to market",
    }  # fmt: skip
    assert traces("to", "photo").scrub(document) == {**document, "host": {"id": "erased", "name": ERASED}}


@pytest.mark.parametrize(
    ("name", "field", "text", "left"),
    [
        ("Tom", "goal", "Ask Tom, not Tomato or atom", f"Ask {ERASED}, not Tomato or atom"),
        ("Tom", "goal", "请Tom来讲", f"请{ERASED}来讲"),
        ("小明", "goal", "请小明来讲", f"请{ERASED}来讲"),
        ("to", "goal", "to_confirm stays, to goes", f"to_confirm stays, {ERASED} goes"),
        ("Shanghai", "timezone", "Asia/Shanghai", "Asia/Shanghai"),
        ("00", "starts_at", "2026-11-21T14:00:00+08:00", "2026-11-21T14:00:00+08:00"),
        ("member", "kind", "member", "member"),
        ("member", "name", "member", ERASED),
        ("member", "owner", "member", ERASED),
        ("A", "name", "A", ERASED),
        ("A", "goal", "A plan", "A plan"),
        ("", "goal", "nobody", "nobody"),
        ("C++ (Ann)", "goal", "ask C++ (Ann) about it", f"ask {ERASED} about it"),
    ],
)
def test_a_name_goes_as_a_word_of_its_own(name: str, field: str, text: str, left: str) -> None:
    assert traces(name=name).scrub({field: text}) == {field: left}


def test_a_text_goes_where_it_is_all_of_a_value_or_long() -> None:
    long = "高原蔬菜的产地价我能直接跟"
    document = {"quote": "怎么报税？", "lead": f"有人说「{long}」", "aside": "问怎么报税？的人", "link": "x"}
    assert traces(long, "怎么报税？").scrub(document) == {
        "quote": ERASED, "lead": f"有人说「{ERASED}」", "aside": "问怎么报税？的人", "link": "x",
    }  # fmt: skip
    assert traces("ok").scrub({"quote": "ok", "state": "ok"}) == {"quote": ERASED, "state": "ok"}


def test_ids_go_wherever_they_stand_and_as_keys_only_when_they_are_all_of_it() -> None:
    document = {"mem_1": 1, "msg_2": 2, "mem_10": 3, "mentions": ["mem_1", "mem_2"], "note": "see mem_1/msg_2"}
    assert traces().scrub(document) == {
        "erased-1": 1, "erased-2": 2, "mem_10": 3, "mentions": ["erased", "mem_2"], "note": "see erased/erased",
    }  # fmt: skip


def test_what_a_record_of_the_member_says_goes_and_its_excerpt_elsewhere_too() -> None:
    excerpt = "在云南种了十二年高原蔬菜"
    pick = {"kind": "member", "id": "mem_1", "name": "别名", "why": excerpt, "alias": "S1", "score": 0.5}
    left = traces(excerpt + "，能签产地价").scrub({"speaker": pick, "post": f"嘉宾{excerpt}。", "n": None})
    assert left == {
        "speaker": {"kind": "member", "id": "erased", "name": ERASED, "why": ERASED, "alias": "S1", "score": 0.5},
        "post": f"嘉宾{ERASED}。", "n": None,
    }  # fmt: skip


def test_parts_name_the_places_and_hold_nothing_of_others() -> None:
    document = {
        "speaker": {"kind": "member", "id": "mem_1", "name": "Tom", "why": "knows tax"},
        "agenda": [{"text": "Ann introduces Tom to Bob"}], "ids": ["mem_3", "mem_1"],
    }  # fmt: skip
    assert traces().parts(document) == [
        {"path": "speaker", "value": document["speaker"]},
        {"path": "agenda[0].text", "value": ["Tom"]},
        {"path": "ids[1]", "value": ["mem_1"]},
    ]
    assert traces().parts({"text": "Ann and Bob", "kind": "to"}) == []


@pytest.mark.slow
@given(JSON)
def test_scrubbing_twice_changes_nothing_more_and_nothing_is_left_to_show(document: Any) -> None:
    mine = traces("to", "Tom said a long thing")
    once = mine.scrub(document)
    assert mine.scrub(once) == once
    assert mine.parts(once) == []
    assert "mem_1" not in repr(once).replace("'mem_10'", "")
