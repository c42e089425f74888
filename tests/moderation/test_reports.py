"""Members report: heard once, weighed by what became of earlier reports, named to nobody who need not know."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from pydantic_core import to_jsonable_python
from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.case_records import forget_words
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Case, Member, Message, Report
from copilot.errors import Conflict, InvalidInput, NotFound, RateLimited
from copilot.moderation.cases import CaseQueue
from copilot.moderation.decisions import DecisionDesk, Ruling
from copilot.moderation.reports import DAILY_REPORTS, ReportDesk, ReportView
from tests.moderation.conftest import Say


@pytest.fixture
def desk(store: Store) -> ReportDesk:
    return ReportDesk(store)


def tell(desk: ReportDesk, room: str, reporter: str, message_id: str, category: str = "insult") -> ReportView:
    return desk.submit(room, reporter, message_id, category, "请看一下", actor="key-1")


def case_of(store: Store, room: str, report_id: str) -> str:
    with store.read(room) as unit:
        return str(unit.get(Report, report_id).case_id)


def settle_as(store: Store, room: str, desk: ReportDesk, reporter: str, message_id: str, verdict: str) -> None:
    case_id = case_of(store, room, tell(desk, room, reporter, message_id).id)
    DecisionDesk(store).decide(room, case_id, Ruling.parse(verdict, reason="看过了"), actor="mod-1")


def test_a_report_opens_a_case_and_its_author_learns_what_becomes_of_it(
    store: Store, room: str, say: Say, desk: ReportDesk
) -> None:
    told = tell(desk, room, "bo", say("ann", "哼，就你懂"))
    assert (told.status, told.sentence) == ("received", "已收到，等待管理员查看。")
    case_id = case_of(store, room, told.id)
    case = CaseQueue(store).detail(room, case_id).case
    assert (case.detector, case.certainty, case.reports) == ("report", 0.5, 1)
    CaseQueue(store).claim(room, case_id, "mod-1")
    assert desk.get(room, told.id, "bo").status == "looked_at"
    DecisionDesk(store).decide(room, case_id, Ruling.parse("violation", "warning", "请对事不对人"), actor="mod-1")
    assert desk.get(room, told.id, "bo").status == "acted_on"
    DecisionDesk(store).undo(room, case_id, actor="mod-1")
    DecisionDesk(store).decide(room, case_id, Ruling.parse("no_violation"), actor="mod-1")
    assert desk.get(room, told.id, "bo").status == "looked_at"


def test_a_second_report_of_the_same_member_changes_nothing(
    store: Store, room: str, say: Say, desk: ReportDesk
) -> None:
    said = say("ann", "哼，就你懂")
    first = tell(desk, room, "bo", said)
    assert tell(desk, room, "bo", said, "threat") == first
    with store.read(room) as unit:
        assert unit.session.scalar(select(func.count()).select_from(Report)) == 1
        assert unit.session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_several_reports_of_one_message_are_one_case_that_grows_more_certain(
    store: Store, room: str, say: Say, desk: ReportDesk
) -> None:
    said = say("ann", "哼，就你懂")
    case_id = case_of(store, room, tell(desk, room, "bo", said).id)
    assert case_of(store, room, tell(desk, room, "cai", said, "harassment").id) == case_id
    found = CaseQueue(store).detail(room, case_id)
    # two unknown voices: 1 - 0.5 * 0.5
    assert (found.case.certainty, found.case.reports, found.voices) == (0.75, 2, 2)
    assert found.case.categories == ["harassment", "insult"]


def test_reliability_is_learnt_from_decisions_shown_with_its_n_and_only_weighs(
    store: Store, room: str, say: Say, desk: ReportDesk
) -> None:
    for number in range(3):
        settle_as(store, room, desk, "bo", say("ann", f"第{number}句坏话"), "no_violation")
        settle_as(store, room, desk, "cai", say("ann", f"第{number}句更坏的话"), "violation")
    said, other = say("ann", "你好烦"), say("ann", "走开")
    doubted, trusted = (case_of(store, room, tell(desk, room, *who).id) for who in (("bo", said), ("cai", other)))
    details = [CaseQueue(store).detail(room, case_id) for case_id in (doubted, trusted)]
    # Beta(1, 4) and Beta(4, 1)
    assert [(d.reports[0].reliability, d.reports[0].decided) for d in details] == [(0.2, 3), (0.8, 3)]
    assert [d.case.certainty for d in details] == [0.2, 0.8]


def test_accounts_that_always_report_together_count_as_one(store: Store, room: str, say: Say, desk: ReportDesk) -> None:
    brigade = ["b1", "b2", "b3", "b4"]
    with store.write(room) as unit:
        for name in brigade:
            unit.add(Member(id=name, platform="test", external_id=name, name=name, created_at=unit.now))
    said = [say("cai", f"第{number}件小事") for number in range(3)]
    for message_id in said:
        for name in brigade:
            told = tell(desk, room, name, message_id)
    tell(desk, room, "bo", said[-1])
    found = CaseQueue(store).detail(room, case_of(store, room, told.id))
    assert (found.case.reports, found.voices, found.case.certainty) == (5, 2, 0.75)


def test_who_reported_is_named_only_to_those_who_may_know(store: Store, room: str, say: Say, desk: ReportDesk) -> None:
    case_id = case_of(store, room, tell(desk, room, "bo", say("ann", "哼")).id)
    queue = CaseQueue(store)
    plain = queue.detail(room, case_id)
    assert (plain.reports[0].reporter_id, plain.reports[0].reporter_name) == (None, None)
    assert "Bo" not in json.dumps(to_jsonable_python(plain), ensure_ascii=False)
    named = queue.detail(room, case_id, with_reporters=True)
    assert (named.reports[0].reporter_id, named.reports[0].reporter_name) == ("bo", "Bo")


def test_a_members_reports_are_theirs_alone(room: str, say: Say, desk: ReportDesk) -> None:
    told = [tell(desk, room, "bo", say("ann", f"第{number}句")) for number in range(3)]
    other = tell(desk, room, "cai", say("ann", "另一句"))
    first = desk.page(room, "bo", 2, None)
    rest = desk.page(room, "bo", 2, first.next_cursor)
    assert {item.id for item in (*first.items, *rest.items)} == {item.id for item in told}
    with pytest.raises(NotFound):
        desk.get(room, other.id, "bo")
    assert desk.get(room, other.id, None) == other


def test_a_number_of_reports_a_day_is_enough_and_the_next_day_is_another(
    room: str, say: Say, desk: ReportDesk, clock: FixedClock
) -> None:
    told = [tell(desk, room, "bo", say("ann", f"第{'一' * number}句")) for number in range(1, DAILY_REPORTS + 1)]
    late = say("ann", "还有一句")
    with pytest.raises(RateLimited) as caught:
        tell(desk, room, "bo", late)
    assert caught.value.data["retry_after_seconds"] == 86_401
    assert "24 小时" in caught.value.data["sentence"]["zh-CN"]  # type: ignore[index]  # a sentence for each locale
    assert tell(desk, room, "bo", told[0].message_id) == told[0], "what was told already is answered"
    assert tell(desk, room, "cai", late).status == "received"
    clock.advance(timedelta(days=1, seconds=1))
    assert tell(desk, room, "bo", late).status == "received"


@pytest.mark.parametrize(("category", "text", "field"), [("rudeness", "", "category"), ("insult", "长" * 1001, "text")])
def test_a_report_that_makes_no_sense_is_refused(
    room: str, say: Say, desk: ReportDesk, category: str, text: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        desk.submit(room, "bo", say("ann", "哼"), category, text, actor="key-1")
    assert caught.value.data["field"] == field


def test_what_nobody_else_said_is_not_reported(
    store: Store, room: str, say: Say, desk: ReportDesk, clock: FixedClock
) -> None:
    with pytest.raises(InvalidInput, match="your own"):
        tell(desk, room, "bo", say("bo", "我说的"))
    with pytest.raises(InvalidInput, match="nobody said"):
        tell(desk, room, "bo", say("ann", "Ann 加入了群聊", kind=80))
    with pytest.raises(NotFound):
        tell(desk, room, "bo", "msg_nowhere")
    with pytest.raises(NotFound):
        tell(desk, room, "nobody", say("ann", "哼"))
    gone = say("ann", "哼")
    with store.write(room) as unit:
        unit.get(Message, gone).recalled_at = clock.now()
    with pytest.raises(Conflict, match="took this message back"):
        tell(desk, room, "bo", gone)


def test_a_report_of_a_message_that_is_taken_back_says_so(
    store: Store, room: str, say: Say, desk: ReportDesk, clock: FixedClock
) -> None:
    said = say("ann", "哼")
    told = tell(desk, room, "bo", said)
    with store.write(room) as unit:
        row = unit.get(Message, said)
        row.text, row.recalled_at = "", clock.now()
        forget_words(unit, said)
    with store.read(room) as unit:
        assert unit.session.scalars(select(Case)).all() == []
    assert desk.get(room, told.id, "bo").status == "taken_back"
