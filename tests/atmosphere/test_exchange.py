"""Newcomers, depth, decentralisation, originality, hours and what people said when asked: by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.atmosphere.beside import Joined, Outside, Told
from copilot.atmosphere.dimensions import activity, content_quality, participation, satisfaction
from copilot.atmosphere.exchange import decentralisation, newcomers_answered, thread_depth
from copilot.atmosphere.periods import Period
from copilot.atmosphere.service import AtmosphereService
from copilot.atmosphere.targets import TARGETS, Aim
from copilot.atmosphere.thresholds import Thresholds
from copilot.atmosphere.windows import Roster, SpokenWindow, Stretch
from copilot.community.tables import Channel
from copilot.errors import InvalidInput, NotFound
from tests.atmosphere.chat import LENIENT, Room, said, window
from tests.atmosphere.test_dimensions import measure
from tests.conftest import NOW

DAY = timedelta(days=1)


def test_threads_are_as_deep_as_their_longest_path() -> None:
    chat = [
        said("a1", "a", 0), said("b1", "b", 1, reply_to_id="a1"), said("a2", "a", 2, reply_to_id="b1"),
        said("c1", "c", 3, reply_to_id="a1"), said("d1", "d", 4), said("e1", "e", 5, reply_to_id="d1"),
    ]  # fmt: skip
    found = thread_depth(window(chat))
    assert (found.value, found.n, found.n_of) == (2.5, 2, "threads")  # (3 + 2) / 2
    assert found.evidence == ["a2", "e1"]


def test_decentralisation_is_the_chance_of_two_different_writers() -> None:
    chat = [said("q", "z", 0)] + [
        said(f"r{n}", who, n + 1, reply_to_id="q") for n, who in enumerate("aabc")
    ]  # fmt: skip
    found = decentralisation(window(chat))
    assert found.value == pytest.approx(1 - 2 / 12, abs=1e-4)  # of 4 x 3 ordered pairs two are of one writer
    alone = [said("q", "z", 0), *(said(f"r{n}", "a", n + 1, reply_to_id="q") for n in range(3))]
    assert decentralisation(window(alone)).value == 0.0
    assert decentralisation(window([said("q", "z", 0)])).reason == "too_few"


def test_newcomers_are_those_of_the_last_fortnight_and_answered_when_somebody_turns_to_them() -> None:
    chat = [said("n1", "new1", 0), said("n2", "new2", 1), said("o1", "old", 2), said("r", "old", 3, reply_to_id="n1")]
    roster = Roster({"new1": NOW - DAY, "new2": NOW - 13 * DAY, "old": NOW - 30 * DAY}, 0)
    found = newcomers_answered(Stretch(chat, roster, Thresholds(least_newcomers=1)).window(Period(NOW, NOW + DAY)))
    assert (found.value, found.n, found.evidence) == (0.5, 2, ["n2"])
    few = newcomers_answered(Stretch(chat, roster, Thresholds()).window(Period(NOW, NOW + DAY)))
    assert (few.value, few.reason) == (None, "too_few")


def test_a_text_said_again_is_no_original_and_a_greeting_may_be() -> None:
    chat = [
        said("m1", "a", 0, text_key=7), said("m2", "b", 1, text_key=8), said("m3", "c", 2, text_key=7),
        said("m4", "d", 3), said("m5", "e", 4),
    ]  # fmt: skip
    found = measure(content_quality(window(chat)), "originality")
    assert (found.n, found.evidence) == (3, ["m3"])
    assert found.value == pytest.approx(2 / 3, abs=1e-4)


def test_hours_are_counted_by_day() -> None:
    chat = [said("m1", "a", 0), said("m2", "b", 30), said("m3", "a", 90), said("m4", "a", 60 * 25)]
    found = measure(activity(window(chat, minutes=(0, 48 * 60))), "active_hours")
    assert (found.value, found.n) == (1.5, 2)  # hours 0 and 1 of the first day, hour 1 of the second


def whole(outside: Outside) -> SpokenWindow:
    chat = [said(f"m{n}", "abcdef"[n % 6], n) for n in range(12)]
    stretch = Stretch(chat, Roster({}, 10), LENIENT, outside, is_whole=True)
    return stretch.window(Period(NOW, NOW + DAY))


def test_what_people_said_when_asked_counts_people_and_needs_five() -> None:
    told = [Told(NOW, who, score) for who, score in zip("aabcde", (1, 5, 4, 4, 2, 3), strict=True)]
    found = measure(satisfaction(whole(Outside(ratings=told, pulses=told[:4]))), "event_rating")
    assert found.value == pytest.approx((3 + 4 + 4 + 2 + 3) / 5)  # a's two ratings count as one, their mean
    assert (found.n, found.n_of) == (6, "ratings")
    hidden = measure(satisfaction(whole(Outside(pulses=told[:4]))), "pulse")
    assert (hidden.value, hidden.reason) == (None, "too_few")


def test_joining_events_needs_events() -> None:
    joined = Outside(events=[NOW], joined=[Joined(NOW, "a"), Joined(NOW, "a"), Joined(NOW, "b")])
    found = measure(participation(whole(joined)), "events_joined")
    assert (found.value, found.n) == (0.2, 10)
    assert measure(participation(whole(Outside())), "events_joined").reason == "no_events"
    assert participation(window([said("m", "a", 0)])).measure("events_joined") is None  # a channel has no events


def test_a_target_is_met_or_missed_only_by_the_whole_interval() -> None:
    one = measure(activity(window([said(f"m{n}", "abcde"[n % 5], n) for n in range(20)])), "silent_share")
    sure = one.model_copy(update={"low": 0.1, "high": 0.2})
    assert Aim(at_least=0.3).judge(sure).met is False
    assert Aim(at_least=0.1).judge(sure).met is True
    assert Aim(at_least=0.15).judge(sure).met is None
    assert Aim(at_most=0.05).judge(sure).met is False
    assert Aim(at_most=0.5).judge(one.model_copy(update={"low": None, "high": None})).met is None
    assert set(TARGETS["light"]) == set(TARGETS["heavy"])
    assert TARGETS["light"] != TARGETS["heavy"]


def test_a_group_of_channels_is_read_as_one_room(room: Room, service: AtmosphereService) -> None:
    room.chatter(20, channel="main")
    room.chatter(15, channel="side")
    with room.store.write("c") as unit:
        unit.get(Channel, room.channel("main")).attributes = {"group": "华东"}
    assert service.read("c", group="华东").counts.messages == 20
    assert service.read("c", group="华东").window.group == "华东"
    with room.store.write("c") as unit:
        unit.get(Channel, room.channel("side")).attributes = {"group": "华东"}
    assert service.read("c", group="华东").counts.messages == 35
    with pytest.raises(NotFound):
        service.read("c", group="华南")
    with pytest.raises(InvalidInput):
        service.read("c", room.channel(), group="华东")


def test_every_figure_says_what_is_usual_or_how_little_is_known(room: Room, service: AtmosphereService) -> None:
    for day in range(21):
        room.chatter(32 + day % 3, minute=-day * 24 * 60)
    service.snapshot("c")
    today = service.days("c")[-1]
    usual = today.dimensions["activity"].measures[0].baseline
    assert usual is not None
    assert (usual.n, usual.middle, usual.reason) == (20, 5.0, None)
    assert usual.low is not None
    assert usual.low <= 5 <= (usual.high or 0)
    week = service.weeks("c")[-1].dimensions["activity"].measures[0].baseline
    assert week is not None
    assert (week.n, week.reason) == (3, "too_little_history")
    odd = service.read("c", start=NOW - 5 * DAY, end=NOW).dimensions["activity"].measures[0].baseline
    assert odd is not None
    assert odd.reason == "odd_window"
