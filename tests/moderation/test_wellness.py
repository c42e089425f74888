"""Moderators see as much as they set, at most what their community allows, and are told when a break is due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from copilot.clock import FixedClock
from copilot.community.access import create_key
from copilot.community.models import Category, Role
from copilot.community.store import Store
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.decisions import Ruling
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.intake import open_or_join
from copilot.moderation.models import FoundBy
from copilot.moderation.service import ModerationService
from copilot.moderation.terms import Terms
from copilot.moderation.wellness import Blur
from tests.moderation.conftest import Say


@pytest.fixture
def severe(store: Store, room: str, say: Say) -> list[str]:
    """Four cases of high severity, each of its own words."""
    found: list[str] = []
    for words in ("我知道你家住哪", "你等着挨打", "别让我在停车场碰到你", "你小孩放学小心点"):
        draft = CaseDraft(
            found_by=FoundBy.SIGNAL, category=Category.THREAT, evidence=(Evidence(say("ann", words)),), score=0.9,
            detector="test", version="1",
        )  # fmt: skip
        with store.write(room) as unit:
            found.append(open_or_join(unit, draft))
    return found


def set_limit(service: ModerationService, room: str, limit: int | None) -> None:
    service.wellness.put(room, "mod-1", blur=Blur.ALL, severe_per_day=limit, break_after_minutes=None)


def test_severe_words_are_blurred_unless_a_moderator_says_otherwise(room: str, service: ModerationService) -> None:
    assert service.wellness.get(room, "mod-1").blur is Blur.SEVERE
    set_limit(service, room, None)
    assert service.wellness.get(room, "mod-1").blur is Blur.ALL
    assert service.wellness.get(room, "mod-2").blur is Blur.SEVERE


def test_beyond_ones_own_limit_severe_cases_are_refused_until_the_next_day_there(
    room: str, severe: list[str], service: ModerationService, clock: FixedClock
) -> None:
    set_limit(service, room, 2)
    for case_id in severe[:2]:
        service.claim(room, case_id, actor="mod-1")
        service.claim(room, case_id, actor="mod-1")  # renewing counts once
    with pytest.raises(Conflict, match="own limit of 2") as caught:
        service.claim(room, severe[2], actor="mod-1")
    data = caught.value.data
    assert (data["reason"], data["limit"], data["seen"]) == ("wellness_limit", 2, 2)
    assert data["lift"] == "PUT /moderation/wellness"
    assert "关怀设置" in data["sentence"]["zh-CN"]
    # It is 10:00 in Shanghai: the day there ends in fourteen hours.
    assert datetime.fromisoformat(data["resets_at"]) == clock.now() + timedelta(hours=14)
    for act in (service.decide, service.second_opinions.propose):
        ruling = Ruling.parse("violation", "hide" if act == service.decide else "removal", "x")
        with pytest.raises(Conflict, match="own limit"):
            act(room, severe[2], ruling, actor="mod-1")
    service.claim(room, severe[2], actor="mod-2")
    service.decide(room, severe[0], Ruling.parse("violation", "hide", "威胁"), actor="mod-1")
    clock.advance(timedelta(hours=14))
    service.claim(room, severe[3], actor="mod-1")


def test_raising_the_limit_lifts_it_up_to_what_the_terms_allow(
    room: str, severe: list[str], service: ModerationService
) -> None:
    service.terms.put(room, Terms(severe_per_day=3), actor="op")
    set_limit(service, room, 1)
    service.claim(room, severe[0], actor="mod-1")
    with pytest.raises(Conflict, match="own limit of 1"):
        service.claim(room, severe[1], actor="mod-1")
    with pytest.raises(InvalidInput, match="at most 3"):
        set_limit(service, room, 4)
    set_limit(service, room, 3)
    for case_id in severe[1:3]:
        service.claim(room, case_id, actor="mod-1")
    with pytest.raises(Conflict, match="the community's limit of 3") as caught:
        service.claim(room, severe[3], actor="mod-1")
    assert caught.value.data["lift"] == "PUT /moderation/terms"
    service.terms.put(room, Terms(severe_per_day=10), actor="op")
    set_limit(service, room, None)
    service.claim(room, severe[3], actor="mod-1")


def test_other_cases_are_never_refused(room: str, say: Say, service: ModerationService) -> None:
    set_limit(service, room, 0)
    say("ann", "你就是个废物，滚出这个群，骗子")
    service.read_pending(room)
    [found] = service.cases(room).items
    assert found.severity == "medium"
    service.claim(room, found.id, actor="mod-1")


def test_handing_over_counts_for_the_one_who_takes_it(
    store: Store, room: str, severe: list[str], service: ModerationService, clock: FixedClock
) -> None:
    with store.write(room) as unit:
        other = create_key(unit, "Zhou", Role.MODERATOR).key_id
        member = create_key(unit, "Bo", Role.MEMBER, member_id="bo").key_id
    with pytest.raises(Conflict, match="do not hold"):
        service.handover.give(room, severe[0], other, actor="mod-1")
    service.claim(room, severe[0], actor="mod-1")
    for stranger in (member, "key_none"):
        with pytest.raises(InvalidInput, match="may decide cases"):
            service.handover.give(room, severe[0], stranger, actor="mod-1")
    given = service.handover.give(room, severe[0], other, actor="mod-1")
    assert (given.claimed_by, given.lease_expires_at) == (other, clock.now() + timedelta(minutes=30))
    with pytest.raises(Conflict, match="Zhou holds"):
        service.claim(room, severe[0], actor="mod-1")
    assert service.wellness.get(room, other).severe_today == 1
    service.wellness.put(room, other, blur=Blur.NONE, severe_per_day=1, break_after_minutes=None)
    service.claim(room, severe[1], actor="mod-1")
    with pytest.raises(Conflict, match="own limit of 1"):
        service.handover.give(room, severe[1], other, actor="mod-1")
    clock.advance(timedelta(minutes=30))
    with pytest.raises(Conflict, match="do not hold"):
        service.handover.give(room, severe[1], other, actor="mod-1")


def test_a_break_is_due_after_an_hour_without_a_pause(
    room: str, severe: list[str], service: ModerationService, clock: FixedClock
) -> None:
    for _ in range(7):
        service.claim(room, severe[0], actor="mod-1")
        clock.advance(timedelta(minutes=10))
    day = service.wellness.get(room, "mod-1")
    assert (day.minutes_at_work, day.break_is_due) == (70, True)
    assert day.sentence == "你已经连续处理了 70 分钟，歇一会儿吧。今天看了 1 个严重的案例，上限 25。"
    clock.advance(timedelta(minutes=1))
    rested = service.wellness.get(room, "mod-1")
    assert (rested.minutes_at_work, rested.break_is_due) == (0, False)


@pytest.mark.parametrize("minutes", [14, 241])
def test_a_break_has_its_bounds(room: str, service: ModerationService, minutes: int) -> None:
    with pytest.raises(InvalidInput):
        service.wellness.put(room, "mod-1", blur=Blur.ALL, severe_per_day=None, break_after_minutes=minutes)
