"""Requests that are turned down, each with a sentence; bounds; what operators may and may not do."""

from __future__ import annotations

import pytest

from copilot.community.models import Role
from copilot.errors import Conflict, Denied, InvalidInput, NotFound, TooLarge
from copilot.profiles.decisions import Wording
from tests.profiles.conftest import Room, as_member, as_role

TEXT = "坐标深圳｜做跨境电商ERP｜能提供：接口踩坑记录｜想找：月销十万刀的卖家"


@pytest.mark.parametrize("text", ["", "  \n\x00 ", "\u2028"])
def test_a_blank_introduction_is_refused(room: Room, text: str) -> None:
    actor = room.member("ann")
    with pytest.raises(InvalidInput) as refused:
        room.service().read_introduction("c", "ann", text, actor=actor)
    assert refused.value.data["reason"] == "blank_text"


def test_a_long_introduction_is_refused(room: Room) -> None:
    actor = room.member("ann")
    with pytest.raises(TooLarge):
        room.service().read_introduction("c", "ann", "做" * 4001, actor=actor)


def test_an_introduction_without_content_gets_a_note_in_the_communitys_language(room: Room) -> None:
    answer = room.service().read_introduction("c", "ann", "大家好！请多关照", actor=room.member("ann"))
    assert answer.items == [] and answer.note is not None
    assert "想找什么" in answer.note.sentence


def test_operators_may_have_a_text_read_but_confirm_nothing(room: Room) -> None:
    room.member("ann")
    service = room.service()
    found = service.read_introduction("c", "ann", TEXT, actor=as_role("c"))
    assert found.items
    for role in (Role.OPERATOR, Role.ADMIN):
        with pytest.raises(Denied):
            service.confirm("c", found.items[0].id, actor=as_role("c", role))
        with pytest.raises(Denied):
            service.confirm_many("c", "ann", [found.items[0].id], actor=as_role("c", role))
        with pytest.raises(Denied):
            service.decline("c", found.items[0].id, actor=as_role("c", role))


def test_what_is_anothers_is_not_found(room: Room) -> None:
    actor = room.member("ann")
    room.member("bo")
    service = room.service()
    found = service.read_introduction("c", "ann", TEXT, actor=actor)
    with pytest.raises(NotFound):
        service.confirm("c", found.items[0].id, actor=as_member("c", "bo"))
    with pytest.raises(Denied):
        service.confirm_many("c", "ann", [found.items[0].id], actor=as_member("c", "bo"))
    refused = service.confirm_many("c", "bo", [found.items[0].id, "asp_none"], actor=as_member("c", "bo")).refused
    assert [one.code for one in refused] == ["not_found", "not_found"]


def test_a_member_who_said_no_is_read_by_nobody_else(room: Room) -> None:
    actor = room.member("ann", consent_sources={"introduction": False})
    service = room.service()
    with pytest.raises(Denied) as refused:
        service.read_introduction("c", "ann", TEXT, actor=as_role("c"))
    assert refused.value.data["reason"] == "introduction_consent"
    assert service.read_introduction("c", "ann", TEXT, actor=actor).items


def test_a_hidden_member_is_not_found_by_operators(room: Room) -> None:
    room.member("ann", visibility="hidden")
    with pytest.raises(NotFound):
        room.service().read_introduction("c", "ann", TEXT, actor=as_role("c"))
    with pytest.raises(NotFound):
        room.service().proposals("c", "ann", actor=as_role("c"))


def test_only_the_member_says_yes_to_a_source(room: Room) -> None:
    actor = room.member("ann", consent_sources={})
    service = room.service()
    with pytest.raises(Denied) as refused:
        service.change_sources("c", "ann", {"chat": True}, actor=as_role("c", Role.ADMIN))
    assert refused.value.data["reason"] == "own_yes"
    assert service.change_sources("c", "ann", {"chat": True}, actor=actor).chat is True
    assert service.change_sources("c", "ann", {"chat": False}, actor=as_role("c", Role.ADMIN)).chat is False
    assert service.sources("c", "ann", actor=actor).introduction is None
    with pytest.raises(InvalidInput):
        service.change_sources("c", "ann", {}, actor=actor)


def test_a_profile_that_is_full_takes_no_more(room: Room) -> None:
    actor = room.member("ann")
    service = room.service(max_profile_texts=1)
    found = service.read_introduction("c", "ann", "能提供：车间参观；打样服务", actor=actor)
    answer = service.confirm_many("c", "ann", [one.id for one in found.items], actor=actor)
    assert len(answer.items) == 1
    assert [one.code for one in answer.refused] == ["profile_full"]
    assert "1" in answer.refused[0].sentence
    with pytest.raises(Conflict):
        service.confirm("c", answer.refused[0].id, actor=actor)
    assert service.proposals("c", "ann", actor=actor, status="proposed").items[0].id == answer.refused[0].id


def test_a_queue_nobody_works_off_is_bounded(room: Room) -> None:
    actor = room.member("ann")
    service = room.service()
    for batch in range(5):
        lines = "\n".join(f"第{batch}批第{number}台机床的维修经验" for number in range(55))
        answer = service.read_introduction("c", "ann", f"能提供：\n{lines}", actor=actor)
    assert answer.note is not None and answer.note.code == "too_many_open"
    assert "200" in answer.note.sentence


@pytest.mark.parametrize(("text", "error"), [("  ", InvalidInput), ("长" * 101, TooLarge), ("\u0000", InvalidInput)])
def test_own_wording_has_bounds(room: Room, text: str, error: type[Exception]) -> None:
    actor = room.member("ann")
    service = room.service(max_text_chars=100)
    found = service.read_introduction("c", "ann", TEXT, actor=actor)
    with pytest.raises(error):
        service.confirm("c", found.items[0].id, Wording(text), actor=actor)


@pytest.mark.parametrize("ids", [[], ["x"] * 101])
def test_confirming_many_has_bounds(room: Room, ids: list[str]) -> None:
    actor = room.member("ann")
    with pytest.raises(InvalidInput):
        room.service().confirm_many("c", "ann", ids, actor=actor)
