"""What a member is given of their data, what goes when they go, and what of others' documents survives it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import func, select

from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.store import Store, Unit
from copilot.community.tables import (
    AuditEntry,
    Case,
    Channel,
    Decision,
    Erasure,
    Event,
    EventPlan,
    IdempotencyRecord,
    Match,
    Member,
    Message,
    ProfileText,
    Report,
    Resource,
    StaleMark,
)
from copilot.errors import NotFound
from tests.conftest import NOW

OFFER = "会修老式留声机的机芯和喇叭"


class Content(BaseModel):
    """A document with a required key and a word that only a machine may choose."""

    to: str
    state: str
    opens: int


@pytest.fixture
def store(any_store: Store) -> Store:
    return any_store


@pytest.fixture
def community() -> str:
    return "a"


@pytest.fixture
def lived(store: Store, community: str) -> str:
    """Ann, who owns a resource, hosts an event, wrote "to", and is named by Bo's proposal and a plan; returns the community."""
    with store.write(community) as unit:
        add_what_they_wrote(unit)
        add_what_they_offer(unit)
        add_proposals(unit)
        unit.add(plan("plan_1", {"to": "to", "state": "state", "opens": 3}))
        add_cases(unit)
        unit.audit("key_1", "member.consent_changed", ("member", "mem_ann"), consent_ai=True)
    return community


def add_what_they_wrote(unit: Unit) -> None:
    for name in ("ann", "bo"):
        unit.add(
            Member(id=f"mem_{name}", platform="wechat", external_id=f"wx_{name}", name=name.title(), created_at=NOW)
        )
    unit.add(Channel(id="main", platform="wechat", external_id="main", name="main", created_at=NOW))
    unit.session.flush()
    unit.add(ProfileText(id="txt_1", member_id="mem_ann", aspect="has", position=0, text=OFFER))
    unit.add(ProfileText(id="txt_2", member_id="mem_bo", aspect="wants", position=0, text="想找人修我的留声机呀呀"))
    for number, (sender, text) in enumerate([("ann", "to"), ("ann", "state"), ("bo", "滚")]):
        unit.add(
            Message(
                id=f"msg_{number}", channel_id="main", external_id=str(number), sender_id=f"mem_{sender}",
                sent_at=NOW, text=text,
            )
        )  # fmt: skip


def add_what_they_offer(unit: Unit) -> None:
    unit.add(Resource(id="res_1", code="R1", type="people", title="留声机修理", owner_id="mem_ann", created_at=NOW))
    unit.add(Resource(id="res_2", code="R2", type="people", title="会议室", created_at=NOW))
    unit.session.flush()
    unit.add(
        Event(
            id="evt_1", code="E1", title="修理日", format="workshop", starts_at=NOW, ends_at=NOW + timedelta(hours=1),
            host_id="mem_ann", speaker_ids=["mem_ann", "mem_bo"], created_at=NOW,
        )
    )  # fmt: skip


def add_proposals(unit: Unit) -> None:
    reasons = [
        {
            "text": f"Bo 想找「想找人修」，Ann 有「{OFFER}」",
            "evidence": [{"record_id": "txt_1", "quote": OFFER}, {"record_id": "txt_2", "quote": "想找人修"}],
        }
    ]
    for name, member, kind, target in (
        ("1", "bo", "member", "mem_ann"), ("2", "bo", "resource", "res_1"), ("3", "ann", "member", "mem_bo"),
        ("4", "bo", "resource", "res_2"),
    ):  # fmt: skip
        unit.add(
            Match(
                id=f"mat_{name}", member_id=f"mem_{member}", kind=kind, target_id=target, score=0.7, reasons=reasons,
                status="rejected", created_at=NOW, updated_at=NOW,
            )
        )  # fmt: skip


