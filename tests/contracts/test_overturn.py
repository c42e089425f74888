"""An overturned decision leaves every row as it was: compared field by field, for each action, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.atmosphere.sentiment import SentimentModel
from copilot.clock import FixedClock
from copilot.community.outbox import EVENTS
from copilot.community.store import Store
from copilot.community.tables import Base, Case, Channel, Community, Member, Message, Scoped, Webhook
from copilot.moderation.appeals import AppealAnswer
from copilot.moderation.cascade import Cascade
from copilot.moderation.decisions import Ruling
from copilot.moderation.report_weights import reliabilities
from copilot.moderation.service import ModerationService
from copilot.vectors.exact import ExactIndex
from copilot.vectors.sync import VectorSync
from tests.contracts.conftest import member

Rows = dict[tuple[str, str], dict[str, Any]]
INSULT = "你就是个废物，滚出这个群，骗子"
ASKED = "请问大家，跨境电商的增值税怎么申报？"
# When derived rows were made again is not what a decision changed.
_MADE_AGAIN = {
    ("reading", "read_at"),
    ("vector_row", "embedded_at"),
    ("stale_mark", "token"),
    ("stale_mark", "marked_at"),
}
# What a decision and an appeal add stays, marked as taken back.
_ADDED = {"appeal", "audit_entry", "decision", "decision_proposal", "sanction", "strike", "webhook_delivery"}


@pytest.fixture(scope="module")
def cascade() -> Cascade:
    return Cascade.load(SentimentModel.load())


@pytest.fixture
def service(any_store: Store, cascade: Cascade, clock: FixedClock) -> ModerationService:
    """A case of three messages, one of them a question, reported by two; one of these reported another case, too."""
    now = clock.now()
    with any_store.system(write=True) as session:
        row = session.get(Community, "a")
        assert row is not None
        row.policy = [{"id": "P1", "title_zh": "好好说话", "title_en": "Be civil", "categories": ["insult"]}]
    with any_store.write("a") as unit:
        unit.add(
            Webhook(
                id="whk", url="https://x.example", events=list(EVENTS), secret="s", status="active", created_by="op",
                created_at=now,
            )
        )  # fmt: skip
        for name in ("main", "side"):
            unit.add(Channel(id=name, platform="test", external_id=name, name=name, created_at=now))
        for name in ("ann", "bo", "cai", "dan"):
            unit.add(Member(**member(name, consent_ai=True)))
        unit.session.flush()
        for number, (channel, sender, text) in enumerate(
            [("main", "ann", INSULT), ("side", "ann", INSULT), ("main", "dan", "你懂个屁"), ("main", "ann", ASKED)]
        ):
            unit.add(
                Message(
                    id=f"msg_{number}", channel_id=channel, external_id=str(number), sender_id=sender, text=text,
                    sent_at=now + timedelta(seconds=number), mentions=[],
                )
            )  # fmt: skip
    made = ModerationService(any_store, cascade)
    for reporter, message_id in (("bo", "msg_0"), ("cai", "msg_0"), ("bo", "msg_2"), ("cai", "msg_3")):
        made.reports.submit("a", reporter, message_id, "insult", "难听", actor=f"key_{reporter}")
    while made.read_pending("a").taken:
        pass
    cases = {row.message_id: row.id for row in made.cases("a").items}
    made.merge("a", cases["msg_0"], [cases["msg_3"]], actor="mod-1")
    return made


def everything(store: Store) -> Rows:
    """Return every row of community `a` by table and key."""
    found: Rows = {}
    with store.read("a") as unit:
        for mapper in list(Base.registry.mappers):
            table = mapper.class_
            if not issubclass(table, Scoped):
                continue
            for row in unit.session.scalars(select(table)):
                key = "/".join(str(getattr(row, column.key)) for column in mapper.primary_key)
                columns = {column.key: getattr(row, column.key) for column in mapper.columns}
                kept = {
                    name: value for name, value in columns.items() if (table.__tablename__, name) not in _MADE_AGAIN
                }
                found[table.__tablename__, key] = kept
    return found


def catch_up(service: ModerationService, sync: VectorSync) -> None:
    while service.read_pending("a").taken:
        pass
    sync.run("a")


def decide(service: ModerationService, case_id: str, action: str) -> str:
    """Decide as one person, or as two where it takes two."""
    hours = 24 if action == "mute" else None
    ruling = Ruling.parse("violation", action, "骂人", clause_id="P1", mute_hours=hours, severity="high")
    if action != "removal":
        return service.decide("a", case_id, ruling, actor="mod-1").id
    proposed = service.second_opinions.propose("a", case_id, ruling, actor="mod-1")
    return service.second_opinions.confirm("a", proposed.id, actor="mod-2").id


def head(store: Store) -> str:
    with store.read("a") as unit:
        found: str = unit.session.scalars(
            select(Case.id).where(Case.member_id == "ann").order_by(Case.priority.desc(), Case.id)
        ).all()[0]
        return found


@pytest.mark.slow
@pytest.mark.parametrize("action", ["none", "note", "warning", "hide", "mute", "removal"])
def test_overturning_leaves_every_row_as_it_was(
    any_store: Store, service: ModerationService, sync: VectorSync, exact: ExactIndex, clock: FixedClock, action: str
) -> None:
    catch_up(service, sync)
    case_id = head(any_store)
    before, vectors = everything(any_store), exact.scan("a", "question")
    with any_store.read("a") as unit:
        borne_out = reliabilities(unit, ["bo", "cai"])

    decision_id = decide(service, case_id, action)
    clock.advance(timedelta(hours=1))
    catch_up(service, sync)
    during = everything(any_store)
    changed = {name for (name, key), row in before.items() if during.get((name, key)) != row}
    assert "case" in changed
    assert ("message" in changed) == (action == "hide")
    assert (exact.scan("a", "question") != vectors) == (action == "hide"), "hidden questions leave the index"
    others = [key for key, row in before.items() if key[0] == "case" and key[1] != case_id]
    assert any(during[key]["priority"] != before[key]["priority"] for key in others), "its reporters count for more"
    with any_store.read("a") as unit:
        assert reliabilities(unit, ["bo", "cai"]) != borne_out

    appeal = service.appeals.submit("a", decision_id, "ann", "我在转述", actor="key_ann")
    clock.advance(timedelta(hours=1))
    service.appeals.answer("a", appeal.id, AppealAnswer.parse("overturned", "转述", "reopen"), actor="mod-3")
    catch_up(service, sync)

    after = everything(any_store)
    assert {key: row for key, row in after.items() if key in before} == before
    assert exact.scan("a", "question") == vectors
    with any_store.read("a") as unit:
        assert reliabilities(unit, ["bo", "cai"]) == borne_out
    added = {key: row for key, row in after.items() if key not in before}
    assert {name for name, _ in added} <= _ADDED
    for (name, _), row in added.items():
        if name == "decision":
            assert (row["undone_by"], row["undone_at"]) == ("mod-3", clock.now())
        if name == "strike":
            assert row["voided_at"] == clock.now()
        if name == "sanction":
            assert row["lifted_at"] == clock.now()
    told = [row["event"] for (name, _), row in added.items() if name == "webhook_delivery"]
    assert {"case.decided", "case.reversed", "appeal.received", "appeal.decided"} <= set(told)
    has_action = action in {"warning", "hide", "mute", "removal"}
    assert (f"action.{action}" in told, "action.reversed" in told) == (has_action, has_action)


@pytest.mark.slow
def test_closing_instead_changes_the_case_and_what_its_reporters_are_worth_and_nothing_else(
    any_store: Store, service: ModerationService, sync: VectorSync, clock: FixedClock
) -> None:
    catch_up(service, sync)
    case_id = head(any_store)
    before = everything(any_store)
    decision_id = decide(service, case_id, "hide")
    appeal = service.appeals.submit("a", decision_id, "ann", "我在转述", actor="key_ann")
    service.appeals.answer("a", appeal.id, AppealAnswer.parse("overturned", "转述"), actor="mod-3")
    catch_up(service, sync)
    after = everything(any_store)
    changed = {key: row for key, row in after.items() if key in before and row != before[key]}
    assert {name for name, _ in changed} == {"case"}
    own = after["case", case_id]
    assert (own["status"], own["claimed_by"], own["decided_at"]) == ("decided", "mod-3", clock.now())
    with any_store.read("a") as unit:
        counted = reliabilities(unit, ["bo", "cai"])
        assert {name: (one.upheld, one.rejected) for name, one in counted.items()} == {"bo": (0, 1), "cai": (0, 1)}
