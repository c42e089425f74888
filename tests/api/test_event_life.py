"""The life of an event over HTTP: who may what, what is refused and how, and that one asks for oneself only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from copilot.community.store import Unit
from copilot.community.tables import CheckIn, Event, Signup
from tests.api.conftest import World
from tests.conftest import NOW

BRIEF = "下周六深圳20人AI沙龙，预算5000元，两小时"
OPERATORS_ONLY = [
    ("POST", "/events", {"plan_id": "plan_x"}),
    ("POST", "/events/{event}/cancel", None),
    ("GET", "/events/{event}/signups", None),
    ("GET", "/events/{event}/check-in-code", None),
    ("GET", "/events/{event}/reminders", None),
    ("GET", "/events/{event}/feedback", None),
    ("POST", "/events/{event}/review", None),
    ("GET", "/events/{event}/review", None),
    ("GET", "/event-effects", None),
]


def ask(world: World, role: str, method: str, path: str, body: Any = None) -> Any:
    return world.client.request(method, world.path + path, json=body, headers=world.headers(role))


@pytest.fixture
def published(world: World) -> dict[str, Any]:
    plan = world.post("operator", "/event-plans", {"brief": BRIEF})
    assert plan.status_code == 201, plan.text
    answer = world.post("operator", "/events", {"plan_id": plan.json()["id"]})
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["event"])


def stored(world: World, event_id: str, *, starts_in: timedelta, capacity: int = 2) -> str:
    with world.services.store.write(world.community_id) as unit:
        _add(unit, event_id, starts_in, capacity)
    return event_id


def _add(unit: Unit, event_id: str, starts_in: timedelta, capacity: int) -> None:
    start = NOW + starts_in
    unit.add(
        Event(
            id=event_id, code=event_id, title="今晚的沙龙", format="salon", starts_at=start,
            ends_at=start + timedelta(hours=2), capacity=capacity, feedback_questions=["最有用的一点？"], created_at=NOW,
        )
    )  # fmt: skip


def test_a_plan_is_published_listed_shown_and_cancelled(world: World, published: dict[str, Any]) -> None:
    again = world.post("operator", "/events", {"plan_id": published["plan_id"]}).json()
    assert (again["change"], again["event"]["id"]) == ("unchanged", published["id"])
    listed = world.get("member", "/events", when="coming", limit=200).json()["items"]
    assert published["id"] in [item["id"] for item in listed]
    assert world.get("member", f"/events/{published['id']}").json() == published
    off = world.post("operator", f"/events/{published['id']}/cancel", {"reason": "场地漏水"}).json()
    assert (off["event"]["status"], off["to_tell"]) == ("cancelled", 0)
    refused = world.post("operator", "/events", {"plan_id": published["plan_id"]})
    assert (refused.status_code, refused.json()["detail"]) == (409, "这场活动已经取消。")


def test_lists_page_by_cursor(world: World) -> None:
    made = {stored(world, f"evt_page_{n}", starts_in=timedelta(days=300 + n)) for n in range(3)}
    first = world.get("operator", "/events", limit=2).json()
    rest = world.get("operator", "/events", limit=1, cursor=first["next_cursor"]).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == sorted(made, reverse=True)
    assert world.get("operator", "/events", cursor="x").status_code == 400
    assert world.get("operator", "/events", when="never").status_code == 422


def test_a_member_signs_up_waits_moves_up_and_cancels(world: World) -> None:
    event_id = stored(world, "evt_signing", starts_in=timedelta(days=2), capacity=1)
    other = world.post("operator", f"/events/{event_id}/signups", {"member_id": world.other_member_id})
    assert (other.status_code, other.json()["status"]) == (201, "going")
    mine = world.post("member", f"/events/{event_id}/signups").json()
    assert (mine["status"], mine["position"], mine["member_id"]) == ("waitlisted", 1, world.member_id)
    waiting = world.get("operator", f"/events/{event_id}/signups", status="waitlisted").json()["items"]
    assert waiting == [mine]
    drafts = world.get("operator", f"/events/{event_id}/reminders", kind="waiting").json()["items"]
    assert "第 1 位" in drafts[0]["text"]
    body = {"member_id": world.other_member_id}
    left = world.post("operator", f"/events/{event_id}/signups/cancel", body).json()
    assert (left["signup"]["status"], left["moved_up"]) == ("cancelled", 1)
    [now] = [
        s for s in world.get("member", f"/members/{world.member_id}/signups").json()["items"] if s["id"] == mine["id"]
    ]
    assert now["status"] == "going" and now["moved_up_at"] is not None
    assert world.post("member", f"/events/{event_id}/signups/cancel").json()["signup"]["status"] == "cancelled"


def test_a_member_acts_for_nobody_else(world: World) -> None:
    event_id = stored(world, "evt_self", starts_in=timedelta(minutes=10))
    body = {"member_id": world.other_member_id}
    for path, more in (
        ("signups", {}),
        ("signups/cancel", {}),
        ("check-ins", {"code": "AAAAAA"}),
        ("feedback", {"rating": 5}),
    ):
        answer = world.post("member", f"/events/{event_id}/{path}", {**body, **more})
        assert answer.status_code == 403, path
    assert world.get("member", f"/members/{world.other_member_id}/signups").status_code == 403
    assert world.post("member", f"/events/{event_id}/check-ins", {}).status_code == 403, "no code, no entry"
    nobody = world.post("operator", f"/events/{event_id}/signups", {})
    assert nobody.status_code == 422 and nobody.json()["errors"][0]["pointer"] == "#/member_id"


@pytest.mark.parametrize(("method", "path", "body"), OPERATORS_ONLY)
def test_what_only_operators_may_is_denied_to_members_and_moderators(
    world: World, method: str, path: str, body: Any
) -> None:
    path = path.replace("{event}", "evt_any")
    for role in ("member", "moderator"):
        assert ask(world, role, method, path, body).status_code == 403
    assert ask(world, "stranger", method, path, body).status_code == 404, "another community's key finds nothing"


def test_the_door_opens_to_its_code_and_closes_to_guessers(world: World) -> None:
    event_id = stored(world, "evt_door", starts_in=timedelta(minutes=5))
    world.post("member", f"/events/{event_id}/signups")
    wrong = [world.post("member", f"/events/{event_id}/check-ins", {"code": "WRONG1"}) for _ in range(5)]
    assert [answer.status_code for answer in wrong] == [422] * 4 + [429]
    assert "还可以试 4 次" in wrong[0].json()["detail"] and wrong[4].headers["Retry-After"] == "900"
    shown = world.get("operator", f"/events/{event_id}/check-in-code").json()
    barred = world.post("member", f"/events/{event_id}/check-ins", {"code": shown["code"]})
    assert barred.status_code == 429
    body = {"member_id": world.member_id}
    by_hand = world.post("operator", f"/events/{event_id}/check-ins", body)
    assert (by_hand.status_code, by_hand.json()["came"]) == (201, 1)
    other = {"member_id": world.other_member_id, "code": shown["code"]}
    assert world.post("operator", f"/events/{event_id}/check-ins", other).status_code == 404, "never signed up"
    early = stored(world, "evt_early", starts_in=timedelta(days=1))
    assert world.get("operator", f"/events/{early}/check-in-code").status_code == 409


def test_who_came_gives_feedback_and_the_event_is_reviewed(world: World) -> None:
    event_id = stored(world, "evt_over", starts_in=timedelta(hours=-3))
    with world.services.store.write(world.community_id) as unit:
        unit.add(
            Signup(id="sgn_over", event_id=event_id, member_id=world.member_id, status="attended", signed_up_at=NOW)
        )
        unit.add(CheckIn(id="chk_over", event_id=event_id, member_id=world.member_id, checked_in_at=NOW))
    assert world.get("operator", f"/events/{event_id}/reminders").json()["items"][0]["kind"] == "feedback"
    form = world.get("member", f"/events/{event_id}/feedback-form").json()
    said = {"rating": 5, "comment": "很好", "answers": [{"question": form["questions"][0], "answer": "提问"}]}
    mine = world.post("member", f"/events/{event_id}/feedback", said)
    assert (mine.status_code, mine.json()["member_id"]) == (201, world.member_id)
    [read] = world.get("operator", f"/events/{event_id}/feedback").json()["items"]
    assert read == {**mine.json(), "member_id": None}
    absent = world.post("operator", f"/events/{event_id}/feedback", {"member_id": world.other_member_id, "rating": 1})
    assert (absent.status_code, absent.json()["detail"]) == (409, "只有到场的人可以填反馈。")
    for wrong in ({"rating": 6}, {"rating": 4, "answers": [{"question": "没问过的", "answer": "x"}]}, {}):
        assert world.post("member", f"/events/{event_id}/feedback", wrong).status_code == 422
    assert world.get("operator", f"/events/{event_id}/review").status_code == 404
    made = world.post("operator", f"/events/{event_id}/review", {"lessons": ["早点提醒"]})
    assert made.status_code == 201 and made.json()["lessons"][0]["text"] == "早点提醒"
    assert made.json()["satisfaction"]["value"] is None and "不读数" in made.json()["satisfaction"]["why_none"]
    assert world.get("operator", f"/events/{event_id}/review").json() == made.json()
    assert world.post("operator", f"/events/{event_id}/review", {"lessons": [""]}).status_code == 422


def test_signing_up_twice_with_one_key_is_replayed(world: World) -> None:
    event_id = stored(world, "evt_replayed", starts_in=timedelta(days=2))
    one, two = (world.post("member", f"/events/{event_id}/signups", {}, **{"Idempotency-Key": "s1"}) for _ in range(2))
    assert one.json() == two.json() and two.headers["Idempotent-Replayed"] == "true"


def test_the_long_term_effect_says_why_there_is_none(world: World) -> None:
    found = world.get("operator", "/event-effects").json()
    assert found["difference"]["value"] is None and "不读数" in found["sentence"]