def add_cases(unit: Unit) -> None:
    unit.add(Report(id="rep_1", message_id="msg_2", reporter_id="mem_ann", category="insult", created_at=NOW))
    unit.add(Report(id="rep_2", message_id="msg_0", reporter_id="mem_bo", category="spam", created_at=NOW))
    for name, message, member in (("1", "msg_0", "ann"), ("2", "msg_2", "bo")):
        unit.add(
            Case(
                id=f"cas_{name}", message_id=message, member_id=f"mem_{member}", category="spam", severity="low",
                score=0.9, evidence_start=0, evidence_end=1, quote="t", context_ids=["msg_0", "msg_2"], detector="d",
                detector_version="1", created_at=NOW,
            )
        )  # fmt: skip
        unit.session.flush()
        unit.add(
            Decision(id=f"dec_{name}", case_id=f"cas_{name}", verdict="violation", decided_by="key_1", decided_at=NOW)
        )
        unit.audit("key_1", "case.decided", ("case", f"cas_{name}"), verdict="violation")


def plan(plan_id: str, content: dict[str, Any]) -> EventPlan:
    snapshot = {
        "candidates": [
            {"kind": "member", "id": "mem_ann", "name": "Ann", "text": OFFER},
            {"kind": "member", "id": "mem_bo", "name": "Bo", "text": "x"},
            {"kind": "resource", "id": "res_1", "name": "留声机修理", "text": "可预约"},
        ],
        "post": "Bo introduces Ann, not Annie",
    }
    return EventPlan(
        id=plan_id, series_id=plan_id, snapshot=snapshot, content=content, drafted_by="playbook", created_at=NOW
    )


def erase(store: Store, community: str, **options: Any) -> Erasure:
    erasure_id = erase_member(store, community, "mem_ann", requested_by="key_1", **options)
    with store.read(community) as unit:
        return unit.get(Erasure, erasure_id)


def rows(store: Store, community: str, table: Any) -> dict[str, Any]:
    with store.read(community) as unit:
        return {row.id: row for row in unit.session.scalars(select(table))}


class TestErasure:
    @pytest.mark.slow
    def test_what_the_member_owns_goes_and_is_never_left_to_everybody(self, store: Store, lived: str) -> None:
        counts = erase(store, lived).counts
        assert list(rows(store, lived, Resource)) == ["res_2"]
        assert list(rows(store, lived, Match)) == ["mat_4"], "neither the member nor what they owned is proposed"
        assert (counts["resource"], counts["match"]) == (1, 3)
        with store.read(lived) as unit:
            waiting = unit.session.execute(
                select(StaleMark.kind, StaleMark.record_id).where(StaleMark.purpose == "vector")
            )
            assert {("resource", "res_1"), ("member", "mem_ann")} <= {tuple(row) for row in waiting}

    @pytest.mark.slow
    def test_the_proof_tells_rows_that_went_from_rows_that_only_lost_the_member(self, store: Store, lived: str) -> None:
        counts = erase(store, lived).counts
        assert counts == {
            "member": 1, "profile_text": 1, "message": 2, "resource": 1, "match": 3, "case": 1, "detached_event": 1,
            "detached_report": 1, "documents_scrubbed": 4,
        }  # fmt: skip
        assert rows(store, lived, Event)["evt_1"].host_id is None
        assert rows(store, lived, Event)["evt_1"].speaker_ids == ["erased", "mem_bo"]
        assert rows(store, lived, Case)["cas_2"].context_ids == ["erased", "msg_2"]

    def test_a_plan_that_names_the_member_stays_readable(self, store: Store, lived: str) -> None:
        erase(store, lived, readers={EventPlan: lambda row: Content.model_validate(row.content)})
        kept = rows(store, lived, EventPlan)["plan_1"]
        assert kept.content == {"to": "to", "state": "state", "opens": 3}
        assert kept.snapshot["candidates"][0] == {
            "kind": "member", "id": "erased", "name": "[erased]", "text": "[erased]",
        }  # fmt: skip
        assert kept.snapshot["candidates"][1]["name"] == "Bo"
        assert kept.snapshot["candidates"][2]["name"] == "[erased]"
        assert kept.snapshot["post"] == "Bo introduces [erased], not Annie"

    def test_a_plan_that_could_not_be_read_any_more_is_dropped_and_the_proof_says_so(
        self, store: Store, lived: str
    ) -> None:
        with store.write(lived) as unit:
            unit.add(plan("plan_2", {"to": "to", "state": "broken"}))
        counts = erase(store, lived, readers={EventPlan: lambda row: Content.model_validate(row.content)}).counts
        assert list(rows(store, lived, EventPlan)) == ["plan_1"]
        assert counts["dropped_event_plan"] == 1

    def test_stored_answers_that_name_what_the_member_owned_are_dropped(self, store: Store, lived: str) -> None:
        with store.write(lived) as unit:
            for key, body in (("1", '{"id": "res_1"}'), ("2", '{"id": "res_2"}'), ("3", '{"id": "resX1"}')):
                unit.add(IdempotencyRecord(api_key_id="k", key=key, request_hash="h", body=body, created_at=NOW))
        assert erase(store, lived).counts["replays_dropped"] == 1
        with store.read(lived) as unit:
            assert set(unit.session.scalars(select(IdempotencyRecord.key))) == {"2", "3"}

    def test_nobody_is_erased_twice_and_a_failure_leaves_all(self, store: Store, lived: str) -> None:
        def fails(_row: EventPlan) -> None:
            raise RuntimeError("not a matter of the document")

        with pytest.raises(RuntimeError):
            erase(store, lived, readers={EventPlan: fails})
        assert "mem_ann" in rows(store, lived, Member)
        erase(store, lived)
        with pytest.raises(NotFound):
            erase(store, lived)


