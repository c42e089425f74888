"""Blocks, pair rules and endorsements over HTTP: who may, what is refused, and what the other side is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from copilot.community.tables import Endorsement, Match, Member, PairRule
from copilot.matching.records import match_id
from tests.api.conftest import World
from tests.conftest import NOW


def status(world: World, role: str, method: str, path: str, body: object = None) -> int:
    return answer(world, role, method, path, body).status_code


def answer(world: World, role: str, method: str, path: str, body: object = None) -> Any:
    return world.client.request(method, world.path + path, json=body, headers=world.headers(role))


@pytest.fixture
def own(world: World) -> str:
    return f"/members/{world.member_id}"


@pytest.fixture(autouse=True)
def clean(world: World) -> Iterator[None]:
    yield
    with world.services.store.write(world.community_id) as unit:
        for table in (PairRule, Endorsement):
            unit.session.execute(delete(table))


@pytest.fixture
def connected(world: World) -> Iterator[None]:
    """The member and the other member have both said yes."""
    ids = (world.member_id, world.other_member_id)
    keys = [match_id(world.community_id, a, "member", b) for a, b in (ids, ids[::-1])]
    with world.services.store.write(world.community_id) as unit:
        unit.session.execute(delete(Match).where(Match.id.in_(keys)))
        for key, (a, b) in zip(keys, (ids, ids[::-1]), strict=True):
            unit.add(
                Match(
                    id=key, member_id=a, kind="member", target_id=b, score=0.5, components={}, reasons=[],
                    status="accepted", created_at=NOW, updated_at=NOW,
                )
            )  # fmt: skip
    yield
    with world.services.store.write(world.community_id) as unit:
        unit.session.execute(delete(Match).where(Match.id.in_(keys)))


class TestBlocks:
    def test_a_member_blocks_lists_and_lifts(self, world: World, own: str) -> None:
        other = world.other_member_id
        made = answer(world, "member", "POST", f"{own}/blocks", {"member_id": other, "note": "太吵"})
        assert made.status_code == 201 and made.json()["member_id"] == other and made.json()["note"] == "太吵"
        listed = world.get("member", f"{own}/blocks").json()
        assert listed == {"items": [made.json()], "next_cursor": None, "has_more": False}
        assert world.get("operator", f"{own}/blocks").json() == listed
        assert answer(world, "member", "DELETE", f"{own}/blocks/{other}").json() == made.json()
        assert status(world, "member", "DELETE", f"{own}/blocks/{other}") == 404

    def test_only_the_members_own_key_blocks(self, world: World, own: str) -> None:
        other = world.other_member_id
        for role in ("operator", "moderator", "admin"):
            assert status(world, role, "POST", f"{own}/blocks", {"member_id": other}) == 403
            assert status(world, role, "DELETE", f"{own}/blocks/{other}") == 403
        assert status(world, "member", "POST", f"/members/{other}/blocks", {"member_id": world.member_id}) == 403
        assert status(world, "member", "GET", f"/members/{other}/blocks") == 403
        assert status(world, "moderator", "GET", f"{own}/blocks") == 403
        assert status(world, "stranger", "GET", f"{own}/blocks") == 404

    def test_wrong_blocks_are_refused(self, world: World, own: str) -> None:
        refused = [
            ({"member_id": world.member_id}, 422), ({"member_id": "mem_nobody"}, 404), ({}, 422), ({"member_id": ""}, 422),
            ({"member_id": world.other_member_id, "note": "x" * 501}, 422), ({"member_id": "x" * 65}, 422),
            ({"member_id": world.other_member_id, "kind": "must_match"}, 422),
        ]  # fmt: skip
        for body, expected in refused:
            found = answer(world, "member", "POST", f"{own}/blocks", body)
            assert found.status_code == expected, body
            assert found.json()["code"] in {"invalid_input", "not_found"}

    def test_the_blocked_member_is_told_nothing(self, world: World, own: str) -> None:
        """The other blocks; the member's own list loses them and says no more than of somebody without consent."""
        target = world.other_member_id
        world.post("operator", "/pair-rules", {"kind": "must_match", "member_ids": [world.member_id, target]})
        before = world.get("member", f"{own}/matches", n=50).json()
        assert target in [item["target_id"] for item in before["items"]]
        with world.services.store.write(world.community_id) as unit:
            unit.add(
                PairRule(
                    id="rule_theirs", kind="blocked", first_id=target, second_id=world.member_id, note="烦",
                    created_by=target, created_at=NOW,
                )
            )  # fmt: skip
        after = world.get("member", f"{own}/matches", n=50).json()
        assert target not in [item["target_id"] for item in after["items"]]
        assert "blocked" not in after["excluded"] and "consent" not in after["excluded"]
        assert after["excluded"]["unavailable"] == before["excluded"].get("unavailable", 0) + 1
        assert world.get("operator", f"{own}/matches", n=50).json()["excluded"]["blocked"] == 1
        assert world.get("member", f"{own}/blocks").json()["items"] == []
        assert "rule_theirs" not in world.get("member", f"{own}/export").text
        told = world.get("operator", f"{own}/matches/{target}/explanation").json()["exclusions"]
        (block,) = [item for item in told if item["code"] == "blocked"]
        assert (block["data"]["rule_id"], block["data"]["member_ids"]) == ("rule_theirs", [target])
        assert "rule_theirs" in block["text"] and "烦" in block["text"]
        assert status(world, "member", "GET", f"{own}/matches/{target}/explanation") == 403


