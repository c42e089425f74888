"""Matches over HTTP: every kind, filters, audiences, newcomers, pairs in bulk, everybody at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.community.tables import Event, Member, Resource
from tests.api.conftest import World
from tests.api.test_features import finished
from tests.conftest import NOW


@pytest.fixture(scope="module")
def event_id(world: World) -> str:
    """A coming event for the founders of the sample."""
    with world.services.store.write(world.community_id) as unit:
        unit.add(
            Event(
                id="evt_coming", code="X-01", title="ERP 选型避坑：从进销存到排产", goal="讲清小工厂上 ERP 的三种做法和各自的坑",
                format="online_talk", city="线上", starts_at=NOW + timedelta(days=5),
                ends_at=NOW + timedelta(days=5, hours=2), created_at=NOW,
            )
        )  # fmt: skip
    world.services.sync.run(world.community_id)
    return "evt_coming"


def _resource(world: World) -> str:
    with world.services.store.read(world.community_id) as unit:
        return (
            unit.session.scalars(
                select(Resource.id).where(Resource.status == "available").order_by(Resource.code)
            ).first()
            or ""
        )


def test_matches_of_every_kind_have_scores_and_reasons(world: World, event_id: str) -> None:
    for kind in ("member", "resource", "event", "thread"):
        answer = world.get("member", f"/members/{world.member_id}/matches", kind=kind, n=10)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["kind"] == kind and found["considered"] >= len(found["items"])
        for item in found["items"]:
            assert item["reasons"] and item["strengths"] and item["label"]
            assert all(0.0 <= value <= 1.0 for value in item["components"].values())
        assert found["items"] or found["notes"]


@pytest.mark.slow
def test_filters_narrow_the_list(world: World) -> None:
    listed = world.matched()
    path, best = f"/members/{listed['member_id']}/matches", listed["items"][0]["target_id"]
    with world.services.store.read(world.community_id) as unit:
        city = unit.get(Member, best).city
    here = [item["target_id"] for item in world.get("operator", path, n=50, city=city).json()["items"]]
    with world.services.store.read(world.community_id) as unit:
        assert best in here and {row.city for row in unit.get_many(Member, here).values()} == {city}
    assert world.get("operator", path, n=50, city="Atlantis").json()["items"] == []
    kinds = world.get("operator", path, kind="resource", n=50, type="funding").json()["items"]
    with world.services.store.read(world.community_id) as unit:
        assert {row.type for row in unit.get_many(Resource, [i["target_id"] for i in kinds]).values()} <= {"funding"}


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"kind": "club"}, "kind"), ({"n": 51}, "n"), ({"type": "funding"}, "type"), ({"city": "x" * 101}, "city"),
        ({"kind": "event", "industry": "AI"}, "industry"), ({"wording": "model", "n": 11}, "n"), ({"wording": "poem"}, "wording"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_a_problem_with_its_field(world: World, params: dict[str, Any], field: str) -> None:
    answer = world.get("operator", f"/members/{world.member_id}/matches", **params)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "invalid_input" and any(field in error["pointer"] for error in problem["errors"])


@pytest.mark.slow
def test_without_a_model_its_wording_is_refused_visibly_and_to_members_altogether(world: World) -> None:
    path = f"/members/{world.matched()['member_id']}/matches"
    found = world.get("operator", path, wording="model", n=3).json()
    assert found["degraded"]["code"] == "no_model" and found["items"]
    assert {reason["worded_by"] for item in found["items"] for reason in item["reasons"]} == {"template"}
    mine = f"/members/{world.member_id}/matches"
    assert world.get("member", mine, wording="model", n=3).status_code == 403


def test_any_kind_of_pair_is_explained(world: World, event_id: str) -> None:
    base = f"/members/{world.member_id}/matches"
    for kind, target in (("event", event_id), ("resource", _resource(world)), ("member", world.other_member_id)):
        told = world.get("operator", f"{base}/{target}/explanation", kind=kind).json()
        assert (told["kind"], told["target_id"]) == (kind, target) and "lexical" in told["components"]
        assert told["label"]
    assert world.get("operator", f"{base}/{event_id}/explanation", kind="resource").status_code == 404


def test_who_should_hear_of_something_is_said_in_their_own_words(world: World, event_id: str) -> None:
    found = world.get("operator", f"/events/{event_id}/audience", n=5).json()
    assert found["target_name"].startswith("ERP") and found["considered"] > 5
    for item in found["items"]:
        texts = {t["id"]: t["text"] for t in world.get("admin", f"/members/{item['member_id']}").json()["texts"]}
        quoted = item["reasons"][0]["evidence"][0]
        assert quoted["quote"] in texts[quoted["record_id"]]
    heard = world.get("operator", f"/resources/{_resource(world)}/audience", n=5).json()
    assert heard["kind"] == "resource" and len(heard["items"]) <= 5
    for path in ("/resources/nothing/audience", "/events/nothing/audience", "/threads/nothing/audience"):
        answer = world.get("operator", path)
        assert answer.status_code == 404 and answer.json()["code"] == "not_found"


def test_newcomers_are_listed_and_welcomed(world: World) -> None:
    with world.services.store.write(world.community_id) as unit:
        unit.get(Member, world.member_id).joined_at = NOW - timedelta(days=2)
    listed = world.get("operator", "/newcomers", limit=1).json()
    assert listed["items"][0]["member_id"] == world.member_id and listed["items"][0]["sentences"] > 0
    found = world.get("operator", f"/members/{world.member_id}/welcome").json()
    assert found["is_newcomer"] and found["introduction"] and len(found["people"]) <= 3
    assert all(evidence["quote"] in found["introduction"] for evidence in found["evidence"])
    assert world.get("operator", f"/members/{world.member_id}/welcome", channel="nowhere").status_code == 404
    assert world.get("operator", "/members/nobody/welcome").status_code == 404


def test_pairs_are_scored_in_bulk_and_one_bad_pair_spoils_none(world: World) -> None:
    body = {"pairs": [{"member": "M014", "other": "M013"}, {"member": "M014", "other": "M999"},
                      {"member": world.member_id, "other": _resource(world), "kind": "resource"}]}  # fmt: skip
    answer = world.post("operator", "/match-scores", body)
    assert answer.status_code == 200, answer.text
    first, second, third = answer.json()["items"]
    assert first["error"] is None and first["member_id"] == world.member_id and first["components"]
    assert second["error"]["code"] == "not_found" and second["score"] is None
    assert third["kind"] == "resource" and third["score"] is not None
    told = world.get("operator", f"/members/{world.member_id}/matches/{first['target_id']}/explanation").json()
    assert (first["score"], first["components"]) == (told["score"], told["components"])


@pytest.mark.parametrize(
    "body",
    [{}, {"pairs": []}, {"pairs": [{"member": "a", "other": "b"}] * 201}, {"pairs": [{"member": "a"}]},
     {"pairs": [{"member": "a", "other": "b", "kind": "club"}]}, {"pairs": [{"member": "", "other": "b"}]}],
)  # fmt: skip
def test_pairs_that_are_none_are_refused(world: World, body: dict[str, Any]) -> None:
    assert world.post("operator", "/match-scores", body).status_code == 422


@pytest.mark.slow
def test_everybody_is_matched_by_a_job_and_the_proposals_are_listed_page_by_page(world: World) -> None:
    answer = world.post("operator", "/matches", {"kind": "member", "n": 2})
    assert answer.status_code == 202, answer.text
    job = finished(world, answer.json()["id"])
    assert job["status"] == "done", job
    report = job["result"]["matches"]
    assert report["most_exposed"] <= world.services.settings.matching.exposure_cap
    seen: list[dict[str, Any]] = []
    cursor = None
    while True:
        params = {"kind": "member", "status": "proposed", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = world.get("operator", "/matches", **params).json()
        seen.extend(page["items"])
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert len({item["match_id"] for item in seen}) == len(seen) > 2
    assert all(item["reasons"] for item in seen)
    whose = seen[0]["member_id"]
    theirs = world.get("operator", "/matches", member_id=whose, kind="member").json()["items"]
    assert theirs and {item["member_id"] for item in theirs} == {whose}
    assert world.get("operator", "/matches", member_id="nobody").status_code == 404
    assert world.get("operator", "/matches", cursor="nonsense").status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [("/matches", {"kind": "member"}), ("/match-scores", {"pairs": [{"member": "M014", "other": "M013"}]})],
)
def test_only_operators_match_everybody_and_score_pairs(world: World, path: str, body: dict[str, Any]) -> None:
    for role in ("member", "moderator"):
        assert world.post(role, path, body).status_code == 403
    assert world.post("stranger", path, body).status_code == 404
    assert world.post("operator", path, {**body, "surprise": 1}).status_code == 422
