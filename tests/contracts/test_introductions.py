"""On every database: two words at once end in one state, contacts stay with the two, and nothing outlives a member."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.access import ROLE_SCOPES, Actor
from copilot.community.contact_details import contacts_of, state_contacts
from copilot.community.erasure import erase_member
from copilot.community.import_options import ImportOptions
from copilot.community.importing import ImportService
from copilot.community.member_export import export_member
from copilot.community.models import Role
from copilot.community.store import Store, Unit
from copilot.community.tables import Introduction, Match, MatchFeedback, Member, PairRule, ProfileText, ScoreWeights
from copilot.errors import Collision, Conflict, CopilotError
from copilot.matching.learning.fitting import LearningRules
from copilot.matching.learning.service import WeightService
from copilot.matching.models import Verdict
from copilot.matching.proposing.proposals import record_feedback
from copilot.matching.records import match_id
from copilot.matching.relations.introduction_models import DeclineReason, IntroductionRules, Reply, Said
from copilot.matching.relations.introduction_service import IntroductionService
from copilot.matching.relations.introductions import hear, lock_members
from copilot.matching.scores.scoring import Weights
from copilot.settings import LimitSettings
from tests.conftest import NOW
from tests.contracts.conftest import member

RULES = IntroductionRules()
SECRET = "wx-of-bo"
WANT, OFFER = "想要一路冷得住的冷链运输", "二十八台冷藏车"


def as_member(member_id: str) -> Actor:
    return Actor("a", "m", Role.MEMBER, ROLE_SCOPES[Role.MEMBER], f"key_{member_id}", member_id)


def propose(unit: Unit, asker: str, target: str) -> str:
    record_id = match_id("a", asker, "member", target)
    quotes = [{"record_id": "txt_ann", "quote": WANT}, {"record_id": "txt_bo", "quote": OFFER}]
    text = f"「{WANT}」（txt_ann）「{OFFER}」（txt_bo）"
    unit.add(
        Match(
            id=record_id, member_id=asker, kind="member", target_id=target, score=0.7,
            components={"forward": 0.8, "backward": 0.6, "city": 1.0}, status="proposed", created_at=NOW, updated_at=NOW,
            reasons=[{"kind": "forward", "text": text, "evidence": quotes, "strength": 0.8}],
        )
    )  # fmt: skip
    return record_id


@pytest.fixture
def store(any_store: Store) -> Store:
    with any_store.write("a") as unit:
        for name in ("ann", "bo", "cy"):
            unit.add(Member(**member(name, consent_match=True)))
        unit.session.flush()
        unit.add(ProfileText(id="txt_ann", member_id="ann", aspect="wants", position=0, text=WANT))
        unit.add(ProfileText(id="txt_bo", member_id="bo", aspect="has", position=0, text=OFFER))
        state_contacts(unit, "bo", {"wechat": SECRET})
        for asker, target in (("ann", "bo"), ("bo", "ann")):
            propose(unit, asker, target)
    return any_store


def say(store: Store, asker: str, target: str, verdict: Verdict) -> str | None:
    found = match_id("a", asker, "member", target)
    return record_feedback(store, "a", found, asker, Said(verdict), RULES).introduction_id


def together(*acts: Callable[[], object]) -> list[CopilotError | None]:
    """Run all at once; return what each raised."""
    raised: list[CopilotError | None] = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], object]) -> None:
        ready.wait()
        try:
            act()
        except CopilotError as error:
            raised[number] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


def rows(store: Store) -> list[Introduction]:
    with store.read("a") as unit:
        return list(unit.session.scalars(select(Introduction)))


def test_two_who_say_yes_to_each_other_at_once_are_connected_once(store: Store) -> None:
    raised = together(lambda: say(store, "ann", "bo", Verdict.ACCEPT), lambda: say(store, "bo", "ann", Verdict.ACCEPT))
    assert raised == [None, None]
    assert [row.status for row in rows(store)] == ["connected"]
    with store.read("a") as unit:
        assert {row.status for row in unit.session.scalars(select(Match))} == {"accepted"}


def test_two_answers_at_once_end_in_one_state(store: Store) -> None:
    introduction_id = say(store, "ann", "bo", Verdict.ACCEPT)
    assert introduction_id is not None
    service, bo = IntroductionService(store), as_member("bo")
    raised = together(
        lambda: service.answer("a", introduction_id, bo, Reply.ACCEPT),
        lambda: service.answer("a", introduction_id, bo, Reply.DECLINE, reason=DeclineReason.OTHER),
    )
    assert sorted(type(error) for error in raised if error) == [Conflict]
    [row] = rows(store)
    with store.read("a") as unit:
        statuses = {match.member_id: match.status for match in unit.session.scalars(select(Match))}
        said = [
            feedback.verdict for feedback in unit.session.scalars(select(MatchFeedback)) if feedback.member_id == "bo"
        ]
    ends = {"connected": {"ann": "accepted", "bo": "accepted"}, "declined": {"ann": "not_taken_up", "bo": "rejected"}}
    assert statuses == ends[row.status]
    assert said == [{"connected": "accept", "declined": "reject"}[row.status]]


@pytest.mark.slow
def test_a_word_waits_for_the_other_and_sees_what_it_did(store: Store) -> None:
    answering = threading.Thread(target=lambda: say(store, "bo", "ann", Verdict.ACCEPT))
    with store.write("a") as unit:
        lock_members(unit, "ann", "bo")
        answering.start()
        answering.join(0.5)
        assert answering.is_alive()
        hear(unit, unit.get(Match, match_id("a", "ann", "member", "bo")), Said(Verdict.ACCEPT), RULES)
    answering.join(10)
    assert [(row.asker_id, row.status) for row in rows(store)] == [("ann", "connected")]


def test_an_answer_and_the_end_of_time_make_one_end(store: Store, clock: FixedClock) -> None:
    introduction_id = say(store, "ann", "bo", Verdict.ACCEPT)
    assert introduction_id is not None
    clock.advance(RULES.answer_within)
    service = IntroductionService(store)
    raised = together(
        lambda: service.answer("a", introduction_id, as_member("bo"), Reply.ACCEPT),
        lambda: service.close_due("a"),
        lambda: service.close_due("a"),
    )
    assert [type(error) for error in raised] == [Conflict, type(None), type(None)]
    assert [(row.status, row.ended_by) for row in rows(store)] == [("expired", None)]


def test_the_export_of_each_holds_nothing_of_the_other(store: Store) -> None:
    introduction_id = say(store, "ann", "bo", Verdict.ACCEPT)
    assert introduction_id is not None
    service = IntroductionService(store)
    service.get("a", introduction_id, as_member("bo"))  # writes the messages, which quote both
    service.answer("a", introduction_id, as_member("bo"), Reply.DECLINE, reason=DeclineReason.NOT_NOW, comment="太忙")
    exported: dict[str, Any] = {}
    for name in ("ann", "bo"):
        with store.read("a") as unit:
            exported[name] = export_member(unit, name)["records"]
    [of_ann], [of_bo] = exported["ann"]["introduction"], exported["bo"]["introduction"]
    assert (of_ann["side"], of_ann["status"]) == ("asker", "not_taken_up")
    assert (of_bo["side"], of_bo["status"], of_bo["code"], of_bo["comment"]) == (
        "target",
        "declined",
        "not_now",
        "太忙",
    )
    told = json.dumps(exported["ann"], ensure_ascii=False)
    for secret in (SECRET, OFFER, "太忙", "not_now", "declined"):
        assert secret not in told
    assert WANT not in json.dumps(exported["bo"], ensure_ascii=False)
    assert SECRET in json.dumps(exported["bo"]["member"])


@pytest.mark.parametrize("who", ["ann", "bo"])
def test_nothing_of_an_introduction_outlives_either_of_the_two(store: Store, who: str) -> None:
    introduction_id = say(store, "ann", "bo", Verdict.ACCEPT)
    assert introduction_id is not None
    service = IntroductionService(store)
    service.answer("a", introduction_id, as_member("bo"), Reply.ACCEPT)
    service.report("a", introduction_id, as_member("bo"), "骚扰")
    erase_member(store, "a", who, requested_by="test")
    with store.read("a") as unit:
        for table in (Introduction, Match, PairRule, MatchFeedback):
            assert unit.session.scalars(select(table)).all() == [], table
        assert {row.id for row in unit.session.scalars(select(Member))} == {"ann", "bo", "cy"} - {who}


def test_an_erasure_and_an_answer_at_once_leave_nothing_behind(store: Store) -> None:
    introduction_id = say(store, "ann", "bo", Verdict.ACCEPT)
    assert introduction_id is not None
    together(
        lambda: IntroductionService(store).answer("a", introduction_id, as_member("bo"), Reply.ACCEPT),
        lambda: erase_member(store, "a", "ann", requested_by="test"),
    )
    assert rows(store) == []
    with store.read("a") as unit:
        assert unit.session.scalars(select(Match)).all() == []


def test_another_community_sees_no_introduction(store: Store) -> None:
    introduction_id = say(store, "ann", "bo", Verdict.ACCEPT)
    assert introduction_id is not None
    service = IntroductionService(store)
    stranger = Actor("b", "s", Role.ADMIN, ROLE_SCOPES[Role.ADMIN], "key_s")
    with pytest.raises(CopilotError):
        service.get("b", introduction_id, stranger)
    assert service.page("b", stranger).items == []


def test_pages_hold_every_introduction_once(store: Store, clock: FixedClock) -> None:
    with store.write("a") as unit:
        for number in range(7):
            row = Introduction(
                id=f"intro_{number}", match_id=match_id("a", "ann", "member", "bo"), asker_id="ann", target_id="cy",
                status="waiting", created_at=NOW, updated_at=NOW, expires_at=NOW + RULES.answer_within, drafts={},
                components={},
            )  # fmt: skip
            unit.add(row)
    service, seen, cursor = IntroductionService(store), [], None
    while True:
        page = service.page("a", as_member("cy"), member_id="cy", limit=3, cursor=cursor)
        seen += [item.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == [f"intro_{number}" for number in range(7)]
    assert service.page("a", as_member("bo"), member_id="bo").items == []


def test_contacts_come_from_tables_and_the_members_own_word_stays(store: Store, tmp_path: Path) -> None:
    importing = ImportService(store, LimitSettings(), 100)

    def run(text: str) -> dict[str, str]:
        path = tmp_path / "members.csv"
        path.write_text(text, encoding="utf-8")
        assert importing.run("a", path, ImportOptions()).error_count == 0
        with store.read("a") as unit:
            [row] = [m for m in unit.session.scalars(select(Member)) if m.external_id == "N1"]
            assert SECRET not in json.dumps(row.attributes)
            assert not {"微信号", "邮箱", "手机"} & set(row.attributes)
            return contacts_of(row)

    header = "编号,姓名,微信号,邮箱,手机,备注\n"
    assert run(header + "N1,新人,wx-new,new@example.com,13800000000,x\n") == {
        "wechat": "wx-new", "email": "new@example.com", "phone": "13800000000",
    }  # fmt: skip
    assert run(header + "N1,新人,wx-new,,13800000000,x\n") == {"wechat": "wx-new", "phone": "13800000000"}
    with store.write("a") as unit:
        [row] = [m for m in unit.session.scalars(select(Member)) if m.external_id == "N1"]
        state_contacts(unit, row.id, {"wechat": "my-own", "phone": ""})
    assert run(header + "N1,新人,wx-other,a@example.com,13911111111,x\n") == {
        "wechat": "my-own", "email": "a@example.com",
    }  # fmt: skip
    assert run("编号,姓名\nN1,新人\n") == {"wechat": "my-own", "email": "a@example.com"}


@pytest.mark.slow
def test_versions_learnt_at_once_have_one_in_force(store: Store) -> None:
    from tests.matching.outcome_records import simulate, true_weights  # late: it brings numpy's generators

    with store.write("a") as unit:
        found = simulate(200, true_weights(Weights()), members=20)
        for name in sorted({who for item in found for who in (item.member_id, item.target_id)}):
            unit.add(Member(**member(name, consent_match=True)))
        unit.session.flush()
        for item in found:
            unit.add(
                Match(
                    id=item.match_id, member_id=item.member_id, kind="member", target_id=item.target_id, score=0.5,
                    components={}, reasons=[], status="accepted", created_at=NOW, updated_at=NOW,
                )
            )  # fmt: skip
        unit.session.flush()
        for item in found:
            verdict = "accept" if item.is_yes else "reject"
            unit.add(
                MatchFeedback(
                    id=f"mfb_{item.match_id}", match_id=item.match_id, member_id=item.member_id, verdict=verdict,
                    components=item.components, created_at=item.decided_at,
                )
            )  # fmt: skip
    service = WeightService(store, rules=LearningRules(strengths=(10.0,), resamples=200))
    raised = together(*[lambda: service.learn("a", actor="op")] * 3)
    assert all(error is None or isinstance(error, Conflict | Collision) for error in raised)
    with store.read("a") as unit:
        stored = unit.session.scalars(select(ScoreWeights).order_by(ScoreWeights.version)).all()
    assert [row.version for row in stored] == list(range(1, len(stored) + 1))
    assert [row.status for row in stored].count("active") == 1