class TestExport:
    @pytest.fixture
    def records(self, store: Store, lived: str) -> dict[str, list[Any]]:
        with store.read(lived) as unit:
            records: dict[str, list[Any]] = export_member(unit, "mem_ann")["records"]
        return records

    def test_of_a_proposal_to_somebody_else_only_the_own_quote_is_shown(self, records: dict[str, list[Any]]) -> None:
        assert records["matched_with"] == [
            {"id": "mat_1", "score": 0.7, "created_at": NOW.isoformat(), "quotes": [OFFER]}
        ]

    def test_of_a_proposal_to_the_member_nothing_that_the_other_wrote(self, records: dict[str, list[Any]]) -> None:
        (own,) = records["match"]
        assert (own["target_id"], own["status"], own["reasons"]) == ("mem_bo", "rejected", [OFFER])
        assert "想找人修" not in json.dumps(records, ensure_ascii=False)

    def test_decisions_and_audit_entries_about_the_member_are_in_it_and_those_about_others_are_not(
        self, records: dict[str, list[Any]]
    ) -> None:
        assert [row["id"] for row in records["case"]] == ["cas_1"]
        assert [row["id"] for row in records["decision"]] == ["dec_1"]
        assert {row["subject_id"] for row in records["audit_entry"]} == {"cas_1", "mem_ann"}
        assert [row["id"] for row in records["report"]] == ["rep_1"], "who reported the member stays unsaid"

    def test_documents_are_reduced_to_what_they_say_of_the_member(self, records: dict[str, list[Any]]) -> None:
        (found,) = [row for row in records["documents"] if row["table"] == "event_plan"]
        assert found["id"] == "plan_1"
        assert {part["path"] for part in found["parts"]} == {
            "snapshot.candidates[0]", "snapshot.candidates[2]", "snapshot.post",
        }  # fmt: skip
        assert next(part["value"] for part in found["parts"] if part["path"] == "snapshot.post") == ["Ann"]
        assert {row["table"] for row in records["documents"]} == {"event_plan"}, "the event is in the export as a whole"

    @pytest.mark.slow
    def test_after_erasure_no_exported_word_is_left(
        self, store: Store, lived: str, records: dict[str, list[Any]]
    ) -> None:
        erase(store, lived)
        with store.read(lived) as unit:
            about = unit.session.scalar(select(func.count()).select_from(AuditEntry))
            said = json.dumps(export_member(unit, "mem_bo"), ensure_ascii=False)
        assert about == 4
        assert all(word not in said for word in (OFFER, "mem_ann", "txt_1", "留声机修理"))
