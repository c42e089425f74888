"""Profiles over HTTP: who may have what read, who confirms, what is refused, and what another community sees."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from copilot.community.tables import AspectProposal, Member, ProfileText
from tests.api.conftest import World

TEXT = "【自我介绍】坐标绍兴柯桥｜做手工皂出海｜能提供：精油供应商名录\n想找：懂独立站投放的搭档"


@pytest.fixture
def clean(world: World) -> Iterator[World]:
    """The world as others find it: what these tests confirm is taken out again."""
    with world.services.store.read(world.community_id) as unit:
        row = unit.get(Member, world.member_id)
        before = {name: getattr(row, name) for name in ("city", "industry", "skills", "consent_sources")}
    yield world
    with world.services.store.write(world.community_id) as unit:
        unit.session.execute(delete(AspectProposal))
        for text in unit.session.query(ProfileText).where(ProfileText.source != "import"):
            unit.session.delete(text)
        for name, value in before.items():
            setattr(unit.get(Member, world.member_id), name, value)


def introduce(world: World, role: str = "member", text: str = TEXT):  # httpx's response
    return world.post(role, f"/members/{world.member_id}/introduction", {"text": text})


def answer(world: World, proposal_id: str, body: object, role: str = "member"):  # as above
    return world.post(role, f"/aspect-proposals/{proposal_id}", body)


def put(world: World, role: str, body: object, member_id: str = ""):  # as above
    path = f"{world.path}/members/{member_id or world.member_id}/consent-sources"
    return world.client.put(path, json=body, headers=world.headers(role))


def test_an_introduction_becomes_proposals_and_the_members_yes_a_profile(clean: World) -> None:
    created = introduce(clean)
    assert created.status_code == 201
    found = {one["field"] or one["aspect"]: one for one in created.json()["items"]}
    assert {"is", "has", "wants", "city"} <= set(found)
    assert all(one["quote"] in TEXT and one["status"] == "proposed" for one in found.values())
    profile = clean.get("member", f"/members/{clean.member_id}").json()
    assert "精油供应商名录" not in [text["text"] for text in profile["texts"]]
    edited = answer(clean, found["has"]["id"], {"action": "confirm", "text": "有精油供应商名录，可以分享"})
    assert edited.status_code == 200 and edited.json()["status"] == "edited"
    assert answer(clean, found["wants"]["id"], {"action": "decline"}).json()["status"] == "declined"
    both = clean.post(
        "member", f"/members/{clean.member_id}/aspect-proposals/confirm",
        {"ids": [found["city"]["id"], found["wants"]["id"]]},
    )  # fmt: skip
    assert [one["field"] for one in both.json()["items"]] == ["city"]
    assert both.json()["refused"][0]["code"] == "answered"
    profile = clean.get("member", f"/members/{clean.member_id}").json()
    assert profile["city"] == "绍兴柯桥"
    assert {"aspect": "has", "text": "有精油供应商名录，可以分享", "source": "introduction"}.items() <= next(
        text for text in profile["texts"] if text["source"] == "introduction"
    ).items()


def test_the_list_has_pages_and_a_filter(clean: World) -> None:
    total = len(introduce(clean).json()["items"])
    path = f"/members/{clean.member_id}/aspect-proposals"
    seen: list[str] = []
    cursor = None
    while True:
        page = clean.get("member", path, limit=2, **({"cursor": cursor} if cursor else {})).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert len(seen) == len(set(seen)) == total
    assert clean.get("operator", path, status="declined").json()["items"] == []
    assert clean.get("member", path, status="maybe").status_code == 422
    assert clean.get("member", path, cursor="nonsense").status_code == 400


def test_a_repeated_request_is_answered_from_the_first(clean: World) -> None:
    path = f"/members/{clean.member_id}/introduction"
    first = clean.post("member", path, {"text": TEXT}, **{"Idempotency-Key": "profiles-1"})
    second = clean.post("member", path, {"text": TEXT}, **{"Idempotency-Key": "profiles-1"})
    assert second.headers["idempotent-replayed"] == "true" and second.json() == first.json()


@pytest.mark.parametrize(
    ("role", "status"), [("member", 201), ("operator", 201), ("admin", 201), ("moderator", 403), ("stranger", 404)]
)
def test_who_may_have_an_introduction_read(clean: World, role: str, status: int) -> None:
    assert introduce(clean, role).status_code == status


def test_a_member_key_acts_on_itself_only(clean: World) -> None:
    other = clean.other_member_id
    for answered in (
        clean.post("member", f"/members/{other}/introduction", {"text": TEXT}),
        clean.post("member", f"/members/{other}/aspects/scan"),
        clean.get("member", f"/members/{other}/aspect-proposals"),
        clean.post("member", f"/members/{other}/aspect-proposals/confirm", {"ids": ["x"]}),
        clean.get("member", f"/members/{other}/consent-sources"),
        put(clean, "member", {"chat": True}, other),
    ):
        assert answered.status_code == 403
        assert answered.headers["content-type"] == "application/problem+json"


def test_nobody_but_the_member_confirms(clean: World) -> None:
    proposal = introduce(clean, "operator").json()["items"][0]["id"]
    path = f"/members/{clean.member_id}/aspect-proposals/confirm"
    for role in ("operator", "moderator", "admin"):
        for refused in (
            answer(clean, proposal, {"action": "confirm"}, role),
            clean.post(role, path, {"ids": [proposal]}),
        ):
            assert refused.status_code == 403, role
    refused = answer(clean, proposal, {"action": "confirm"}, "admin").json()
    assert refused["data"]["reason"] == "own_answer" and "本人" in refused["data"]["sentence"]["zh-CN"]
    assert answer(clean, proposal, {"action": "confirm"}, "stranger").status_code == 404
    assert answer(clean, "asp_none", {"action": "confirm"}).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "   "}, {"text": 5}, {"text": "做" * 4001}, {"text": "好", "more": 1}]
)
def test_a_wrong_introduction_is_refused(clean: World, body: object) -> None:
    refused = clean.post("member", f"/members/{clean.member_id}/introduction", body)
    assert refused.status_code == 422 and refused.json()["code"] == "invalid_input"


@pytest.mark.parametrize(
    "body",
    [{}, {"action": "maybe"}, {"action": "confirm", "text": ""}, {"action": "decline", "text": "x"}, {"action": "confirm", "text": "字" * 4001}],
)  # fmt: skip
def test_a_wrong_answer_is_refused(clean: World, body: object) -> None:
    proposal = introduce(clean).json()["items"][0]["id"]
    assert answer(clean, proposal, body).status_code == 422


@pytest.mark.parametrize("ids", [[], ["x"] * 101, ["x" * 65], "x"])
def test_wrong_lists_of_proposals_are_refused(clean: World, ids: object) -> None:
    path = f"/members/{clean.member_id}/aspect-proposals/confirm"
    assert clean.post("member", path, {"ids": ids}).status_code == 422


def test_an_answered_proposal_cannot_be_answered_again(clean: World) -> None:
    proposal = introduce(clean).json()["items"][0]["id"]
    assert answer(clean, proposal, {"action": "decline"}).status_code == 200
    assert answer(clean, proposal, {"action": "confirm"}).status_code == 409


def test_chat_is_read_only_after_the_members_own_yes(clean: World) -> None:
    scan = f"/members/{clean.member_id}/aspects/scan"
    for role in ("member", "operator"):
        refused = clean.post(role, scan)
        assert refused.status_code == 403 and refused.json()["data"]["reason"] == "chat_consent"
    assert put(clean, "admin", {"chat": True}).status_code == 403
    assert put(clean, "operator", {"chat": False}).status_code == 403
    allowed = put(clean, "member", {"chat": True})
    assert allowed.status_code == 200 and allowed.json()["chat"] is True
    for role in ("member", "operator"):
        found = clean.post(role, scan)
        assert found.status_code == 201
        assert all(one["source"] == "chat" and one["message_id"] for one in found.json()["items"])
    assert put(clean, "admin", {"chat": False}).json()["chat"] is False
    assert clean.get("operator", f"/members/{clean.member_id}/consent-sources").json()["chat"] is False


@pytest.mark.parametrize("body", [{}, {"chat": "yes"}, {"chat": 1}, {"mail": True}, {"delete_confirmed": True}])
def test_consent_is_said_in_so_many_words(clean: World, body: object) -> None:
    assert put(clean, "member", body).status_code == 422


def test_withdrawing_a_source_takes_what_waits_and_says_what_is_left(clean: World) -> None:
    items = introduce(clean).json()["items"]
    answer(clean, items[0]["id"], {"action": "confirm"})
    left = put(clean, "member", {"introduction": False}).json()
    assert left["proposals_deleted"] == len(items) - 1 and left["confirmed_left"] == 1
    assert left["note"]["code"] == "confirmed_left"
    assert introduce(clean, "operator").status_code == 403
    gone = put(clean, "member", {"introduction": False, "delete_confirmed": True}).json()
    assert gone["texts_deleted"] == 1 and gone["confirmed_left"] == 0
    assert clean.get("member", f"/members/{clean.member_id}/aspect-proposals").json()["items"] == []
    assert introduce(clean).status_code == 201  # the member's own text is a yes to this text
