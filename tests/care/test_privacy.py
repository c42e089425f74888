"""Where a call for help must never turn up: each feature is asked for it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from pydantic_core import to_jsonable_python

from copilot.care.intake import CareIntake
from copilot.care.service import CareDesk
from copilot.clock import FixedClock
from copilot.community.access import Actor
from copilot.community.conversation import count_lines, lines, newest_lines
from copilot.community.creation import create_community
from copilot.community.demand import DemandRules, questions
from copilot.community.distress import DistressKind
from copilot.community.embeddable import QUESTION, family
from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.message_view import message_in_context
from copilot.community.models import Category, CommunityConfig
from copilot.community.store import Store
from copilot.community.tables import CareItem, Erasure, Message, PrivateMessage, Reading
from copilot.moderation.cases import CaseFilter, CaseQueue
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.intake import open_or_join
from copilot.moderation.model_detectors import NAME as ROOM_MODEL
from copilot.moderation.models import FoundBy
from tests.care.conftest import LOW, Feel

MIXED = "我真的不想活了，你再逼我我就弄死你全家"
THREAT = "弄死你全家"
ASKS = "有没有人能帮帮我？我真的撑不下去了，请问各位有没有心理医生可以推荐？"


def test_no_feature_that_reads_chat_sees_it(store: Store, room: str, feel: Feel, clock: FixedClock) -> None:
    """Atmosphere (figures, evidence, alerts, quarrels), topics, matching and profiles all read chat through `visible`."""
    feel("ann")
    start, end = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    with store.read(room) as unit:
        assert list(lines(unit, start, end)) == []
        assert newest_lines(unit, 28) == []
        assert count_lines(unit, start, end) == 0


def test_it_is_nobodys_topic_and_has_no_vector(store: Store, room: str, feel: Feel) -> None:
    message_id = feel("ann", ASKS, DistressKind.ASKS_HELP)
    with store.write(room) as unit:
        unit.add(
            Reading(
                message_id=message_id, model_version="m", negative=0.8, neutral=0.1, positive=0.1, is_question=True,
                read_at=unit.now,
            )
        )  # fmt: skip
    with store.read(room) as unit:
        assert questions(newest_lines(unit, 28), DemandRules()) == []
        assert unit.session.execute(family(unit, QUESTION).statement).all() == []


def test_whoever_is_given_its_id_is_shown_nothing(store: Store, room: str, feel: Feel) -> None:
    message_id = feel("ann")
    with store.read(room) as unit:
        shown = message_in_context(unit, message_id, 5, 5).message
    assert (shown.text, shown.withheld, shown.withheld_sentence) == ("", "private", "这条消息的内容不在这里显示。")


@pytest.mark.parametrize(
    ("found_by", "detector", "quote"),
    [(FoundBy.SIGNAL, "threat", THREAT), (FoundBy.SIGNAL, ROOM_MODEL, ""), (FoundBy.REPORT, "report", "")],
)
def test_a_threat_beside_it_is_a_case_that_quotes_the_threat_alone(
    store: Store, room: str, feel: Feel, found_by: FoundBy, detector: str, quote: str
) -> None:
    message_id = feel("ann", MIXED)
    start = MIXED.index(THREAT) if detector == "threat" else 0
    evidence = Evidence(message_id, start, start + len(THREAT) if detector == "threat" else None)
    draft = CaseDraft(found_by, Category.THREAT, (evidence,), 0.9, detector, "1")
    with store.write(room) as unit:
        case_id = open_or_join(unit, draft)
    queue = CaseQueue(store)
    [row] = queue.page(room, CaseFilter(), 10, None).items
    assert (row.excerpt, row.quote) == (quote, quote)
    detail = queue.detail(room, case_id)
    assert [line.text for line in detail.lines] == ["这条消息的内容不在这里显示。"]
    assert "不想活" not in json.dumps(to_jsonable_python(detail), ensure_ascii=False)


def test_it_is_no_context_of_anothers_case(store: Store, room: str, feel: Feel) -> None:
    private = feel("ann")
    plain = feel("bo", "你这个蠢货", DistressKind.ASKS_HELP)
    with store.write(room) as unit:
        CareIntake().take(unit, unit.get_many(Message, [plain]), {})
        evidence = Evidence(plain, 0, 5, (private,))
        case_id = open_or_join(unit, CaseDraft(FoundBy.SIGNAL, Category.INSULT, (evidence,), 0.9, "insult", "1"))
    lines_shown = {line.message_id: line.text for line in CaseQueue(store).detail(room, case_id).lines}
    assert lines_shown == {private: "这条消息的内容不在这里显示。", plain: "你这个蠢货"}


def test_neither_exports_nor_the_proof_of_an_erasure_tell_of_it(
    store: Store, room: str, desk: CareDesk, carer: Actor, feel: Feel
) -> None:
    message_id = feel("ann")
    care_id = desk.page(carer).items[0].id
    desk.note(carer, care_id, "只给同伴看")
    with store.read(room) as unit:
        told = json.dumps(export_member(unit, "ann"), ensure_ascii=False)
    assert LOW in told  # the message is the member's own
    assert not any(word in told for word in ("care", care_id, "self_harm", "只给同伴看"))
    erasure_id = erase_member(store, room, "ann", requested_by="key")
    with store.read(room) as unit:
        assert not any("care" in name for name in unit.get(Erasure, erasure_id).counts)
        assert unit.find(CareItem, care_id) is None
        assert unit.find(PrivateMessage, message_id) is None
    assert desk.page(carer).items == []


def test_another_community_sees_nothing(store: Store, room: str, desk: CareDesk, carer: Actor, feel: Feel) -> None:
    feel("ann")
    create = CommunityConfig(slug="elsewhere", name="Elsewhere", locale="en")
    foreign = Actor(create_community(store, create), "x", carer.role, carer.scopes, "key_x")
    assert desk.page(foreign).items == []
    assert desk.people(foreign) == []
