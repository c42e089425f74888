"""Claims, decisions and their undoing: one holder at a time, verdict apart from action, nothing left behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.models import Category
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Case, Decision, Message, Reading, Sanction, Strike
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.moderation.case_views import CaseView
from copilot.moderation.cases import CaseFilter
from copilot.moderation.decisions import Ruling
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.intake import open_or_join
from copilot.moderation.models import FoundBy, Severity
from copilot.moderation.service import ModerationService
from copilot.moderation.terms import Terms
from tests.moderation.conftest import Say

INSULT = "你就是个废物，滚出这个群，骗子"


@pytest.fixture
def case(say: Say, service: ModerationService, room: str) -> CaseView:
    say("ann", INSULT)
    service.read_pending(room)
    [found] = service.cases(room).items
    return found


def audit(store: Store, community: str) -> list[tuple[str, str]]:
    with store.read(community) as unit:
        rows = unit.session.scalars(select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id))
        return [(row.actor, row.action) for row in rows]


def message(store: Store, community: str, message_id: str) -> Message:
    with store.read(community) as unit:
        return unit.get(Message, message_id)


def test_a_claim_holds_for_half_an_hour(
    room: str, case: CaseView, service: ModerationService, clock: FixedClock
) -> None:
    claimed = service.claim(room, case.id, actor="mod-1")
    assert (claimed.status, claimed.claimed_by) == ("claimed", "mod-1")
    assert claimed.lease_expires_at == clock.now() + timedelta(minutes=30)
    assert claimed.first_seen_at == clock.now()
    with pytest.raises(Conflict, match="mod-1 holds this case"):
        service.claim(room, case.id, actor="mod-2")
    clock.advance(timedelta(minutes=30))
    assert service.case(room, case.id).case.status == "open"
    assert service.claim(room, case.id, actor="mod-2").claimed_by == "mod-2"


def test_the_holder_renews_without_losing_when_the_work_began(
    room: str, case: CaseView, service: ModerationService, clock: FixedClock
) -> None:
    first = service.claim(room, case.id, actor="mod-1")
    clock.advance(timedelta(minutes=10))
    again = service.claim(room, case.id, actor="mod-1")
    assert again.claimed_at == first.claimed_at
    assert again.lease_expires_at == clock.now() + timedelta(minutes=30)


def test_a_released_case_is_free_for_others(room: str, case: CaseView, service: ModerationService) -> None:
    service.claim(room, case.id, actor="mod-1")
    with pytest.raises(Conflict):
        service.release(room, case.id, actor="mod-2")
    assert service.release(room, case.id, actor="mod-1").status == "open"
    assert service.claim(room, case.id, actor="mod-2").claimed_by == "mod-2"


def test_the_default_action_is_none(store: Store, room: str, case: CaseView, service: ModerationService) -> None:
    decision = service.decide(room, case.id, Ruling.parse("violation", reason="骂人"), actor="mod-1")
    assert (decision.action, decision.effects) == ("none", [])
    assert message(store, room, case.message_id).hidden_at is None
    detail = service.case(room, case.id)
    assert detail.case.status == "decided"
    assert [d.id for d in detail.decisions] == [decision.id]


def test_nobody_decides_what_another_holds(room: str, case: CaseView, service: ModerationService) -> None:
    service.claim(room, case.id, actor="mod-1")
    with pytest.raises(Conflict, match="mod-1 holds"):
        service.decide(room, case.id, Ruling.parse("violation", reason="骂人"), actor="mod-2")
    service.decide(room, case.id, Ruling.parse("violation", reason="骂人"), actor="mod-1")


def test_a_case_is_decided_once(room: str, case: CaseView, service: ModerationService) -> None:
    service.decide(room, case.id, Ruling.parse("no_violation"), actor="mod-1")
    with pytest.raises(Conflict, match="decided, not open"):
        service.decide(room, case.id, Ruling.parse("violation", reason="骂人"), actor="mod-1")
    with pytest.raises(Conflict, match="decided, not open"):
        service.claim(room, case.id, actor="mod-2")


def test_hiding_hides_and_undoing_shows_reads_and_reopens(
    store: Store, room: str, case: CaseView, service: ModerationService, clock: FixedClock
) -> None:
    decision = service.decide(room, case.id, Ruling.parse("violation", "hide", "人身攻击"), actor="mod-1")
    hidden, strike = decision.effects
    assert hidden == {"kind": "hide_message", "message_id": case.message_id}
    assert strike["kind"] == "add_strike"
    assert message(store, room, case.message_id).hidden_at == clock.now()
    service.read_pending(room)
    with store.read(room) as unit:
        assert unit.find(Reading, case.message_id) is None
        assert unit.get(Case, case.id).status == "decided"
    reopened = service.undo(room, case.id, actor="mod-2", reason="是玩笑")
    assert (reopened.status, reopened.claimed_by, reopened.decided_at) == ("open", None, None)
    assert message(store, room, case.message_id).hidden_at is None
    service.read_pending(room)
    with store.read(room) as unit:
        assert unit.find(Reading, case.message_id) is not None
        row = unit.get(Decision, decision.id)
        assert (row.undone_by, row.undone_at) == ("mod-2", clock.now())
    assert audit(store, room) == [("mod-1", "case.decided"), ("mod-2", "decision.undone")]


def test_a_warning_is_a_strike_that_expires_and_can_be_voided(
    store: Store, room: str, case: CaseView, service: ModerationService, clock: FixedClock
) -> None:
    service.decide(room, case.id, Ruling.parse("violation", "warning", "请对事不对人"), actor="mod-1")
    with store.read(room) as unit:
        [strike] = unit.session.scalars(select(Strike)).all()
    ends = clock.now() + timedelta(days=Terms().strike_days[Severity(case.severity)])
    assert (strike.member_id, strike.expires_at, strike.voided_at) == ("ann", ends, None)
    service.undo(room, case.id, actor="mod-1")
    with store.read(room) as unit:
        assert unit.get(Strike, strike.id).voided_at == clock.now()


def test_a_mute_is_for_a_stated_time_and_nothing_is_done_to_the_member_here(
    store: Store, room: str, case: CaseView, service: ModerationService, clock: FixedClock
) -> None:
    decision = service.decide(room, case.id, Ruling.parse("violation", "mute", "第三次", mute_hours=48), actor="mod-1")
    assert decision.until == clock.now() + timedelta(hours=48)
    with store.read(room) as unit:
        [sanction] = unit.session.scalars(select(Sanction)).all()
    assert (sanction.kind, sanction.member_id, sanction.until) == ("mute", "ann", decision.until)
    assert message(store, room, case.message_id).hidden_at is None
    service.undo(room, case.id, actor="mod-2")
    with store.read(room) as unit:
        assert unit.get(Sanction, sanction.id).lifted_at == clock.now()


def test_nobody_can_be_warned_where_the_sender_is_unknown(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    say(None, INSULT)
    service.read_pending(room)
    [found] = service.cases(room).items
    with pytest.raises(InvalidInput, match="nobody to warn"):
        service.decide(room, found.id, Ruling.parse("violation", "warning", "x"), actor="mod-1")
    assert service.case(room, found.id).case.status == "open"
    assert audit(store, room) == []


def test_a_message_stays_hidden_while_another_decision_hides_it(
    store: Store, room: str, case: CaseView, service: ModerationService
) -> None:
    service.decide(room, case.id, Ruling.parse("violation", "hide", "攻击"), actor="mod-1")
    reported = CaseDraft(
        found_by=FoundBy.REPORT, category=Category.SEXUAL, evidence=(Evidence(case.message_id),), score=0.0,
        detector="report", version="1",
    )  # fmt: skip
    with store.write(room) as unit:
        second = open_or_join(unit, reported)
    assert second != case.id
    service.decide(room, second, Ruling.parse("violation", "hide", "攻击", clause_id="P1"), actor="mod-1")
    service.undo(room, case.id, actor="mod-1")
    assert message(store, room, case.message_id).hidden_at is not None
    service.undo(room, second, actor="mod-1")
    assert message(store, room, case.message_id).hidden_at is None


def test_hiding_hides_every_message_of_the_case_and_undoing_shows_them_all(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    said = [say("ann", INSULT), say("ann", INSULT + "！", channel="market")]
    service.read_pending(room)
    [found] = service.cases(room).items
    decision = service.decide(room, found.id, Ruling.parse("violation", "hide", "攻击"), actor="mod-1")
    assert [effect["message_id"] for effect in decision.effects if "message_id" in effect] == said
    assert all(message(store, room, one).hidden_at is not None for one in said)
    service.undo(room, found.id, actor="mod-1")
    assert all(message(store, room, one).hidden_at is None for one in said)


def test_undoing_twice_is_a_conflict(room: str, case: CaseView, service: ModerationService) -> None:
    with pytest.raises(Conflict, match="no decision"):
        service.undo(room, case.id, actor="mod-1")
    service.decide(room, case.id, Ruling.parse("violation", reason="骂人"), actor="mod-1")
    service.undo(room, case.id, actor="mod-1")
    with pytest.raises(Conflict, match="no decision"):
        service.undo(room, case.id, actor="mod-1")


def test_an_undone_case_can_be_decided_again(room: str, case: CaseView, service: ModerationService) -> None:
    service.decide(room, case.id, Ruling.parse("violation", "note", "提醒过"), actor="mod-1")
    service.undo(room, case.id, actor="mod-2")
    service.decide(room, case.id, Ruling.parse("no_violation"), actor="mod-2")
    decisions = service.case(room, case.id).decisions
    assert {(d.verdict, d.undone_by) for d in decisions} == {("violation", "mod-2"), ("no_violation", None)}


def test_a_recalled_message_keeps_its_decision_without_words_and_is_not_reopened(
    store: Store, room: str, case: CaseView, service: ModerationService, clock: FixedClock
) -> None:
    service.decide(room, case.id, Ruling.parse("violation", "hide", "攻击"), actor="mod-1")
    with store.write(room) as unit:
        row = unit.get(Message, case.message_id)
        row.recalled_at, row.text, row.type = clock.now(), "", 81
    service.read_pending(room)
    detail = service.case(room, case.id)
    assert (detail.case.status, detail.case.quote) == ("decided", "")
    assert service.undo(room, case.id, actor="mod-1").status == "withdrawn"


@pytest.mark.parametrize(
    ("given", "more", "field"),
    [
        (("guilty",), {}, "verdict"),
        (("violation", "ban"), {}, "action"),
        (("violation",), {}, "reason"),
        (("violation", "hide"), {}, "reason"),
        (("violation", "hide", " \x00 "), {}, "reason"),
        (("no_violation", "note"), {}, "reason"),
        (("no_violation", "hide", "x"), {}, "action"),
        (("no_violation", "removal", "x"), {}, "action"),
        (("violation", "hide", "长" * 2001), {}, "reason"),
        (("violation", "hide", "x"), {"severity": "grave"}, "severity"),
        (("violation", "mute", "x"), {}, "mute_hours"),
        (("violation", "mute", "x"), {"mute_hours": 0}, "mute_hours"),
        (("violation", "mute", "x"), {"mute_hours": 24 * 90 + 1}, "mute_hours"),
        (("violation", "hide", "x"), {"mute_hours": 1}, "mute_hours"),
    ],
)
def test_a_ruling_that_makes_no_sense_is_refused(given: tuple[str, ...], more: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Ruling.parse(*given, **more)
    assert caught.value.data["field"] == field
    assert set(caught.value.data["sentence"]) == {"zh-CN", "en"}


def test_a_violation_cites_the_clause_of_its_case_or_another_one_of_the_policy(
    room: str, case: CaseView, service: ModerationService
) -> None:
    with pytest.raises(InvalidInput, match="no clause P9") as caught:
        service.decide(room, case.id, Ruling.parse("violation", reason="x", clause_id="P9"), actor="mod-1")
    assert caught.value.data["known"] == ["P1", "P2"]
    assert service.decide(room, case.id, Ruling.parse("violation", reason="x"), actor="mod-1").clause_id == "P1"
    service.undo(room, case.id, actor="mod-1")
    cited = service.decide(room, case.id, Ruling.parse("violation", reason="x", clause_id="P2"), actor="mod-1")
    assert cited.clause_id == "P2"


def test_a_case_of_no_clause_needs_one_to_be_a_violation(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    said = say("ann", "这人住在哪我都知道")
    draft = CaseDraft(
        found_by=FoundBy.REPORT, category=Category.PRIVACY, evidence=(Evidence(said),), score=0.0, detector="report",
        version="1",
    )  # fmt: skip
    with store.write(room) as unit:
        case_id = open_or_join(unit, draft)
    with pytest.raises(InvalidInput, match="cites a clause"):
        service.decide(room, case_id, Ruling.parse("violation", reason="x"), actor="mod-1")
    assert service.decide(room, case_id, Ruling.parse("no_violation"), actor="mod-1").clause_id == ""


def test_the_severity_a_person_sees_decides_about_the_strike(
    store: Store, room: str, case: CaseView, service: ModerationService, clock: FixedClock
) -> None:
    lesser = service.decide(room, case.id, Ruling.parse("violation", "hide", "x", severity="low"), actor="mod-1")
    assert [effect["kind"] for effect in lesser.effects] == ["hide_message"], "a low one brings no strike"
    service.undo(room, case.id, actor="mod-1")
    graver = service.decide(room, case.id, Ruling.parse("violation", "hide", "x", severity="high"), actor="mod-1")
    with store.read(room) as unit:
        strike = unit.get(Strike, graver.effects[-1]["strike_id"])
    assert strike.expires_at == clock.now() + timedelta(days=180)


@pytest.mark.parametrize("actor", ["", "   ", "m" * 201])
def test_an_actor_has_a_name(room: str, case: CaseView, service: ModerationService, actor: str) -> None:
    for act in (service.claim, service.release, service.undo):
        with pytest.raises(InvalidInput, match="actor"):
            act(room, case.id, actor=actor)
    with pytest.raises(InvalidInput, match="actor"):
        service.decide(room, case.id, Ruling.parse("violation", reason="骂人"), actor=actor)


def test_what_does_not_exist_here_is_not_found(room: str, service: ModerationService) -> None:
    for act in (service.claim, service.release, service.undo):
        with pytest.raises(NotFound):
            act(room, "cas_nowhere", actor="mod-1")
    with pytest.raises(NotFound):
        service.case(room, "cas_nowhere")


def test_the_list_filters_by_status_and_category_and_pages(
    room: str, say: Say, service: ModerationService, clock: FixedClock
) -> None:
    insults = [say("ann", f"你这个废物，骗子，第{word}次了") for word in "一二三四五"]
    say("bo", "无抵押贷款，秒批50万，征信花了也能下款，加薇❤信 dk_demo_02")
    service.read_pending(room)
    found = service.cases(room, CaseFilter(category="insult"), limit=2)
    seen = [item.message_id for item in found.items]
    while found.has_more:
        found = service.cases(room, CaseFilter(category="insult"), limit=2, cursor=found.next_cursor)
        seen += [item.message_id for item in found.items]
    assert sorted(seen) == insults
    target = service.cases(room, CaseFilter(category="insult")).items[0].id
    service.claim(room, target, actor="mod-1")
    assert [c.id for c in service.cases(room, CaseFilter(status="claimed")).items] == [target]
    assert target not in [c.id for c in service.cases(room, CaseFilter(status="open")).items]
    service.decide(room, target, Ruling.parse("no_violation"), actor="mod-1")
    assert [c.id for c in service.cases(room, CaseFilter(status="decided")).items] == [target]


@pytest.mark.parametrize(
    ("wanted", "more"),
    [
        (CaseFilter(status="closed"), {}),
        (CaseFilter(category="rudeness"), {}),
        (CaseFilter(severity="grave"), {}),
        (CaseFilter(sender_id="x" * 101), {}),
        (CaseFilter(), {"sort": "random"}),
        (CaseFilter(), {"limit": 0}),
        (CaseFilter(), {"limit": 201}),
        (CaseFilter(), {"cursor": "!!"}),
    ],
)
def test_a_list_with_bad_words_is_refused(
    room: str, service: ModerationService, wanted: CaseFilter, more: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        service.cases(room, wanted, **more)


def test_a_case_shows_who_said_what_before(room: str, say: Say, service: ModerationService) -> None:
    asked = say("bo", "这个估值怎么算出来的？")
    say("cai", "我也想知道")
    said = say("ann", INSULT, reply_to=asked)
    service.read_pending(room)
    [found] = service.cases(room).items
    detail = service.case(room, found.id)
    assert [(line.message_id, line.role, line.sender_name) for line in detail.lines] == [
        (asked, "parent", "Bo"),
        ("msg_0002", "before", "Cai"),
        (said, "subject", "Ann"),
    ]
    assert detail.clause is not None
    assert detail.clause["id"] == "P1"
