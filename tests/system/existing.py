"""Records of every kind that a path can name, made over HTTP on a running service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from copilot.community.tables import Endorsement, Resource, ResourceDuplicate
from copilot.services import Services
from copilot.settings import Settings
from tests.system.conftest import Prepared
from tests.system.running import Service

INTRODUCTION = "【自我介绍】坐标绍兴柯桥｜做手工皂出海｜能提供：精油供应商名录\n想找：懂独立站投放的搭档"


def rows_known(folder: Path, prepared: Prepared) -> dict[str, str]:
    """Store what over HTTP takes two who met, or two texts that are alike, in a folder that nobody serves yet.

    Returns the ids by the name of their path parameter: of an endorsement, and of a pair of resources that may be one.
    """
    services, now = Services(Settings(data_dir=folder)), datetime.now(UTC)
    with services.store.write(prepared.community_id) as unit:
        by, about = prepared.members["M013"], prepared.members["M014"]
        unit.add(Endorsement(id="end_known", by_id=by, member_id=about, created_at=now))
        for name in ("res_known_a", "res_known_b"):
            unit.add(Resource(id=name, code=name, type="technology", title="示波器", created_at=now))
        unit.session.flush()
        pair = {"first_id": "res_known_a", "second_id": "res_known_b", "similarity": 0.97, "created_at": now}
        unit.add(ResourceDuplicate(id="rdu_known", **pair))
    services.close()
    return {"endorsement_id": "end_known", "pair_id": "rdu_known"}


def ids_of_records(service: Service, admin: httpx.Client, prepared: Prepared) -> dict[str, str]:
    """Return an id of each kind by the name of its path parameter."""

    def first(path: str) -> dict[str, Any]:
        items: list[dict[str, Any]] = admin.get(path).json()["items"]
        return items[0]

    def made(path: str, body: Any) -> dict[str, Any]:
        answer = admin.post(path, json=body)
        assert answer.status_code in {200, 201}, (path, answer.text)
        return dict(answer.json())

    members = prepared.members
    matched = _matches(admin, prepared)
    groups = {"a": [members["M013"]], "b": [members["M014"]]}
    published = made("/event-plans", {"brief": "下周六深圳20人AI沙龙，预算5000元，两小时"})["id"]
    for quiet in admin.get("/topics/reluctant").json():
        admin.post(f"/members/{quiet['member_id']}/topics", json={"n": 1})
    webhook = made("/webhooks", {"url": "https://hooks.invalid/x", "events": ["match.proposed"]})["id"]
    asked = made("/outreach", {"quota": 3})["items"][0]
    spoken = made(f"/members/{members['M014']}/introduction", {"text": INTRODUCTION})
    pair = {"kind": "cannot_match", "member_ids": [members["M001"], members["M002"]]}
    return {
        "member_id": members["M014"],
        "other_id": members["M013"],
        "target_id": members["M013"],
        "plan_id": made("/event-plans", {"brief": "下周六线上AI分享，90分钟，50人"})["id"],
        "event_id": made("/events", {"plan_id": published})["event"]["id"],
        "feed_id": made("/calendar-feeds", {"name": "members"})["id"],
        "outreach_id": asked["id"],
        "case_id": first("/cases")["id"],
        "key_id": made("/keys", {"name": "spare", "role": "operator"})["id"],
        "job_id": first("/jobs")["id"],
        "resource_id": first("/resources")["id"],
        "match_id": matched[0]["match_id"],
        "introduction_id": _introduced(service, admin, matched[1:]),
        "proposal_id": spoken["items"][0]["id"],
        "round_id": made("/rounds", {"series": "coffee", "seconds": 2})["rounds"][0]["id"],
        "rotation_id": made("/rotations", {"series": "groups", "groups": groups})["id"],
        "rule_id": made("/pair-rules", pair)["id"],
        "webhook_id": webhook,
        "delivery_id": made(f"/webhooks/{webhook}/test", None)["id"],
        **_exchanged(made, members["M014"]),
        "topic_id": (written := first("/topics"))["topic"]["id"],
        **_recognised(made, first, {members["M013"], members["M014"]} - {written["member_id"]}, written["topic"]["id"]),
    }


def _exchanged(made: Callable[[str, Any], dict[str, Any]], member_id: str) -> dict[str, str]:
    """Return a loan of a resource that is made for it, and an agreement on it."""
    camera = made("/resources", {"type": "technology", "title": "相机", "capacity": 1})
    day = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    asked = {"member_id": member_id, "starts_on": day, "ends_on": day}
    loan_id = made(f"/resources/{camera['id']}/requests", asked)["id"]
    draft = {
        "template": "swap", "texts": [{"field": "in_return", "text": "拍一天照"}], "days": [{"field": "due_on", "day": day}],
    }  # fmt: skip
    return {"loan_id": loan_id, "agreement_id": made(f"/loans/{loan_id}/agreements", draft)["id"]}


def _recognised(
    made: Callable[[str, Any], dict[str, Any]], first: Callable[[str], dict[str, Any]], others: set[str], topic_id: str
) -> dict[str, str]:
    """Return thanks for a topic, the entry they become, and a season with what points lead to."""
    said = made(
        f"/members/{min(others)}/thanks", {"kind": "write_up", "evidence_kind": "topic", "evidence_id": topic_id}
    )
    made("/points/settle", {})
    today = datetime.now(UTC)
    times = {"starts_at": (today - timedelta(days=90)).isoformat(), "ends_at": (today + timedelta(days=1)).isoformat()}
    season_id = made("/seasons", {"name": "known", **times})["id"]
    team = {"name": "known", "member_ids": [said["member_id"]], "milestones": ["first"]}
    reward_id = made("/rewards", {"kind": "prize", "title": "known", "cost": 1})["id"]
    redeemed = made(f"/rewards/{reward_id}/redemptions", {"member_id": said["member_id"]})
    return {
        "thanks_id": said["id"],
        "entry_id": first(f"/points?member_id={said['member_id']}&rule=write_up")["id"],
        "season_id": season_id,
        "team_id": made(f"/seasons/{season_id}/teams", team)["id"],
        "award_id": made(f"/seasons/{season_id}/awards", None)["items"][0]["id"],
        "reward_id": reward_id,
        "redemption_id": redeemed["id"],
        "link_id": made("/card-links", {"kind": "ranking", "target_id": season_id})["id"],
    }


def _matches(admin: httpx.Client, prepared: Prepared) -> list[dict[str, Any]]:
    """Return proposals to different members, the best of each."""
    lists = (admin.get(f"/members/{asker}/matches", params={"n": 1}).json() for asker in prepared.members.values())
    return [{**listed["items"][0], "asker": listed["member_id"]} for listed in lists if listed["items"]]


def _introduced(service: Service, admin: httpx.Client, matched: list[dict[str, Any]]) -> str:
    for match in matched:
        key = admin.post("/keys", json={"name": "asker", "role": "member", "member_id": match["asker"]}).json()
        with service.client(key["secret"]) as asker:
            answer = asker.post(f"/matches/{match['match_id']}/feedback", json={"verdict": "accept"})
        if answer.status_code == 200 and answer.json()["introduction_id"]:
            return str(answer.json()["introduction_id"])
    raise AssertionError("nobody of the sample could be introduced")
