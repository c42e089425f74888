"""Whatever changes, wherever a run dies, whoever else runs: the next run makes index and SQL agree."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.clock import FixedClock
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Community, Member, Message, ProfileText
from copilot.errors import IndexUnavailable
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import VectorItem
from copilot.vectors.sync import VectorSync
from tests.vectors.records import AT, LetterEmbedder, member, question

MEMBERS = ("m0", "m1", "m2")
ACTIONS = ("edit", "consent", "hide", "recall", "delete", "ask", "run", "die before", "die after")


class Mortal(ExactIndex):
    """Dies at a write when told to, before or after the write itself."""

    def __init__(self) -> None:
        super().__init__()
        self.death = ""

    def _write(self, work: Callable[[], None]) -> None:
        death, self.death = self.death, ""
        if death != "die before":
            work()
        if death:
            raise IndexUnavailable(death)

    def upsert(self, community_id: str, aspect: str, items: Sequence[VectorItem]) -> None:
        self._write(lambda: super(Mortal, self).upsert(community_id, aspect, items))

    def delete(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> None:
        self._write(lambda: super(Mortal, self).delete(community_id, aspect, record_ids))


class World:
    def __init__(self, folder: Path, migrated: Path) -> None:
        shutil.copy(migrated, folder)
        self.store = Store.open(f"sqlite:///{folder / migrated.name}", clock=FixedClock(AT), upgrade=False)
        with self.store.system(write=True) as session:
            session.add(Community(id="c", slug="sample", name="示例", created_at=AT))
        with self.store.write("c") as unit:
            for name in MEMBERS:
                member(unit, name, {"is": [f"我是{name}"], "wants": [f"{name}想要的"]})
        self.index = Mortal()
        self.sync = VectorSync(StaleTexts(self.store), self.index, LetterEmbedder(), batch_size=2)
        self.steps = 0

    def act(self, action: str, name: str) -> None:
        self.steps += 1
        if action == "run":
            self.sync.run("c")
        elif action.startswith("die"):
            self.index.death = action
            try:
                self.sync.run("c")
            except IndexUnavailable:
                return
            self.index.death = ""
        else:
            self._change(action, name)

    def _change(self, action: str, name: str) -> None:
        with self.store.write("c") as unit:
            row = unit.find(Member, name)
            if row is None:
                member(unit, name, {"is": [f"{name}回来了"]})
            elif action == "edit":
                text = unit.find(ProfileText, f"{name}-is-0")
                if text is not None:
                    text.text = "改回来" if text.text != "改回来" else f"第{self.steps}版"
            elif action == "consent":
                row.consent_ai = not row.consent_ai
            elif action == "hide":
                row.visibility = "hidden" if row.visibility != "hidden" else "community"
            elif action == "delete":
                unit.session.delete(row)
            elif action == "ask":
                question(unit, f"q{self.steps}", f"{name}的问题？", name)
            else:
                for message in unit.get_many(Message, [f"q{step}" for step in range(self.steps)]).values():
                    message.recalled_at = AT


@pytest.mark.slow
@given(script=st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from(MEMBERS)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_after_any_script_one_run_makes_index_and_sql_agree(migrated: Path, script: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), migrated)
        for action, name in script:
            world.act(action, name)
        world.sync.run("c")
        report = world.sync.check("c")
        world.store.close()
        assert report.is_sound, report
        assert report.waiting == 0


@pytest.mark.slow
def test_three_syncs_beside_a_writer_end_in_agreement(store: Store, community: str) -> None:
    with store.write(community) as unit:
        for number in range(60):
            member(unit, f"m{number}", {"is": [f"我是{number}"], "has": [f"我有{number}"]})
    index = ExactIndex()
    syncs = [VectorSync(StaleTexts(store), index, LetterEmbedder(), batch_size=7) for _ in range(3)]

    def change(seed: int) -> None:
        draw = random.Random(seed)
        for step in range(60):
            name = f"m{draw.randrange(60)}"
            with store.write(community) as unit:
                unit.get(ProfileText, f"{name}-is-0").text = f"第{draw.randrange(3)}版"
                if step % 4 == 0:
                    row = unit.get(Member, name)
                    row.consent_ai = not row.consent_ai

    def keep_syncing(sync: VectorSync) -> None:
        for _ in range(8):
            sync.run(community)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(change, 1), *(pool.submit(keep_syncing, sync) for sync in syncs)]
        for job in work:
            job.result()
    syncs[0].run(community)
    report = syncs[0].check(community)
    assert report.is_sound, report
    assert report.waiting == 0