class TestRules:
    def body(self, world: World, kind: str = "cannot_match", **more: object) -> dict[str, object]:
        return {"kind": kind, "member_ids": [world.member_id, world.other_member_id]} | more

    def test_operators_set_read_and_remove_rules(self, world: World) -> None:
        ends = (NOW + timedelta(days=30)).isoformat()
        made = world.post("operator", "/pair-rules", self.body(world, note="同行", expires_at=ends))
        assert made.status_code == 201
        rule = made.json()
        assert (rule["kind"], rule["note"], rule["is_in_force"]) == ("cannot_match", "同行", True)
        assert {rule["first_id"], rule["second_id"]} == {world.member_id, world.other_member_id}
        assert world.get("operator", "/pair-rules", kind="cannot_match").json()["items"] == [rule]
        assert world.get("operator", "/pair-rules", kind="must_match").json()["items"] == []
        assert world.get("operator", "/pair-rules", member_id=world.member_id).json()["items"] == [rule]
        assert world.get("operator", f"/pair-rules/{rule['id']}").json() == rule
        told = world.get("operator", f"/members/{world.member_id}/matches/{world.other_member_id}/explanation").json()
        assert "cannot_match" in [item["code"] for item in told["exclusions"]]
        assert answer(world, "operator", "DELETE", f"/pair-rules/{rule['id']}").json() == rule
        assert status(world, "operator", "DELETE", f"/pair-rules/{rule['id']}") == 404

    def test_a_pair_that_must_match_comes_first_and_says_so(self, world: World, own: str) -> None:
        world.post("operator", "/pair-rules", self.body(world, "must_match"))
        first = world.get("member", f"{own}/matches").json()["items"][0]
        assert (first["target_id"], first["required"]) == (world.other_member_id, True)

    def test_conflicts_say_why_in_the_communitys_language(self, world: World) -> None:
        world.post("operator", "/pair-rules", self.body(world))
        for kind, reason in (("cannot_match", "rule_exists"), ("must_match", "opposite_rule")):
            found = world.post("operator", "/pair-rules", self.body(world, kind))
            assert found.status_code == 409 and found.json()["data"]["reason"] == reason
            assert found.json()["data"]["sentence"]["zh-CN"] and found.json()["data"]["sentence"]["en"]

    def test_wrong_rules_are_refused(self, world: World) -> None:
        past = NOW.isoformat()
        wrong = [
            self.body(world, "blocked"), self.body(world, expires_at=past), self.body(world, expires_at="2027-01-01T00:00"),
            self.body(world, note="x" * 501), self.body(world, member_ids=[world.member_id]),
            self.body(world, member_ids=[world.member_id] * 2), self.body(world, member_ids=[world.member_id] * 3),
            {"kind": "must_match"}, self.body(world, force=True),
        ]  # fmt: skip
        for body in wrong:
            assert status(world, "operator", "POST", "/pair-rules", body) == 422, body
        assert world.get("operator", "/pair-rules", kind="x").status_code == 422
        assert world.get("operator", "/pair-rules", cursor="x").status_code == 400
        assert world.get("operator", "/pair-rules", limit=0).status_code == 422
        assert world.get("operator", "/pair-rules", member_id="mem_nobody").status_code == 404

    def test_a_members_block_is_seen_by_operators_and_lifted_by_the_member_alone(self, world: World, own: str) -> None:
        answer(world, "member", "POST", f"{own}/blocks", {"member_id": world.other_member_id})
        (rule,) = world.get("operator", "/pair-rules", kind="blocked").json()["items"]
        assert status(world, "admin", "DELETE", f"/pair-rules/{rule['id']}") == 403

    def test_members_and_moderators_have_no_part_in_rules(self, world: World) -> None:
        made = world.post("operator", "/pair-rules", self.body(world)).json()
        for role in ("member", "moderator"):
            assert status(world, role, "GET", "/pair-rules") == 403
            assert status(world, role, "GET", f"/pair-rules/{made['id']}") == 403
            assert status(world, role, "POST", "/pair-rules", self.body(world)) == 403
            assert status(world, role, "DELETE", f"/pair-rules/{made['id']}") == 403
        assert status(world, "stranger", "GET", "/pair-rules") == 404

    def test_a_repeated_request_makes_one_rule(self, world: World) -> None:
        headers = {"Idempotency-Key": "one-rule"}
        first = world.post("operator", "/pair-rules", self.body(world), **headers)
        assert world.post("operator", "/pair-rules", self.body(world), **headers).json() == first.json()
        assert len(world.get("operator", "/pair-rules").json()["items"]) == 1


