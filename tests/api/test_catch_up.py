"""What is written is followed by readings and vectors, without anybody asking for it."""

from __future__ import annotations

import itertools
import time

import pytest
from sqlalchemy import func, select

from copilot.catch_up import CatchUp, catching_up
from copilot.community.tables import Job, StaleMark
from tests.api.conftest import World

pytestmark = pytest.mark.timeout(120)


def _mark(world: World, record_id: str) -> None:
    with world.services.store.write(world.community_id) as unit:
        unit.mark_stale([("vector", "member", record_id)])


def _waiting(world: World) -> int:
    with world.services.store.read(world.community_id) as unit:
        return unit.session.scalar(select(func.count()).select_from(StaleMark)) or 0


def _settle(world: World) -> None:
    for job in _jobs(world):
        world.jobs.wait(world.community_id, job)


def _jobs(world: World) -> list[str]:
    with world.services.store.read(world.community_id) as unit:
        return list(unit.session.scalars(select(Job.id).where(Job.created_by == "catch-up")))


@pytest.mark.slow
def test_a_community_that_waits_gets_one_job_and_a_quiet_one_gets_none(world: World) -> None:
    catch_up = CatchUp(world.services, world.jobs, seconds=60)
    for kind in ("read", "check"):  # what other tests of this session left waiting
        done = world.jobs.submit(world.community_id, kind, {}, created_by="test")
        assert world.jobs.wait(world.community_id, done.id).status == "done"
    assert world.community_id not in catch_up.look()
    _mark(world, world.member_id)
    before = len(_jobs(world))
    assert world.community_id in catch_up.look()
    assert world.community_id not in catch_up.look(), "a job is under way, or was tried a moment ago"
    _settle(world)
    assert len(_jobs(world)) == before + 1
    assert _waiting(world) == 0


@pytest.mark.slow
def test_marks_that_stay_are_tried_again_later_and_later(world: World) -> None:
    now = [1000.0]
    catch_up = CatchUp(world.services, world.jobs, seconds=10, now=lambda: now[0])
    tried = []
    for _ in range(40):
        _mark(world, world.member_id)  # as if the job had not cleared it
        if world.community_id in catch_up.look():
            tried.append(now[0])
            _settle(world)
        now[0] += 5
    assert [later - earlier for earlier, later in itertools.pairwise(tried)] == [10, 20, 40, 80]


def test_it_works_by_itself_while_the_block_lasts(world: World) -> None:
    _mark(world, world.member_id)
    with catching_up(world.services, world.jobs, seconds=0.05):
        until = time.monotonic() + 60
        while _waiting(world) and time.monotonic() < until:
            time.sleep(0.05)
    _settle(world)
    assert _waiting(world) == 0
