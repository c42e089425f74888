"""Outcomes and learnt weights over HTTP."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from copilot.community.tables import Match, MatchFeedback, Member, ScoreWeights
from copilot.matching.learning.outcomes import COMPONENTS, FIELDS
from copilot.matching.scores.scoring import Weights
from tests.api.conftest import World
from tests.conftest import NOW
from tests.matching.outcome_records import simulate, true_weights

READERS, WRITERS = ("operator", "admin"), ("operator", "admin")


@pytest.fixture
def clean(world: World) -> Iterator[None]:
    yield
    with world.services.store.write(world.community_id) as unit:
        unit.session.execute(delete(ScoreWeights))
        unit.session.execute(delete(MatchFeedback))
        unit.session.execute(delete(Match).where(Match.id.startswith("sim_")))
        # In the schema, what was said of members and by them goes with them.
        for row in unit.session.query(Member).filter(Member.platform == "simulated"):
            unit.session.delete(row)


@pytest.fixture
def lived(world: World, clean: None) -> None:
    """Three hundred outcomes of members who look at the city first."""
    found = simulate(300, true_weights(Weights()), members=20)
    with world.services.store.write(world.community_id) as unit:
        for name in sorted({who for item in found for who in (item.member_id, item.target_id)}):
            unit.add(Member(id=f"sim_{name}", platform="simulated", external_id=name, name=name, created_at=NOW))
        unit.session.flush()
        for item in found:
            unit.add(
                Match(
                    id=f"sim_{item.match_id}", member_id=f"sim_{item.member_id}", kind="member", score=0.5, reasons=[],
                    target_id=f"sim_{item.target_id}", components={}, status="accepted", created_at=NOW, updated_at=NOW,
                )
            )  # fmt: skip
        unit.session.flush()
        for item in found:
            unit.add(
                MatchFeedback(
                    id=f"sim_{item.match_id}", match_id=f"sim_{item.match_id}", member_id=f"sim_{item.member_id}",
                    verdict="accept" if item.is_yes else "reject", components=item.components, created_at=item.decided_at,
                )
            )  # fmt: skip


@pytest.mark.slow
def test_a_version_is_learnt_listed_taken_back_and_brought_back(world: World, lived: None) -> None:
    result = world.post("operator", "/match-weights/learn").json()
    assert result["result"] == "activated", result["figures"]
    assert result["sentence"].startswith("版本 1")
    listed = world.get("operator", "/match-weights").json()
    assert listed["items"] == [result["version"]]
    assert listed["in_force"] == {"version": 1, "shares": result["version"]["shares"]}
    assert sum(listed["in_force"]["shares"].values()) == pytest.approx(1.0)
    assert world.post("admin", "/match-weights/rollback").json() == {"version": 0, "shares": Weights().shares()}
    assert world.post("operator", "/match-weights/1/activate").json()["version"] == 1
    assert world.post("operator", "/match-weights/0/activate").json()["version"] == 0
    refused = world.post("operator", "/match-weights/rollback")
    assert (refused.status_code, refused.json()["data"]["reason"]) == (409, "nothing_active")
    assert world.post("operator", "/match-weights/9/activate").status_code == 404
    assert world.post("operator", "/match-weights/-1/activate").status_code == 422


def test_too_few_outcomes_are_an_answer_with_numbers(world: World, clean: None) -> None:
    result = world.post("operator", "/match-weights/learn").json()
    assert (result["result"], result["version"]) == ("not_enough", None)
    assert result["figures"]["least"]["learnt_from"] == 60
    assert "60" in result["sentence"]
    assert world.get("operator", "/match-weights").json()["items"] == []


@pytest.mark.slow
def test_outcomes_are_exported_in_two_forms_with_ids_and_numbers(world: World, lived: None) -> None:
    table = world.get("operator", "/match-outcomes")
    assert table.headers["content-type"].startswith("text/csv")
    assert "attachment" in table.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(table.text)))
    lines = world.get("operator", "/match-outcomes", format="jsonl")
    objects = [json.loads(line) for line in lines.text.splitlines()]
    assert len(rows) == len(objects) == 300
    assert list(rows[0]) == [*FIELDS, *COMPONENTS]
    for row, item in zip(rows, objects, strict=True):
        assert (row["match_id"], row["outcome"]) == (item["match_id"], item["outcome"])
        assert float(row["forward"]) == item["components"]["forward"]
    assert len(world.get("operator", "/match-outcomes", limit=7).text.splitlines()) == 8
    assert world.get("operator", "/match-outcomes", format="xml").status_code == 422
    assert world.get("operator", "/match-outcomes", limit=100_001).status_code == 422


@pytest.mark.parametrize("role", ["operator", "admin", "moderator", "member", "stranger"])
def test_who_may(world: World, clean: None, role: str) -> None:
    reads = [world.get(role, path).status_code for path in ("/match-weights", "/match-outcomes")]
    writes = [world.post(role, f"/match-weights/{path}").status_code for path in ("learn", "rollback", "0/activate")]
    if role == "stranger":
        assert {*reads, *writes} == {404}
    elif role in READERS:
        assert reads == [200, 200]
        assert writes == [200, 409, 200]
    else:
        assert {*reads, *writes} == {403}
