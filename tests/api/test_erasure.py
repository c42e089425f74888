"""Erasure and consent over HTTP, on the sample: what others keep works, what was the member's is not found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from copilot.community.erasure import erase_member
from copilot.community.import_options import ImportOptions
from copilot.community.importers.base import ImportKind
from copilot.community.tables import Channel, Erasure, EventPlan, Message, ProfileText, Resource
from tests.api.conftest import World
from tests.conftest import NOW

MEMBER = "external_id,name,city,has,consent_match\nEX1,石榴甲,深圳,做了十年跨境电商独立站，讲过三十场跨境电商选品与投放的分享会,yes\n"
RESOURCE = "code,type,title,description,owner\nEX-R1,knowledge,留声机机芯图纸,老式留声机机芯与喇叭的全套图纸,EX1\n"


def imported(world: World, folder: Path, kind: ImportKind, table: str) -> None:
    file = folder / "table.csv"
    file.write_text(table, encoding="utf-8")
    report = world.services.importing.run(world.community_id, file, ImportOptions(kind=kind))
    assert report.error_count == 0


@pytest.fixture
def member_id(world: World, tmp_path: Path) -> Iterator[str]:
    """Somebody of this test's own, who owns a resource and is indexed."""
    imported(world, tmp_path, ImportKind.MEMBERS, MEMBER)
    imported(world, tmp_path, ImportKind.RESOURCES, RESOURCE)
    world.services.sync.run(world.community_id)
    (member,) = world.get("admin", "/members", q="EX1").json()["items"]
    yield str(member["id"])
    # The next test imports the same person again, which an erasure forbids.
    with world.services.store.write(world.community_id) as unit:
        unit.session.execute(delete(Erasure))
    world.client.delete(f"{world.path}/members/{member['id']}", headers=world.headers("admin"))
    with world.services.store.write(world.community_id) as unit:
        unit.session.execute(delete(Erasure))


@pytest.mark.slow
def test_a_plan_outlives_a_member_who_said_the_word_to(world: World, member_id: str) -> None:
    plan_id = world.post("operator", "/event-plans", {"brief": "下周六线上跨境电商选品与投放分享会，40人"}).json()["id"]
    with world.services.store.read(world.community_id) as unit:
        assert member_id in json.dumps(unit.get(EventPlan, plan_id).snapshot), "the plan knows the member"
    with world.services.store.write(world.community_id) as unit:
        channel = unit.session.scalars(select(Channel)).first()
        assert channel is not None
        for number, text in enumerate(("to", "kind", "ok go to it")):
            unit.add(
                Message(
                    id=f"msg_to{number}", channel_id=channel.id, external_id=f"to{number}", sender_id=member_id,
                    sent_at=NOW, text=text,
                )
            )  # fmt: skip
    assert world.client.delete(f"{world.path}/members/{member_id}", headers=world.headers("admin")).status_code == 200
    answer = world.get("operator", f"/event-plans/{plan_id}")
    assert answer.status_code == 200, answer.text
    assert member_id not in answer.text
    assert world.get("operator", "/event-plans").status_code == 200
    assert world.get("operator", f"/event-plans/{plan_id}/markdown").status_code == 200


@pytest.mark.slow
def test_what_an_erased_member_owned_is_found_by_nobody(world: World, member_id: str) -> None:
    def found() -> list[str]:
        return [hit["title"] for hit in world.get("operator", "/search/resources", q="留声机机芯图纸", n=20).json()]

    with world.services.store.read(world.community_id) as unit:
        owned = unit.session.scalars(select(Resource.id).where(Resource.owner_id == member_id)).one()
    assert "留声机机芯图纸" in found()
    proof = world.client.delete(f"{world.path}/members/{member_id}", headers=world.headers("admin")).json()
    assert proof["counts"]["resource"] == 1
    assert proof["index_confirmed_at"]
    assert world.services.index.fetch(world.community_id, "resource", [owned]) == {}
    assert world.get("operator", f"/resources/{owned}").status_code == 404
    assert "留声机机芯图纸" not in found()


@pytest.mark.slow
def test_an_erasure_that_was_cut_off_is_finished_by_the_check_of_the_next_start(world: World, member_id: str) -> None:
    services, community = world.services, world.community_id
    with services.store.read(community) as unit:
        texts = list(unit.session.scalars(select(ProfileText.id).where(ProfileText.member_id == member_id)))
    assert services.index.fetch(community, "has", texts)
    erasure_id = erase_member(services.store, community, member_id, requested_by="test")  # and the process dies here
    job = checked(world)
    assert (job["status"], job["result"]["check"]["erasures_finished"]) == ("done", 1)
    assert services.index.fetch(community, "has", texts) == {}
    with services.store.read(community) as unit:
        assert unit.get(Erasure, erasure_id).index_confirmed_at is not None
    files = [path for path in services.settings.vectors_dir.rglob("*") if path.is_file()]
    assert [path.name for path in files if member_id.encode() in path.read_bytes()] == []
    assert checked(world)["result"]["check"]["erasures_finished"] == 0


def checked(world: World) -> dict[str, Any]:
    """Run the job that every start begins, and return it as it ended."""
    job = world.jobs.submit(world.community_id, "check", {}, created_by="test")
    world.jobs.wait(world.community_id, job.id)
    return dict(world.get("operator", f"/jobs/{job.id}").json())


@pytest.mark.slow
def test_an_import_does_not_widen_what_the_member_narrowed(world: World, member_id: str, tmp_path: Path) -> None:
    body = {"consent_match": False, "visibility": "operators"}
    changed = world.client.patch(f"{world.path}/members/{member_id}/consent", json=body, headers=world.headers("admin"))
    assert changed.status_code == 200
    imported(world, tmp_path, ImportKind.MEMBERS, MEMBER)
    imported(world, tmp_path, ImportKind.MEMBERS, "external_id,name,consent_match,visibility\nEX1,,yes,community\n")
    after = world.get("admin", f"/members/{member_id}").json()
    assert (after["consent_match"], after["visibility"]) == (False, "operators")
