"""Two at once, on both databases: a case has one moderator, a waiting message is read and charged once."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from subprocess import PIPE, Popen
from threading import Barrier

import pytest
from sqlalchemy import func, select

from copilot.atmosphere.sentiment import SentimentModel
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Case, Channel, Message, Reading, StaleMark
from copilot.errors import Conflict
from copilot.moderation.cascade import Cascade
from copilot.moderation.cases import CaseQueue
from copilot.moderation.decisions import DecisionDesk, Ruling
from copilot.moderation.reading import PendingReader
from tests.contracts.claimer import claim_all

CASES = 60
RACED = 1_000


def _open_cases(store: Store, community_id: str, cases: int = CASES) -> list[str]:
    now = store.clock.now()
    with store.write(community_id) as unit:
        unit.add(Channel(id="main", platform="test", external_id="main", name="main", created_at=now))
        unit.session.flush()
        for number in range(cases):
            message_id = f"msg_{number:04d}"
            unit.add(
                Message(
                    id=message_id, channel_id="main", external_id=message_id, sent_at=now, text="x", mentions=[],
                )
            )  # fmt: skip
        unit.session.flush()
        for number in range(cases):
            unit.add(
                Case(
                    id=f"cas_{number:04d}", message_id=f"msg_{number:04d}", category="insult", severity="medium",
                    score=0.9, evidence_start=0, evidence_end=1, quote="x", detector="test", detector_version="1",
                    created_at=now,
                )
            )  # fmt: skip
    return [f"cas_{number:04d}" for number in range(cases)]


def _require_each_claimed_once(store: Store, case_ids: list[str], claimed: dict[str, list[str]]) -> None:
    """Check what each moderator says, the rows and the audit log: they must tell the same of every case."""
    assert sorted(case_id for own in claimed.values() for case_id in own) == case_ids
    with store.read("a") as unit:
        holders = dict(unit.session.execute(select(Case.id, Case.claimed_by)).all())
        entries = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.claimed")).all()
    assert holders == {case_id: actor for actor, own in claimed.items() for case_id in own}
    assert sorted((entry.subject_id, entry.actor) for entry in entries) == sorted(holders.items())


@pytest.mark.slow
def test_two_threads_that_race_for_a_thousand_cases_share_them_and_each_claim_is_on_record(any_store: Store) -> None:
    case_ids, start = _open_cases(any_store, "a", RACED), Barrier(2)

    def work(actor: str) -> list[str]:
        start.wait()
        return claim_all(CaseQueue(any_store), case_ids, actor)

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(work, ["mod-1", "mod-2"])
    _require_each_claimed_once(any_store, case_ids, {"mod-1": one, "mod-2": two})


@pytest.mark.slow
def test_two_processes_that_race_for_a_thousand_cases_share_them(any_store: Store, database_url: str) -> None:
    case_ids = _open_cases(any_store, "a", RACED)
    command = [sys.executable, "-m", "tests.contracts.claimer", database_url]
    running = {
        actor: Popen([*command, actor, str(RACED)], stdin=PIPE, stdout=PIPE, text=True) for actor in ("mod-1", "mod-2")
    }
    for process in running.values():
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running.values():
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    claimed = {actor: process.communicate(timeout=300)[0].split() for actor, process in running.items()}
    assert [process.returncode for process in running.values()] == [0, 0]
    assert all(claimed.values()), "both were at it"
    _require_each_claimed_once(any_store, case_ids, claimed)


@pytest.mark.slow
def test_no_case_is_claimed_or_decided_twice(any_store: Store) -> None:
    case_ids = _open_cases(any_store, "a")
    queue, desk, start = CaseQueue(any_store), DecisionDesk(any_store), Barrier(2)

    def work(actor: str) -> tuple[list[str], list[str]]:
        claimed, decided = [], []
        start.wait()
        for case_id in case_ids:
            try:
                queue.claim("a", case_id, actor)
            except Conflict:
                continue
            claimed.append(case_id)
            desk.decide("a", case_id, Ruling.parse("no_violation"), actor=actor)
            decided.append(case_id)
        return claimed, decided

    with ThreadPoolExecutor(2) as pool:
        (claims_one, decided_one), (claims_two, decided_two) = pool.map(work, ["mod-1", "mod-2"])
    assert sorted(claims_one + claims_two) == case_ids
    assert sorted(decided_one + decided_two) == case_ids


@pytest.mark.slow
def test_two_readers_share_the_work_and_open_each_case_once(any_store: Store) -> None:
    now = any_store.clock.now()
    cascade = Cascade.load(SentimentModel.load())
    with any_store.write("a") as unit:
        unit.add(Channel(id="main", platform="test", external_id="main", name="main", created_at=now))
        unit.session.flush()
        for number in range(40):
            name = f"msg_{number:03d}"
            unit.add(
                Message(
                    id=name, channel_id="main", external_id=name, sent_at=now, mentions=[],
                    text="你就是个废物，滚出这个群，骗子",
                )
            )  # fmt: skip
    start = Barrier(2)

    def work(_: int) -> int:
        reader, opened = PendingReader(any_store, cascade), 0
        start.wait()
        while report := reader.read("a", 7):
            if not report.taken:
                return opened
            opened += report.cases
        return opened

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 40
    with any_store.read("a") as unit:
        assert unit.session.scalar(select(func.count()).select_from(Case)) == 40
        assert unit.session.scalar(select(func.count()).select_from(Reading)) == 40
        assert (
            unit.session.scalar(select(func.count()).select_from(StaleMark).where(StaleMark.purpose == "reading")) == 0
        )
