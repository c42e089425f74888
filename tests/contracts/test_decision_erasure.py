"""What decisions leave about a member is given to them and goes with them; what is another member's stays."""

from __future__ import annotations

import json

from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.models import Category
from copilot.community.store import Store
from copilot.community.tables import (
    Appeal,
    AuditEntry,
    Case,
    Channel,
    Decision,
    DecisionProposal,
    Member,
    Message,
    Sanction,
    Strike,
)
from copilot.moderation.appeals import AppealDesk
from copilot.moderation.decisions import DecisionDesk
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.intake import open_or_join
from copilot.moderation.models import FoundBy
from copilot.moderation.rulings import Ruling
from copilot.moderation.second_opinions import SecondOpinionDesk
from tests.contracts.conftest import member

_TABLES = (Appeal, Case, Decision, DecisionProposal, Sanction, Strike)


def decided_about(store: Store, name: str, clock: FixedClock) -> None:
    """Mute a member who appeals, and propose to remove them over another message."""
    cases: list[str] = []
    for words in (f"{name} 说的第一句坏话", f"{name} 后来又说了一句"):
        with store.write("a") as unit:
            message = Message(
                id=f"msg_{name}_{len(cases)}", channel_id="main", external_id=f"{name}{len(cases)}", sender_id=name,
                text=words, sent_at=clock.now(), mentions=[],
            )  # fmt: skip
            unit.add(message)
            unit.session.flush()
            draft = CaseDraft(
                found_by=FoundBy.SIGNAL, category=Category.INSULT, evidence=(Evidence(message.id),), score=0.9,
                detector="test", version="1",
            )  # fmt: skip
            cases.append(open_or_join(unit, draft))
    mute = Ruling.parse("violation", "mute", "骂人", mute_hours=24)
    decision = DecisionDesk(store).decide("a", cases[0], mute, actor="mod-1")
    AppealDesk(store).submit("a", decision.id, name, f"我是 {name}，我冤枉", actor=f"key_{name}")
    removal = Ruling.parse("violation", "removal", "第四次")
    SecondOpinionDesk(store).propose("a", cases[1], removal, actor="mod-1")


def test_what_was_decided_about_a_member_is_theirs_and_goes_with_them(any_store: Store, clock: FixedClock) -> None:
    with any_store.write("a") as unit:
        unit.add(Channel(id="main", platform="test", external_id="main", name="main", created_at=clock.now()))
        for name in ("ann", "bo"):
            unit.add(Member(**member(name)))
    for name in ("ann", "bo"):
        decided_about(any_store, name, clock)
    with any_store.read("a") as unit:
        records = export_member(unit, "ann")["records"]
        kept = unit.session.scalars(select(AuditEntry.id)).all()
    assert {name: len(records[name]) for name in ("appeal", "decision", "sanction", "strike")} == {
        "appeal": 1, "decision": 1, "sanction": 1, "strike": 1,
    }  # fmt: skip
    assert "bo" not in json.dumps(records["appeal"] + records["sanction"] + records["strike"])

    erase_member(any_store, "a", "ann", requested_by="op")
    with any_store.read("a") as unit:
        left = {table.__tablename__: len(unit.session.scalars(select(table)).all()) for table in _TABLES}
        assert left == {
            "appeal": 1, "case": 2, "decision": 1, "decision_proposal": 1, "sanction": 1, "strike": 1,
        }, "those about the other member"  # fmt: skip
        assert set(kept) < set(unit.session.scalars(select(AuditEntry.id))), "the log keeps that it happened"
        assert [row.member_id for row in unit.session.scalars(select(Appeal))] == ["bo"]