@pytest.mark.usefixtures("connected")
class TestEndorsements:
    def test_a_member_vouches_for_a_connection_and_takes_it_back(self, world: World, own: str) -> None:
        made = answer(
            world, "member", "POST", f"{own}/endorsements", {"member_id": world.other_member_id, "text": "准时"}
        )
        assert made.status_code == 201 and made.json()["text"] == "准时"
        given = world.get("member", f"{own}/endorsements", direction="given").json()["items"]
        received = world.get("operator", f"/members/{world.other_member_id}/endorsements").json()["items"]
        assert given == received == [made.json()]
        path = f"/endorsements/{made.json()['id']}"
        assert status(world, "moderator", "DELETE", path) == 403
        assert answer(world, "member", "DELETE", path).json() == made.json()
        assert status(world, "operator", "DELETE", path) == 404

    def test_only_ones_own_and_only_of_the_connected(self, world: World, own: str) -> None:
        other = world.other_member_id
        with world.services.store.read(world.community_id) as unit:
            third = next(
                row.id
                for row in unit.session.query(Member)
                if row.id not in {world.member_id, other} and row.consent_match
            )
        assert status(world, "member", "POST", f"{own}/endorsements", {"member_id": third}) == 409
        assert status(world, "member", "POST", f"{own}/endorsements", {"member_id": world.member_id}) == 422
        assert status(world, "member", "POST", f"{own}/endorsements", {"member_id": other, "text": "x" * 501}) == 422
        for role in ("operator", "admin"):
            assert status(world, role, "POST", f"{own}/endorsements", {"member_id": other}) == 403
        assert status(world, "member", "GET", f"/members/{other}/endorsements") == 403
        assert status(world, "stranger", "GET", f"{own}/endorsements") == 404
        assert world.get("member", f"{own}/endorsements", direction="sideways").status_code == 422
