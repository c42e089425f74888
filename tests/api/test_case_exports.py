"""Exports of cases and decisions: whole, safe to open, of one's own community, for moderators."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import func, select

from copilot.community.models import Category
from copilot.community.tables import Case, Decision
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.exports import export_lines
from copilot.moderation.intake import open_or_join
from copilot.moderation.models import FoundBy
from tests.api.conftest import World

PATH = "/moderation/exports/"


@pytest.fixture(scope="module", autouse=True)
def formula(world: World) -> str:
    """A case whose evidence a spreadsheet would run."""
    message = {
        "channel": "exports", "id": "f-1", "sent_at": "2026-11-15T10:00:00+08:00", "sender": "stranger-1",
        "text": "=HYPERLINK(1), 看，\n这里",
    }  # fmt: skip
    sent = world.post("operator", "/messages", message).json()
    with world.services.store.write(world.community_id) as unit:
        evidence = Evidence(sent["results"][0]["message_id"])
        return open_or_join(unit, CaseDraft(FoundBy.SIGNAL, Category.SCAM, (evidence,), 0.9, "room-model", "1"))


def rows(world: World, what: str, **params: str) -> list[dict[str, Any]]:
    answer = world.get("moderator", PATH + what, **params)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def stored(world: World, table: type[Any]) -> int:
    with world.services.store.read(world.community_id) as unit:
        return unit.session.scalar(select(func.count()).select_from(table)) or 0


def test_every_case_is_there_once_in_both_forms(world: World, formula: str) -> None:
    paged = export_lines(world.services.store, world.community_id, "cases", "jsonl", page_rows=3)
    assert len(b"".join(paged).splitlines()) == stored(world, Case)
    as_lines = rows(world, "cases", format="jsonl")
    assert len({row["id"] for row in as_lines}) == len(as_lines) == stored(world, Case)
    answer = world.get("moderator", PATH + "cases")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == 'attachment; filename="cases.csv"'
    table = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row[0] for row in table[1:]] == [row["id"] for row in as_lines]
    assert table[0][0] == "编号"
    quote = next(row[table[0].index("依据")] for row in table[1:] if row[0] == formula)
    assert quote == "'=HYPERLINK(1), 看，\n这里"
    assert next(row for row in as_lines if row["id"] == formula)["quote"] == "=HYPERLINK(1), 看，\n这里"


def test_decisions_are_exported_and_an_empty_list_is_a_head(world: World) -> None:
    assert len(rows(world, "decisions", format="jsonl")) == stored(world, Decision)
    answer = world.client.get("/api/v1/communities/other" + PATH + "decisions", headers=world.headers("stranger"))
    assert answer.text.count("\r\n") == 1


def test_what_is_not_to_be_had_is_refused(world: World) -> None:
    assert world.get("member", PATH + "cases").status_code == 403
    assert world.get("stranger", PATH + "cases").status_code == 404
    assert world.get("moderator", PATH + "reporters").status_code == 422
    assert world.get("moderator", PATH + "cases", format="xlsx").status_code == 422
