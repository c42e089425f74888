"""A model words reasons around placeholders; what it gets wrong is thrown away sentence by sentence. It is scripted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from copilot.assets import prompts_dir
from copilot.clock import FixedClock
from copilot.community.tables import Community, Match
from copilot.errors import InvalidInput, ModelUnavailable
from copilot.llm.endpoint import Endpoint
from copilot.llm.scripted import ScriptedChatModel
from copilot.llm.structured import StructuredModel
from copilot.llm.usage import MemoryCallLedger
from copilot.matching.models import Evidence, MatchList, Reason
from copilot.matching.reason_writer import ReasonWriter, Told, bound
from copilot.matching.service import MatchingService, MatchOptions
from copilot.prompts import PromptLibrary
from tests.matching.conftest import COLD, TRUCK, World

GOOD = ["你缺的正好[NAME]有：要的是[E1]，那边有[E2]。", "反过来，[NAME]在等[E3]，而你有[E4]，对得上。"]


class Desk:
    """The service with a scripted model."""

    def __init__(self, world: World, clock: FixedClock, answers: Sequence[Any]) -> None:
        self.chat = ScriptedChatModel(answers=list(answers))
        self.ledger = MemoryCallLedger()
        model = StructuredModel(Endpoint(self.chat, "scripted"), self.ledger, clock)
        writer = ReasonWriter(PromptLibrary.load(prompts_dir()), model)
        self.service = MatchingService(world.store, world.index, world.embedder, writer=lambda: writer)

    def match(self, n: int = 1) -> MatchList:
        return self.service.match("c", "mem_hotpot", n=n, options=MatchOptions(wording="model"))


def answer_of(*sentences: str) -> str:
    words = [{"reason": f"R{number}", "sentence": text} for number, text in enumerate(sentences, start=1)]
    return json.dumps({"sentences": words}, ensure_ascii=False)


def test_the_models_sentences_carry_exact_quotes_and_ids(pair: World, clock: FixedClock) -> None:
    desk = Desk(pair, clock, [answer_of(*GOOD)])
    plain = pair.service.match("c", "mem_hotpot", n=1).items[0]
    found = desk.match()
    reasons = found.items[0].reasons
    assert found.degraded is None
    assert [reason.worded_by for reason in reasons] == ["model", "model", "template"]
    assert [reason.evidence for reason in reasons] == [reason.evidence for reason in plain.reasons]
    for reason in reasons:
        for evidence in reason.evidence:
            assert evidence.quote in reason.text and evidence.record_id in reason.text
    assert reasons[0].text != plain.reasons[0].text and "trucker" in reasons[0].text
    (call,) = desk.ledger.calls.values()
    assert (call.feature, call.prompt_id, call.community_id) == ("matching:reasons", "matching/reasons", "c")
    with pair.store.read("c") as unit:
        stored = unit.session.scalars(select(Match).where(Match.target_id == "mem_trucker")).one()
    assert stored.reasons == [reason.model_dump(mode="json") for reason in reasons]


def test_members_words_reach_the_model_only_inside_fences_and_names_and_ids_not_at_all(
    pair: World, clock: FixedClock
) -> None:
    desk = Desk(pair, clock, [answer_of(*GOOD)])
    desk.match()
    system, user = (str(message.content) for message in desk.chat.seen[0][:2])
    outside = system + "".join(part for part in user.split("\n") if not part.startswith("| "))
    for text in (*COLD, *TRUCK):
        assert text not in outside and f"| {text}" in user
    for hidden in ("trucker", "mem_", "hotpot-wants-0"):
        assert hidden not in system + user


def test_a_sentence_that_breaks_a_rule_is_replaced_by_itself(pair: World, clock: FixedClock) -> None:
    desk = Desk(pair, clock, [answer_of(GOOD[0], "反过来，对方给你「三折」[E3][E4]")])
    found = desk.match()
    assert [reason.worded_by for reason in found.items[0].reasons] == ["model", "template", "template"]
    assert found.degraded is not None and found.degraded.code == "sentences_rejected" and "1" in found.degraded.message


@pytest.mark.parametrize(
    "answers",
    [[ModelUnavailable("down")], ["no json at all", "again none"], [answer_of("没有占位。", "也没有。")]],
)
def test_without_a_usable_answer_the_templates_stand_and_the_list_says_so(
    pair: World, clock: FixedClock, answers: list[Any]
) -> None:
    found = Desk(pair, clock, answers).match()
    plain = pair.service.match("c", "mem_hotpot", n=1)
    assert found.items == plain.items and found.degraded is not None and found.degraded.message


def test_without_a_model_the_templates_stand_and_the_list_says_so(pair: World) -> None:
    found = pair.service.match("c", "mem_hotpot", n=1, options=MatchOptions(wording="model"))
    assert found.degraded is not None and found.degraded.code == "no_model"
    bare = ReasonWriter(PromptLibrary.load(prompts_dir()), None)
    worded = bare.write("c", "zh-CN", found.items, {})
    assert worded.items == found.items and worded.degraded == found.degraded
    assert bare.write("c", "zh-CN", [], {}).degraded is None
    assert pair.service.match("c", "mem_hotpot", n=1).degraded is None


def test_more_than_ten_are_not_worded_at_once(pair: World) -> None:
    with pytest.raises(InvalidInput) as caught:
        pair.service.match("c", "mem_hotpot", n=11, options=MatchOptions(wording="model"))
    assert caught.value.data == {"field": "n", "limit": 10}


def test_an_english_community_gets_english_sentences(pair: World, clock: FixedClock) -> None:
    with pair.store.write("c") as unit:
        unit.session.get_one(Community, "c").locale = "en"
    desk = Desk(pair, clock, [answer_of("[NAME] may have what you need: [E1] meets [E2].", "你有[E4]，对方要[E3]。")])
    reasons = desk.match().items[0].reasons
    assert [reason.worded_by for reason in reasons][:2] == ["model", "template"]
    assert f"“{COLD[0]}” (hotpot-wants-0)" in reasons[0].text or f"“{TRUCK[0]}” (trucker-wants-0)" in reasons[0].text


TOLD = Told(
    Reason(kind="forward", text="x", strength=0.9, evidence=[Evidence(record_id="w", quote="要车"), Evidence(record_id="h", quote="有车")]),
    "老陈", {"E1": Evidence(record_id="w", quote="要车"), "E2": Evidence(record_id="h", quote="有车")},
)  # fmt: skip
RECORDS = {"w": "我要车", "h": "我有车"}


@pytest.mark.parametrize(
    "sentence",
    [
        "你要[E1]。", "你要[E1]，有[E2]，还有[E2]。", "你要[E1]，[E3]有[E2]。", "[NAME]有[E2]，[NAME]要[E1]。", "[E1][E2]",
        "你要[E1]，有[E2]，三天内打 138 0013 8000。", "你要[E1]，有[E2]，加微信 abcdef99。", "你要[E1]，有[E2]，见 https://a.example 。",
        "你要[E1]，老王说「包你满意」，有[E2]。", "你要[E1]，\n有[E2]。", "<b>你要</b>[E1]，有[E2]。", "You want [E1] and get [E2].",
        "你要[E1]，有[E2]，" + "好" * 200, "你要[E1]，有[E2]，三折优惠 30%。", "你要[E1]，有[E2]，见R2。",
    ],
)  # fmt: skip
def test_sentences_that_break_a_rule_are_refused(sentence: str) -> None:
    assert bound(TOLD, sentence, "zh-CN", RECORDS) is None


def test_a_quote_that_stands_in_no_record_is_refused_however_well_worded() -> None:
    good = "你要[E1]，[NAME]有[E2]。"
    made = bound(TOLD, good, "zh-CN", RECORDS)
    assert made is not None and made.text == "你要「要车」（w），老陈有「有车」（h）。"
    assert bound(TOLD, good, "zh-CN", {"w": "我要车", "h": "没有了"}) is None
    assert bound(TOLD, good, "zh-CN", {"w": "我要车"}) is None
