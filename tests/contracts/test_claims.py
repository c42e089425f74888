"""Two at once, on both databases: a case has one moderator, a waiting message is read and charged once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from copilot.atmosphere.sentiment import SentimentModel
from copilot.community.store import Store
from copilot.community.tables import Case, Channel, Message, Reading, StaleMark
from copilot.errors import Conflict
from copilot.moderation.cascade import Cascade
from copilot.moderation.cases import CaseQueue
from copilot.moderation.decisions import DecisionDesk, Ruling
from copilot.moderation.reading import PendingReader

CASES = 60


def _open_cases(store: Store, community_id: str) -> list[str]:
    now = store.clock.now()
    with store.write(community_id) as unit:
        unit.add(Channel(id="main", platform="test", external_id="main", name="main", created_at=now))
        unit.session.flush()
        for number in range(CASES):
            message_id = f"msg_{number:03d}"
            unit.add(
                Message(
                    id=message_id, channel_id="main", external_id=message_id, sent_at=now, text="x", mentions=[],
                )
            )  # fmt: skip
            unit.session.flush()
            unit.add(
                Case(
                    id=f"cas_{number:03d}", message_id=message_id, category="insult", severity="medium", score=0.9,
                    evidence_start=0, evidence_end=1, quote="x", detector="test", detector_version="1", created_at=now,
                )
            )  # fmt: skip
    return [f"cas_{number:03d}" for number in range(CASES)]


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
