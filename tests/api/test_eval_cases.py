"""Cases for evaluation over HTTP: admins alone, one ZIP, nobody's name in it, an audit entry."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from copilot.community.tables import AuditEntry, Member
from tests.api.conftest import World

PATH = "/eval-cases"


def test_an_admin_gets_a_zip_in_which_no_member_is_named(world: World) -> None:
    answer = world.post("admin", PATH, {"what": ["decisions", "topics"]})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert set(archive.namelist()) == {"README.md", "manifest.json", "decisions.jsonl", "topics.jsonl"}
        manifest = json.loads(archive.read("manifest.json"))
        rows = "".join(archive.read(f"{kind}.jsonl").decode() for kind in ("decisions", "topics"))
    with world.services.store.read(world.community_id) as unit:
        names = list(unit.session.scalars(select(Member.name)))
        entries = list(unit.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == manifest["export_id"])))
    assert not [name for name in names if len(name) > 1 and name in rows]
    assert [entry.action for entry in entries] == ["evaluation.cases_exported"]


@pytest.mark.parametrize(("who", "status"), [("operator", 403), ("moderator", 403), ("member", 403), ("stranger", 404)])
def test_others_get_none(world: World, who: str, status: int) -> None:
    assert world.post(who, PATH, {}).status_code == status


@pytest.mark.parametrize("body", [{"what": ["secrets"]}, {"what": "decisions"}, {"what": ["topics"] * 6}, {"salt": 1}])
def test_what_is_no_kind_is_refused(world: World, body: dict[str, object]) -> None:
    assert world.post("admin", PATH, body).status_code == 422
