"""`kill -9` at random moments of import, reading and indexing: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Job, Member, Message, Reading, StaleMark, VectorRow
from copilot.embeddings.base import Embedder
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.sync import VectorSync
from tests.crash.chat import write_chat
from tests.zygote import Forked

KILLS = int(os.environ.get("CRASH_KILLS", "50"))
MESSAGES = 800  # more than one batch of each stage
ENOUGH_IN_STAGE = 8  # a round
_STAGES = ("import", "read", "sync", "its end")


def _spawn(data_dir: Path, chat: Path, community_id: str) -> Forked:
    return Forked("tests.crash.victim", [str(data_dir), str(chat), community_id], stdout=subprocess.PIPE)


def _line(process: Forked) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _stage(data_dir: Path) -> str:
    """Return the stage in which the job is."""
    with closing(sqlite3.connect(data_dir / "copilot.sqlite", timeout=30)) as database:
        row = database.execute("SELECT result FROM job").fetchone()
    return _STAGES[len(json.loads(row[0])) if row else 0]


def _acknowledged(data_dir: Path, community_id: str) -> tuple[int, int]:
    """Return (rows the job says are done, messages in the table)."""
    store = Store.open(f"sqlite:///{data_dir / 'copilot.sqlite'}")
    with store.read(community_id) as unit:
        job = unit.session.scalars(select(Job)).first()
        rows = (job.params.get("checkpoint") or {}).get("rows", 0) if job else 0
        stored = unit.session.scalar(select(func.count()).select_from(Message)) or 0
    store.close()
    return rows, stored


def _let_on(process: Forked, folder: Path, killed: Counter[str]) -> None:
    """Let a victim finish a stage in which enough were killed: on a slow machine all fifty would die in the first ones."""
    while killed[stage := _stage(folder)] >= ENOUGH_IN_STAGE and process.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.02)
        if _stage(folder) != stage:
            return


def _kill_until_done(folder: Path, community_id: str, chat: Path, pick: random.Random, kills_left: int) -> Counter[str]:
    """Start, wait a random while, kill; return how many kills, by stage, until the job ended (or all that were left)."""
    killed, before = Counter[str](), (0, 0)
    while True:
        with _spawn(folder, chat, community_id) as process:
            assert _line(process) == "READY"
            if killed.total() == kills_left:
                assert _line(process) == "ENDED done"
                return killed
            _let_on(process, folder, killed)
            try:
                process.wait(timeout=pick.uniform(0.0, 1.2))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            else:
                assert _line(process) == "ENDED done"
                return killed
        killed[_stage(folder)] += 1
        now = _acknowledged(folder, community_id)
        assert now[0] >= before[0], "progress that was acknowledged is gone"
        assert now[1] >= before[1], "a message that was acknowledged is gone"
        before = now


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_fifty_kills_lose_and_double_nothing(tmp_path: Path, embedder: Embedder) -> None:
    pick = random.Random(20261121)
    killed, rounds = Counter[str](), 0
    while killed.total() < KILLS:
        rounds += 1
        folder = tmp_path / f"round{rounds}"
        store = Store.open(f"sqlite:///{folder / 'copilot.sqlite'}")
        community_id = create_community(store, CommunityConfig(slug="crash", name="crash"))
        store.close()
        chat = tmp_path / f"chat{rounds}.jsonl"
        with_text = write_chat(chat, MESSAGES, seed=rounds)
        killed += _kill_until_done(folder, community_id, chat, pick, KILLS - killed.total())
        _require_whole(folder, community_id, with_text, embedder)
    assert killed.total() == KILLS
    assert all(killed[stage] for stage in _STAGES[:3]), killed


def _require_whole(folder: Path, community_id: str, with_text: int, embedder: Embedder) -> None:
    store = Store.open(f"sqlite:///{folder / 'copilot.sqlite'}")
    index = ChromaIndex.embedded(folder / "chroma", embedder.name)
    try:
        with store.read(community_id) as unit:

            def count(table: type) -> int:
                return unit.session.scalar(select(func.count()).select_from(table)) or 0

            assert count(Message) == MESSAGES
            assert count(Member) == 40
            assert count(Reading) == with_text
            assert count(StaleMark) == 0
            questions = unit.session.scalar(select(func.count()).where(Reading.is_question)) or 0
            assert count(VectorRow) == questions > 0
            job = unit.session.scalars(select(Job).where(Job.kind == "import")).one()
            assert job.result["import"]["rows_read"] >= MESSAGES
            assert job.result["import"]["counts"]["messages"]["inserted"] == MESSAGES
        sync = VectorSync(StaleTexts(store), index, embedder)
        # The books agree without any mending. Approximate search may still miss a vector that is there: that is what
        # the check of every start mends, and the second one here does the same.
        for aspect in sync.check(community_id, repair=False).aspects:
            assert aspect.is_searchable
            assert (aspect.missing, aspect.stale, aspect.different, aspect.surplus) == (0, 0, 0, 0)
        assert sync.check(community_id, repair=True).is_sound
        assert len(index.scan(community_id, "question")) == questions
    finally:
        index.close()
        store.close()
