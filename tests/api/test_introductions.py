"""Introductions and contacts over HTTP: who may, what each is told, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select

from copilot.community.access import create_key
from copilot.community.models import Role
from copilot.community.tables import AuditEntry, IdempotencyRecord, Introduction, Match, MatchFeedback, Member, PairRule
from copilot.matching.records import match_id
from tests.api.conftest import World
from tests.conftest import NOW

CONTACTS = {"wechat": "heyun-dongfang", "email": None, "phone": None, "telegram": None, "other": None}


class Two:
    """The member of the shared world, who asks, and another, who is asked; both have a key."""

    def __init__(self, world: World, other_key: str) -> None:
        self.world = world
        self.keys = world.keys | {"other": other_key}
        self.asker, self.target = world.member_id, world.other_member_id
        self.match = match_id(world.community_id, self.asker, "member", self.target)

    def ask(self, role: str, method: str, path: str, body: object = None, **headers: str) -> Any:
        headers = {"Authorization": f"Bearer {self.keys[role]}", **headers}
        return self.world.client.request(method, self.world.path + path, json=body, headers=headers)

    def opened(self) -> str:
        answer = self.ask("member", "POST", f"/matches/{self.match}/feedback", {"verdict": "accept"})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["introduction_id"])

    def connected(self) -> str:
        found = self.opened()
        assert self.ask("other", "POST", f"/introductions/{found}/answer", {"answer": "accept"}).status_code == 200
        return found


@pytest.fixture
def two(world: World) -> Iterator[Two]:
    store, community_id = world.services.store, world.community_id
    with store.write(community_id) as unit:
        secret = create_key(unit, "other", Role.MEMBER, member_id=world.other_member_id).secret
        both = Two(world, secret)
        unit.session.execute(delete(Match).where(Match.id == both.match))
        before = {}
        for member_id in (both.asker, both.target):
            row = unit.get(Member, member_id)
            before[member_id] = {"consent_match": row.consent_match, "contacts": row.contacts}
            row.consent_match = True
        unit.add(
            Match(
                id=both.match, member_id=both.asker, kind="member", target_id=both.target, score=0.6, reasons=[],
                components={"forward": 0.7, "backward": 0.5}, status="proposed", created_at=NOW, updated_at=NOW,
            )
        )  # fmt: skip
    yield both
    with store.write(community_id) as unit:
        for table in (Introduction, MatchFeedback, PairRule):
            unit.session.execute(delete(table))
        unit.session.execute(delete(Match).where(Match.member_id.in_(before)))
        for member_id, values in before.items():
            for name, value in values.items():
                setattr(unit.get(Member, member_id), name, value)


def test_two_members_find_each_others_contacts_and_operators_do_not(two: Two) -> None:
    own = f"/members/{two.asker}/contacts"
    assert two.ask("member", "PUT", own, {"wechat": " heyun-dongfang "}).json() == CONTACTS
    assert two.ask("member", "GET", own).json() == CONTACTS
    for role in ("operator", "admin", "moderator", "other"):
        assert two.ask(role, "GET", own).status_code == 403
        assert two.ask(role, "PUT", own, {"wechat": "x"}).status_code == 403
    found = two.opened()
    path = f"/introductions/{found}"
    waiting = two.ask("other", "GET", path).json()
    assert (waiting["side"], waiting["status"], waiting["contacts"]) == ("target", "waiting", None)
    assert [draft["purpose"] for draft in waiting["drafts"]] == ["invitation"]
    headers = {"Idempotency-Key": "yes-1"}
    answered = two.ask("other", "POST", f"{path}/answer", {"answer": "accept"}, **headers)
    assert (answered.status_code, answered.json()["status"]) == (200, "connected")
    with two.world.services.store.read(two.world.community_id) as unit:
        kept = unit.session.scalars(select(IdempotencyRecord).where(IdempotencyRecord.key == "yes-1")).one()
        assert kept.body is not None
        assert "heyun" not in kept.body, "an answer that may be replayed holds no contacts"
    assert two.ask("other", "GET", path).json()["contacts"] == {"wechat": "heyun-dongfang"}
    assert two.ask("member", "GET", path).json()["contacts"] == {}
    for role in ("operator", "admin"):
        shown = two.ask(role, "GET", path)
        assert (shown.status_code, shown.json()["contacts"], shown.json()["side"]) == (200, None, None)
        assert {draft["purpose"] for draft in shown.json()["drafts"]} == {"invitation", "news"}
        assert "heyun" not in shown.text
    for member_id in (two.asker, two.target):
        detail = two.ask("admin", "GET", f"/members/{member_id}")
        assert "heyun" not in detail.text
    assert "heyun" not in two.ask("other", "GET", f"/members/{two.target}/introductions").text


def test_lists_are_the_members_own_or_the_operators(two: Two) -> None:
    found = two.opened()
    for role in ("member", "operator", "admin"):
        listed = two.ask(role, "GET", f"/members/{two.asker}/introductions").json()
        assert [item["id"] for item in listed["items"]] == [found]
        assert "contacts" not in listed["items"][0]
    assert two.ask("other", "GET", f"/members/{two.asker}/introductions").status_code == 403
    assert two.ask("moderator", "GET", f"/members/{two.asker}/introductions").status_code == 403
    assert two.ask("moderator", "GET", f"/introductions/{found}").status_code == 403
    assert two.ask("member", "GET", "/introductions").status_code == 403
    assert two.ask("operator", "GET", "/members/mem_none/introductions").status_code == 404
    for status, count in (("waiting", 1), ("reported", 0)):
        assert len(two.ask("operator", "GET", f"/introductions?status={status}").json()["items"]) == count
    for wrong in ("status=not_taken_up", "status=maybe", "limit=0", "limit=201"):
        assert two.ask("operator", "GET", f"/introductions?{wrong}").status_code == 422
    assert two.ask("operator", "GET", "/introductions?cursor=nonsense").status_code == 400


def test_a_no_and_a_report_are_not_told_and_are_audited(two: Two) -> None:
    found = two.opened()
    path = f"/introductions/{found}"
    body = {"answer": "decline", "reason": "not_relevant", "comment": "不对口"}
    assert two.ask("other", "POST", f"{path}/answer", body).json()["status"] == "declined"
    told = two.ask("member", "GET", path)
    assert (told.json()["status"], told.json()["ending"]) == ("not_taken_up", None)
    assert "不对口" not in told.text
    ending = two.ask("operator", "GET", path).json()["ending"]
    assert ending == {"by": "target", "code": "not_relevant", "comment": "不对口"}
    assert two.ask("other", "POST", f"{path}/report", {"comment": "骚扰"}).json()["status"] == "reported"
    assert two.ask("member", "GET", path).json()["status"] == "not_taken_up"
    again = two.ask("member", "POST", f"/matches/{two.match}/feedback", {"verdict": "accept"})
    assert (again.status_code, again.json()["code"], again.json()["data"]["reason"]) == (409, "conflict", "not_open")
    assert again.json()["data"]["sentence"]["zh-CN"]
    with two.world.services.store.read(two.world.community_id) as unit:
        actions = set(unit.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == found)))
    assert actions == {"introduction.opened", "introduction.declined", "introduction.reported"}


def test_only_the_one_who_is_meant_acts(two: Two) -> None:
    path = f"/introductions/{two.opened()}"
    for role, code in (("member", 403), ("operator", 403), ("admin", 403), ("stranger", 404)):
        assert two.ask(role, "POST", f"{path}/answer", {"answer": "accept"}).status_code == code, role
    for role, code in (("other", 403), ("operator", 403), ("admin", 403)):
        assert two.ask(role, "POST", f"{path}/withdraw").status_code == code, role
        expected = 200 if role == "other" else 403
        assert two.ask(role, "POST", f"{path}/report", {"comment": "x"}).status_code == expected, role
    assert two.ask("stranger", "GET", path).status_code == 404


def test_taking_back_is_for_the_asker_while_it_waits(two: Two) -> None:
    path = f"/introductions/{two.opened()}"
    assert two.ask("member", "POST", f"{path}/withdraw").json()["status"] == "withdrawn"
    late = two.ask("other", "POST", f"{path}/answer", {"answer": "accept"})
    assert (late.status_code, late.json()["data"]["reason"]) == (409, "closed")


def test_the_hourly_job_closes_what_was_not_answered(two: Two) -> None:
    found = two.opened()
    services, community_id = two.world.services, two.world.community_id
    with services.store.write(community_id) as unit:
        unit.get(Introduction, found).expires_at = NOW
    job = two.world.jobs.submit(community_id, "snapshot", {}, created_by="test")
    done = two.world.jobs.wait(community_id, job.id)
    assert (done.status, done.result["introductions"]) == ("done", {"expired": 1})
    with services.store.read(community_id) as unit:
        assert unit.get(Introduction, found).status == "expired"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("answer", {}),
        ("answer", {"answer": "maybe"}),
        ("answer", {"answer": "decline"}),
        ("answer", {"answer": "decline", "reason": "ugly"}),
        ("answer", {"answer": "accept", "reason": "other"}),
        ("answer", {"answer": "ignore", "comment": "x" * 1001}),
        ("answer", {"answer": "accept", "more": 1}),
        ("report", {}),
        ("report", {"comment": "  "}),
    ],
)
def test_wrong_bodies_are_refused(two: Two, path: str, body: dict[str, object]) -> None:
    answer = two.ask("other", "POST", f"/introductions/{two.opened()}/{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("body", [{"fax": "1"}, {"wechat": "x" * 201}, {"wechat": 5}, []])
def test_wrong_contacts_are_refused(two: Two, body: object) -> None:
    assert two.ask("member", "PUT", f"/members/{two.asker}/contacts", body).status_code == 422
