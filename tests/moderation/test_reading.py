"""From waiting messages to readings and cases: complete, once, and whatever dies in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import Case, CaseItem, Community, Member, Message, Reading, StaleMark
from copilot.errors import InvalidInput
from copilot.moderation.cascade import Cascade
from copilot.moderation.models import MessageInput, MessageReading
from copilot.moderation.reading import PendingReader
from copilot.moderation.service import ModerationService
from tests.moderation.conftest import Say

INSULT = "你就是个废物，滚出这个群，骗子"
SCAM = "无抵押贷款，秒批50万，征信花了也能下款，加薇❤信 dk_demo_02"


def read_all(service: ModerationService, community: str) -> int:
    taken = 0
    while report := service.read_pending(community):
        if not report.taken:
            return taken
        taken += report.taken
    return taken


def cases(store: Store, community: str) -> list[Case]:
    with store.read(community) as unit:
        return list(unit.session.scalars(select(Case).order_by(Case.message_id, Case.category)))


def reading(store: Store, community: str, message_id: str) -> Reading | None:
    with store.read(community) as unit:
        return unit.find(Reading, message_id)


def waiting(store: Store, community: str) -> int:
    with store.read(community) as unit:
        count = select(func.count()).select_from(StaleMark).where(StaleMark.purpose == "reading")
        return unit.session.scalar(count) or 0


def test_a_waiting_message_gets_a_reading_and_its_mark_goes(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    said = say("ann", "请问哪家银行开户快？有人做过吗")
    report = service.read_pending(room)
    assert (report.taken, report.read, report.cases, report.remaining) == (1, 1, 0, 0)
    row = reading(store, room, said)
    assert row is not None
    assert row.is_question
    assert row.language == "zh"
    assert row.stage == "local"
    assert row.model_version == service.model_version
    assert abs(row.negative + row.neutral + row.positive - 1) < 1e-3


def test_with_nothing_waiting_nothing_happens(room: str, service: ModerationService) -> None:
    report = service.read_pending(room)
    assert (report.taken, report.read, report.cases) == (0, 0, 0)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_batch_size_out_of_bounds_is_refused(room: str, service: ModerationService, limit: int) -> None:
    with pytest.raises(InvalidInput, match="limit"):
        service.read_pending(room, limit=limit)


def test_an_insult_opens_a_case_that_quotes_the_stored_text_exactly(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    lines = [say("bo", text) for text in ("早", "会议改到三点", "好的", "资料在群文件", "收到", "我晚点看", "辛苦了")]
    said = say("ann", "  " + INSULT, reply_to=lines[0])
    read_all(service, room)
    [case] = cases(store, room)
    assert (case.message_id, case.category, case.member_id, case.clause_id) == (said, "insult", "ann", "P1")
    assert case.status == "open"
    assert case.quote == ("  " + INSULT)[case.evidence_start : case.evidence_end]
    assert case.quote
    assert 0 < case.score <= 1
    assert case.severity == "medium"
    assert case.context_ids == [lines[0], *lines[2:]]


def test_evidence_in_a_disguised_text_is_a_span_of_what_was_stored(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    say("ann", SCAM)
    read_all(service, room)
    found = {case.category: case for case in cases(store, room)}
    assert "scam" in found
    for case in found.values():
        assert case.quote == SCAM[case.evidence_start : case.evidence_end]
    assert found["scam"].clause_id == "P2"
    assert "薇❤信" in found["scam"].quote


def test_reading_again_changes_nothing(store: Store, room: str, say: Say, service: ModerationService) -> None:
    said = [say("ann", INSULT), say("bo", "早上好")]
    read_all(service, room)
    before = [(c.id, c.score, c.quote, c.created_at) for c in cases(store, room)]
    with store.write(room) as unit:
        unit.mark_stale([("reading", "message", message_id) for message_id in said])
    report = service.read_pending(room)
    assert (report.taken, report.cases) == (2, 0)
    assert [(c.id, c.score, c.quote, c.created_at) for c in cases(store, room)] == before


def test_an_unchanged_reading_marks_no_vector(store: Store, room: str, say: Say, service: ModerationService) -> None:
    said = say("ann", "有人用过这家的云吗？冷启动多久")
    read_all(service, room)
    with store.write(room) as unit:
        for mark in unit.session.scalars(select(StaleMark)).all():
            unit.session.delete(mark)
        unit.mark_stale([("reading", "message", said)])
    service.read_pending(room)
    with store.read(room) as unit:
        assert list(unit.session.scalars(select(StaleMark.purpose))) == []


def test_a_recalled_message_leaves_neither_reading_nor_words(
    store: Store, room: str, say: Say, service: ModerationService, clock: FixedClock
) -> None:
    said = say("ann", INSULT)
    read_all(service, room)
    with store.write(room) as unit:
        message = unit.get(Message, said)
        message.recalled_at, message.text, message.type = clock.now(), "", 81
    read_all(service, room)
    assert reading(store, room, said) is None
    assert cases(store, room) == []


def test_a_hidden_message_has_no_reading_and_its_open_case_is_withdrawn_until_it_is_shown(
    store: Store, room: str, say: Say, service: ModerationService, clock: FixedClock
) -> None:
    said = say("ann", INSULT)
    read_all(service, room)
    with store.write(room) as unit:
        unit.get(Message, said).hidden_at = clock.now()
    report = service.read_pending(room)
    assert report.withdrawn == 1
    assert reading(store, room, said) is None
    assert [case.status for case in cases(store, room)] == ["withdrawn"]
    with store.write(room) as unit:
        unit.get(Message, said).hidden_at = None
    report = service.read_pending(room)
    assert report.cases == 1
    assert [case.status for case in cases(store, room)] == ["open"]
    assert reading(store, room, said) is not None


def test_an_edited_message_refreshes_or_withdraws_its_case(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    said = say("ann", INSULT)
    read_all(service, room)
    with store.write(room) as unit:
        unit.get(Message, said).text = "我说一句：" + INSULT
    read_all(service, room)
    [case] = cases(store, room)
    assert case.quote == ("我说一句：" + INSULT)[case.evidence_start : case.evidence_end]
    with store.write(room) as unit:
        unit.get(Message, said).text = "谢谢大家，今天很开心"
    read_all(service, room)
    assert [case.status for case in cases(store, room)] == ["withdrawn"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "kind"), [("Ann 加入了群聊", 80), ("", 0), ("   ", 0), ("[图片]", 1), ("[语音]", 2), ("", 81)]
)
def test_what_nobody_said_is_not_read(
    store: Store, room: str, say: Say, service: ModerationService, text: str, kind: int
) -> None:
    said = say("ann", text, kind=kind)
    assert service.read_pending(room).taken == 1
    assert reading(store, room, said) is None
    assert waiting(store, room) == 0


def test_no_model_reads_a_member_who_did_not_consent_but_rules_still_protect_the_room(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    insult, scam = say("quiet", INSULT), say("quiet", SCAM)
    read_all(service, room)
    assert reading(store, room, insult) is None
    assert reading(store, room, scam) is None
    found = cases(store, room)
    assert {case.message_id for case in found} == {scam}
    assert all(case.detector.endswith("-rules") for case in found)


def test_withdrawn_consent_takes_the_readings_away(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    said = say("ann", "太好了，终于签约了")
    read_all(service, room)
    with store.write(room) as unit:
        unit.get(Member, "ann").consent_ai = False
    read_all(service, room)
    assert reading(store, room, said) is None


def test_a_message_that_changes_while_it_is_read_is_left_for_the_next_round(
    store: Store, room: str, say: Say, cascade: Cascade
) -> None:
    said = say("ann", INSULT)

    class EditedMeanwhile:
        """The real cascade, but the author edits the message while it works."""

        version = cascade.version
        detector_names = cascade.detector_names

        def read(self, messages: list[MessageInput]) -> list[MessageReading]:
            found = cascade.read(messages)
            with store.write(room) as unit:
                unit.get(Message, said).text = "对不起，我收回刚才的话"
            return found

        def weigh(self, *given: object) -> MessageReading:
            return cascade.weigh(*given)  # type: ignore[arg-type]  # handed through as it came

    report = PendingReader(store, EditedMeanwhile()).read(room, 10)  # type: ignore[arg-type]  # same shape as Cascade
    assert (report.taken, report.read, report.cases, report.remaining) == (1, 0, 0, 1)
    assert cases(store, room) == []
    PendingReader(store, cascade).read(room, 10)
    assert cases(store, room) == []
    assert reading(store, room, said) is not None


def test_a_kill_between_reading_and_writing_loses_and_doubles_nothing(
    store: Store, room: str, say: Say, cascade: Cascade, service: ModerationService
) -> None:
    for _ in range(5):
        say("ann", INSULT)

    class Killed(Exception):
        """Stands for a process that ends here."""

    class DiesAtOnce:
        version = cascade.version
        detector_names = cascade.detector_names

        def read(self, messages: list[MessageInput]) -> list[MessageReading]:
            raise Killed

    with pytest.raises(Killed):
        PendingReader(store, DiesAtOnce()).read(room, 10)  # type: ignore[arg-type]  # same shape as Cascade
    assert waiting(store, room) == 5
    assert read_all(service, room) == 5
    [case] = cases(store, room)
    with store.read(room) as unit:
        items = unit.session.scalars(select(CaseItem).where(CaseItem.category == "insult")).all()
    assert len({item.message_id for item in items}) == 5
    assert {item.case_id for item in items} == {case.id}
    assert waiting(store, room) == 0


def test_marks_of_messages_that_are_gone_are_cleared(store: Store, room: str, service: ModerationService) -> None:
    with store.write(room) as unit:
        unit.mark_stale([("reading", "message", "msg_gone")])
    assert service.read_pending(room).taken == 1
    assert waiting(store, room) == 0


def test_messages_of_another_version_are_read_again_on_request(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    said = [say("ann", "早上好"), say("bo", "收到")]
    read_all(service, room)
    assert service.mark_outdated(room) == 0
    with store.write(room) as unit:
        unit.get(Reading, said[0]).model_version = "cascade-before"
    assert service.mark_outdated(room) == 1
    read_all(service, room)
    row = reading(store, room, said[0])
    assert row is not None
    assert row.model_version == service.model_version


def test_a_burst_of_messages_is_one_case(
    store: Store, room: str, say: Say, service: ModerationService, clock: FixedClock
) -> None:
    start = clock.now()
    for number in range(14):
        say("ann", f"第{number}个字", at=start + timedelta(seconds=3 * number))
    for number in range(9):
        say("bo", f"说慢一点{number}", at=start + timedelta(seconds=3 * number))
    read_all(service, room)
    found = cases(store, room)
    assert [(case.category, case.member_id) for case in found] == [("spam", "ann")]
    late = reading(store, room, "msg_0014")
    assert late is not None
    assert "spam" in late.categories


def test_an_offer_that_was_asked_for_is_no_advert(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    offer = "我们做代账，200/月起，需要的老板加我微信细聊"
    say("bo", "有没有靠谱的代账公司推荐？怎么联系")
    say("cai", offer)
    read_all(service, room)
    assert cases(store, room) == []
    for number in range(6):
        say("bo", f"今天第{number}批货已经发走了")
    say("cai", offer.replace("200", "180"))
    read_all(service, room)
    assert [case.category for case in cases(store, room)] == ["unsolicited_promotion"]


def test_a_channel_for_promotion_takes_plain_offers_but_no_scams(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    say("bo", "我们是源头工厂，承接各类礼品定制，欢迎各位老板咨询，电话138****6621", channel="market")
    scam = say("cai", SCAM, channel="market")
    read_all(service, room)
    assert {case.message_id for case in cases(store, room)} == {scam}


def test_the_same_advert_for_the_third_time_is_spam_wherever_it_is_pasted(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    text = "周五晚上有一场线上分享，主题是跨境收款踩过的坑，欢迎来听"
    say("ann", text)
    say("ann", text + "！", channel="market")
    third = say("ann", text + "🔥🔥")
    read_all(service, room)
    assert [(case.category, case.message_id) for case in cases(store, room)] == [("spam", third)]


def test_other_communities_are_not_touched(
    store: Store, room: str, say: Say, service: ModerationService, clock: FixedClock
) -> None:
    with store.system(write=True) as session:
        session.add(Community(id="d", slug="other", name="Other", locale="en", created_at=clock.now()))
    say("ann", INSULT)
    assert service.read_pending("d").taken == 0
    assert waiting(store, room) == 1
