"""Welcoming newcomers: whom to mention, an introduction of their own words, the hours to post it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from copilot.community.access import ROLE_SCOPES, Actor, local_actor
from copilot.community.models import Role
from copilot.community.tables import Community, Member
from copilot.errors import NotFound
from copilot.matching.audiences.awake import awake_hours
from copilot.matching.records import Setting
from tests.conftest import NOW
from tests.matching.conftest import COLD, World

OPERATOR = Actor("c", "op", Role.OPERATOR, ROLE_SCOPES[Role.OPERATOR])


@pytest.fixture
def lobby(pair: World) -> World:
    """The five of `pair`, and a newcomer in Chengdu."""
    pair.member(
        "fresh", [COLD[0]], [COLD[1]], says=["在成都做火锅底料，第一次创业"], city="成都", industry="餐饮",
        skills=["复盘"], joined_at=NOW - timedelta(days=3),
    )  # fmt: skip
    return pair


def test_whom_to_mention_comes_with_reasons_from_both_profiles(lobby: World) -> None:
    found = lobby.service.welcome("c", "mem_fresh", actor=OPERATOR)
    assert found.is_newcomer and found.people[0].member_id == "mem_trucker"
    assert all(person.reasons for person in found.people) and len(found.people) <= 3
    quoted = {evidence.record_id for reason in found.people[0].reasons for evidence in reason.evidence}
    assert {"fresh-wants-0", "trucker-has-0"} <= quoted


def test_two_things_in_common_are_enough_to_begin_a_talk_and_one_is_not(world: World) -> None:
    here = {"city": "成都", "industry": "餐饮"}
    world.member("fresh", ["想学陶艺"], joined_at=NOW, skills=["复盘"], **here)
    world.member("near", ["找律师"], ["修电梯"], **here)
    world.member("city", ["找律师"], ["拆旧厂房"], city="Chengdu")
    world.member("skill", ["找律师"], ["养蜂"], industry="Food", skills=["复盘 "])
    found = world.service.welcome("c", "mem_fresh", actor=OPERATOR)
    assert [person.member_id for person in found.people] == ["mem_near", "mem_skill"]
    assert [reason.kind for reason in found.people[0].reasons][-2:] == ["city", "industry"]


def test_the_introduction_is_made_of_the_newcomers_own_sentences_and_names(lobby: World) -> None:
    found = lobby.service.welcome("c", "mem_fresh", actor=OPERATOR)
    rest = found.introduction
    for evidence in found.evidence:
        assert f"「{evidence.quote}」" in rest
        rest = rest.replace(evidence.quote, "")
    assert [evidence.record_id for evidence in found.evidence] == ["fresh-is-0", "fresh-has-0", "fresh-wants-0"]
    for person in found.people:
        rest = rest.replace(person.member_name, "")
    frame = "欢迎fresh！新朋友这样介绍自己：「」。可以帮到大家的：「」。正在找的：「」。也许可以先和打个招呼。"
    assert rest.replace("、", "") == frame


def test_sentences_with_a_phone_number_are_not_posted(world: World) -> None:
    world.member("fresh", ["加我微信 abc12345"], ["电话 13800138000 随时打", "会做豆花"], joined_at=NOW)
    found = world.service.welcome("c", "mem_fresh", actor=OPERATOR)
    assert [evidence.quote for evidence in found.evidence] == ["会做豆花"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"consent_match": None}, "asker_no_consent"), ({"consent_ai": False}, "asker_no_ai"),
    ],
)  # fmt: skip
def test_of_a_newcomer_who_did_not_agree_only_the_hours_are_said(
    lobby: World, fields: dict[str, object], code: str
) -> None:
    with lobby.store.write("c") as unit:
        for name, value in fields.items():
            setattr(unit.get(Member, "mem_fresh"), name, value)
    found = lobby.service.welcome("c", "mem_fresh", actor=OPERATOR)
    assert (found.people, found.introduction, found.evidence) == ([], "", [])
    assert [note.code for note in found.notes] == [code] and found.awake.text


def test_nobody_outside_consent_is_mentioned(lobby: World) -> None:
    with lobby.store.write("c") as unit:
        unit.get(Member, "mem_trucker").consent_match = False
    found = lobby.service.welcome("c", "mem_fresh", actor=OPERATOR)
    assert "trucker" not in found.introduction and "mem_trucker" not in [p.member_id for p in found.people]


def test_an_english_community_is_welcomed_in_english(world: World) -> None:
    with world.store.write("c") as unit:
        unit.session.get_one(Community, "c").locale = "en"
    world.member("Ann", ["a cold chain carrier to Chengdu"], ["steady frozen freight every week"], joined_at=NOW)
    world.member("Bo", ["shippers with frozen freight every week"], ["28 refrigerated trucks to Chengdu"])
    found = world.service.welcome("c", "mem_Ann", actor=OPERATOR)
    assert found.introduction.startswith("Welcome, Ann!") and found.introduction.endswith("say hello to Bo first.")
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in found.introduction + found.awake.text)


def test_newcomers_are_those_of_the_last_fourteen_days(lobby: World) -> None:
    lobby.member("today", joined_at=NOW)
    lobby.member("edge", joined_at=NOW - timedelta(days=14))
    lobby.member("future", joined_at=NOW + timedelta(days=1))
    lobby.member("shy", joined_at=NOW - timedelta(days=1), visibility="hidden")
    listed = lobby.service.newcomers("c", actor=OPERATOR)
    assert [item.member_id for item in listed.items] == ["mem_today", "mem_fresh"]
    assert (listed.items[1].sentences, listed.items[1].may_be_matched, listed.items[0].sentences) == (3, True, 0)
    assert [i.member_id for i in lobby.service.newcomers("c", actor=local_actor("c")).items][1] == "mem_shy"
    page = lobby.service.newcomers("c", actor=OPERATOR, limit=1)
    rest = lobby.service.newcomers("c", actor=OPERATOR, limit=1, cursor=page.next_cursor)
    assert [item.member_id for item in (*page.items, *rest.items)] == ["mem_today", "mem_fresh"]
    assert not lobby.service.welcome("c", "mem_edge", actor=OPERATOR).is_newcomer


def test_who_is_hidden_or_elsewhere_is_not_found(lobby: World) -> None:
    with lobby.store.write("c") as unit:
        unit.get(Member, "mem_fresh").visibility = "hidden"
    for member_id in ("mem_fresh", "mem_nobody"):
        with pytest.raises(NotFound):
            lobby.service.welcome("c", member_id, actor=OPERATOR)
    with pytest.raises(NotFound):
        lobby.service.welcome("c", "mem_hotpot", "nowhere", actor=OPERATOR)


SHANGHAI = Setting("c", "zh-CN", NOW, NOW.date(), timezone="Asia/Shanghai")


def _moments(hour: int, count: int, days: int) -> list[datetime]:
    return [NOW.replace(hour=hour, minute=n % 60) - timedelta(days=n % days) for n in range(count)]


def test_the_busiest_hours_are_those_of_the_communitys_own_clock() -> None:
    # 13:00 UTC is 21:00 in Shanghai, 01:00 UTC is 09:00, 16:00 UTC is midnight
    found = awake_hours(
        [*_moments(13, 40, 7), *_moments(1, 30, 7), *_moments(16, 20, 7), *_moments(5, 10, 7)], SHANGHAI
    )
    assert found.hours == [21, 9, 0] and found.share == 0.9 and found.messages == 100
    assert "21:00-22:00、09:00-10:00、00:00-01:00" in found.text


@pytest.mark.parametrize(("count", "days"), [(49, 7), (500, 4), (0, 1)])
def test_thin_data_gives_no_reading(count: int, days: int) -> None:
    found = awake_hours(_moments(13, count, days), SHANGHAI)
    assert found.hours == [] and found.share is None and "没有读数" in found.text


@pytest.mark.slow
def test_hours_are_read_from_one_channel_or_from_all(lobby: World) -> None:
    for number in range(60):
        sent_at = NOW - timedelta(days=1 + number % 10, minutes=number)
        lobby.say(f"m{number}", "mem_coach", "早", sent_at=sent_at)
    whole = lobby.service.welcome("c", "mem_fresh", actor=OPERATOR).awake
    assert whole.messages == 60 and whole.hours == [9, 10]
    assert lobby.service.welcome("c", "mem_fresh", "闲聊", actor=OPERATOR).awake.hours == whole.hours
