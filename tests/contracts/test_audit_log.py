"""The audit log is append-only in the database itself, and everything that people do to cases stands in it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError

from copilot.atmosphere.sentiment import SentimentModel
from copilot.clock import FixedClock
from copilot.community.access import create_key
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Channel, Community, Member, Message
from copilot.errors import CopilotError
from copilot.moderation.appeals import AppealAnswer
from copilot.moderation.cascade import Cascade
from copilot.moderation.decisions import Ruling
from copilot.moderation.service import ModerationService
from copilot.moderation.terms import Terms
from copilot.moderation.wellness import Blur
from tests.contracts.conftest import member


def entries(store: Store, community_id: str = "a") -> list[AuditEntry]:
    with store.read(community_id) as unit:
        return list(unit.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


@pytest.mark.parametrize(
    "change",
    [
        update(AuditEntry).values(actor="nobody"),
        delete(AuditEntry),
        text("UPDATE audit_entry SET action = 'nothing'"),
        text("DELETE FROM audit_entry WHERE id = (SELECT min(id) FROM audit_entry)"),
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(any_store: Store, change: Any) -> None:
    with any_store.write("a") as unit:
        unit.audit("mod-1", "case.claimed", ("case", "cas_1"))
    with pytest.raises((DatabaseError, CopilotError)), any_store.system(write=True) as session:
        session.execute(change, execution_options={"synchronize_session": False})
    [entry] = entries(any_store)
    assert (entry.actor, entry.action) == ("mod-1", "case.claimed")


def test_a_community_goes_with_its_log_and_leaves_that_of_others(any_store: Store) -> None:
    for community_id in ("a", "b"):
        with any_store.write(community_id) as unit:
            unit.audit("mod-1", "case.claimed", ("case", "cas_1"))
    with any_store.system(write=True) as session:
        session.execute(delete(Community).where(Community.id == "a"))
    with any_store.system() as session:
        left = session.scalars(select(AuditEntry.community_id)).all()
    assert list(left) == ["b"]


@pytest.fixture
def service(any_store: Store, clock: FixedClock) -> ModerationService:
    with any_store.write("a") as unit:
        unit.add(Channel(id="main", platform="test", external_id="main", name="main", created_at=clock.now()))
        for name in ("ann", "bo"):
            unit.add(Member(**member(name, consent_ai=True)))
        unit.session.flush()
        for number, words in enumerate(("你就是个废物，滚出这个群，骗子", "你这个白痴，闭嘴", "真是个垃圾人，滚")):
            unit.add(
                Message(
                    id=f"msg_{number}", channel_id="main", external_id=str(number), sender_id="ann", text=words,
                    sent_at=clock.now(), mentions=[],
                )
            )  # fmt: skip
    return ModerationService(any_store, Cascade.load(SentimentModel.load()))


@pytest.mark.slow
def test_every_step_of_a_case_stands_in_the_log_with_who_and_when_and_what_then_held(
    any_store: Store, service: ModerationService, clock: FixedClock
) -> None:
    with any_store.write("a") as unit:
        other = create_key(unit, "Zhou", Role.MODERATOR).key_id
    while service.read_pending("a").taken:
        pass
    first, second, third = sorted(row.id for row in service.cases("a").items)
    one = {"actor": "mod-1"}
    removal = Ruling.parse("violation", "removal", "第四次")
    service.terms.put("a", Terms(appeal_days=7), actor="op")
    service.wellness.put("a", "mod-1", blur=Blur.ALL, severe_per_day=9, break_after_minutes=30)
    service.claim("a", first, **one)
    service.handover.give("a", first, other, **one)
    service.release("a", first, actor=other)
    declined = service.second_opinions.propose("a", first, removal, **one)
    service.second_opinions.decline("a", declined.id, actor=other, reason="太重")
    withdrawn = service.second_opinions.propose("a", first, removal, **one)
    service.second_opinions.decline("a", withdrawn.id, reason="想错了", **one)
    agreed = service.second_opinions.propose("a", first, removal, **one)
    decided = service.second_opinions.confirm("a", agreed.id, actor=other)
    appeal = service.appeals.submit("a", decided.id, "ann", "冤枉", actor="key_ann")
    service.appeals.answer("a", appeal.id, AppealAnswer.parse("overturned", "是冤枉"), actor="mod-3")
    service.decide("a", second, Ruling.parse("violation", "hide", "骂人"), **one)
    service.undo("a", second, reason="看错了", **one)
    service.merge("a", second, [third], **one)
    service.split("a", second, [found.message_id for found in service.cases("a").items if found.id == second], **one)

    log = entries(any_store)
    assert Counter(entry.action for entry in log) == Counter([
        "terms.changed", "wellness.changed", "case.claimed", "case.handed_over", "case.released",
        "decision.proposed", "proposal.declined", "decision.proposed", "proposal.withdrawn",
        "decision.proposed", "case.decided", "proposal.confirmed",
        "appeal.received", "decision.overturned", "case.decided", "appeal.overturned",
        "case.decided", "decision.undone", "case.merged", "case.split",
    ])  # fmt: skip
    assert all(entry.actor and entry.at == clock.now() for entry in log)
    made = next(
        entry for entry in log if entry.data.get("decision_id") == decided.id and entry.action == "case.decided"
    )
    assert (made.actor, made.data["decided_by"], made.data["confirmed_by"]) == (other, "mod-1", other)
    assert made.data["terms_version"] == 1
    assert (made.data["before"]["status"], made.data["after"]["status"]) == ("open", "decided")
    assert (made.data["before"]["strikes_in_force"], made.data["after"]["strikes_in_force"]) == (0, 1)
    for ground in made.data["grounds"]:
        assert ground.keys() >= {"detector", "version", "score", "threshold"}
        assert 0 < ground["threshold"] <= ground["score"] <= 1
    back = next(entry for entry in log if entry.action == "decision.overturned")
    assert back.data["appeal_id"] == appeal.id
    assert (back.data["before"]["strikes_in_force"], back.data["after"]["strikes_in_force"]) == (1, 0)
    hidden = next(entry for entry in log if entry.data.get("decided_action") == "hide")
    assert hidden.data["after"]["hidden"] and not hidden.data["before"]["hidden"]


def test_what_is_refused_leaves_no_entry(any_store: Store, service: ModerationService) -> None:
    for act in (service.claim, service.undo):
        with pytest.raises(CopilotError):
            act("a", "cas_none", actor="mod-1")
    with any_store.read("a") as unit:
        assert unit.session.scalar(select(func.count(AuditEntry.id))) == 0
