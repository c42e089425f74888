"""Who answers, connects, calms and carries too much; and the owner: by hand, with too little, and under noise."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from copilot.atmosphere.stars.calming import calming, heated_moments
from copilot.atmosphere.stars.graph import build
from copilot.atmosphere.stars.load import loaded, shoulders
from copilot.atmosphere.stars.owner import owner_share, owner_trend, owner_weeks
from copilot.atmosphere.stars.roles import answering, connecting, jackknife, share_of_questions
from copilot.atmosphere.stars.thresholds import StarRules
from copilot.community.conversation import Line
from tests.atmosphere.stars.exchange import MONDAY, asked_and_answered, line

RULES = StarRules()
ALL = frozenset("abcdefghij")
ZONE = ZoneInfo("Asia/Shanghai")
WEEK = 7 * 24 * 60


def week_of(at: datetime) -> str:
    year, week, _ = at.isocalendar()
    return f"{year}-W{week:02d}"


def in_order(said: list[Line]) -> list[Line]:
    return sorted(said, key=lambda item: (item.sent_at, item.id))


def test_answering_is_ordered_by_different_people_not_by_answers() -> None:
    said = []
    for at, (asker, answerer) in enumerate([("b", "a"), ("c", "a"), ("d", "a"), *[("b", "e")] * 9]):
        said += asked_and_answered(asker, answerer, 10 * at)
    found = answering(build(said, MONDAY, ALL, RULES), RULES)
    assert [item.member_id for item in found] == ["a"]  # e answered one person nine times
    people, share = found[0].measures
    assert (people.value, people.n) == (3, 3)
    assert people.evidence == ["aq-d-a-20", "aq-c-a-10", "aq-b-a-0"]
    assert (share.value, share.n) == (0.25, 12)
    assert share.low is not None and share.high is not None and share.low < 0.25 < share.high


def test_without_answers_there_is_no_share() -> None:
    graph = build([], MONDAY, ALL, RULES)
    assert answering(graph, RULES) == []
    assert share_of_questions(graph.answers, {"a"}).reason == "too_few"


def bridge(weeks: int) -> list[Line]:
    """Two circles (b c d, e f g) that only `a` talks to, each week anew."""
    said: list[Line] = []
    for week in range(weeks):
        pairs = ["bc", "cd", "bd", "ef", "fg", "eg", "ab", "ac", "ae", "af"]
        for at, (asker, answerer) in enumerate(pairs):
            channel = "left" if {asker, answerer} & set("bcd") else "right"
            said += asked_and_answered(asker, answerer, week * WEEK + 10 * at, channel_id=channel)
    return said


def test_a_bridge_between_two_circles_connects_and_nobody_inside_them_does() -> None:
    graph = build(bridge(4), MONDAY, ALL, RULES)
    found, is_estimate = connecting(graph, {"left": "left", "right": "right"}, week_of, RULES)
    assert not is_estimate
    assert found[0].member_id == "a"
    between, spread = found[0].measures
    # Of the 15 pairs of others, the 9 across go through a.
    assert between.value == pytest.approx(9 / 15, abs=1e-4)
    assert spread.value == pytest.approx(0.5)
    assert set(between.evidence) <= {reply.message_id for reply in graph.replies}


def test_a_bridge_of_one_week_is_not_named() -> None:
    said = bridge(1)
    for week in range(1, 5):
        said += asked_and_answered("b", "c", week * WEEK) + asked_and_answered("e", "f", week * WEEK + 10)
    graph = build(in_order(said), MONDAY, ALL, RULES)
    assert connecting(graph, {}, week_of, RULES) == ([], False)
    assert connecting(build(bridge(3), MONDAY, ALL, RULES), {}, week_of, RULES)[0] == []  # too few weeks


def test_the_jackknife_of_values_that_never_change_has_no_width() -> None:
    assert jackknife(0.5, [0.5, 0.5, 0.5]).low == 0.5
    # Mean .4, squared deviations .02; error = sqrt(2/3 * .02); t with two degrees 4.3027: half = .4968.
    found = jackknife(0.4, [0.3, 0.4, 0.5])
    assert found.low == 0.0 and found.high == pytest.approx(0.8968, abs=1e-3)


HEATED, COOL = (0.8, 0.1, 0.1), (0.1, 0.8, 0.1)


def episode(number: int, speaker: str, after: tuple[float, float, float]) -> list[Line]:
    """Three heated messages by others, the speaker's, three more by others; a day apart from the next."""
    at = number * 24 * 60
    before = [line(f"{number}-b{n}", "xyz"[n], at + n, sentiment=HEATED) for n in range(3)]
    later = [line(f"{number}-l{n}", "xyz"[n], at + 4 + n, sentiment=after) for n in range(3)]
    return [*before, line(f"{number}-s", speaker, at + 3), *later]


def test_whoever_is_followed_by_less_heat_than_others_are_calms() -> None:
    said: list[Line] = []
    for number in range(12):
        speaker = "a" if number % 2 else "bcd"[number // 2 % 3]
        said += episode(number, speaker, COOL if speaker == "a" else HEATED)
    moments = [m for m in heated_moments(said, RULES) if m.member_id in "abcd"]
    assert len(moments) == 12
    assert moments[0].fall == pytest.approx(0.0)
    found = calming(moments, RULES)
    assert [item.member_id for item in found] == ["a"]
    assert found[0].measures[0].value == pytest.approx(0.7)
    assert found[0].measures[0].n == 6


def test_cooling_that_everybody_sees_is_nobodys_doing() -> None:
    said = [item for number in range(24) for item in episode(number, "abcd"[number % 4], COOL)]
    moments = [m for m in heated_moments(said, RULES) if m.member_id in "abcd"]
    assert calming(moments, RULES) == []


def test_noise_names_few_as_calming() -> None:
    rng = np.random.default_rng(7)
    named = 0
    for _ in range(20):
        said: list[Line] = []
        for number in range(48):
            low = float(rng.uniform(0.05, 0.8))
            said += episode(number, "abcdefgh"[number % 8], (low, 0.9 - low, 0.1))
        named += len(calming([m for m in heated_moments(said, RULES) if m.member_id in "abcdefgh"], RULES))
    # 160 people without any effect; 2.5 % would be 4.
    assert named <= 16


def test_a_burst_is_one_moment_and_unread_messages_are_none() -> None:
    said = episode(0, "a", COOL)
    again = line("0-s2", "a", 3.5)
    assert len([m for m in heated_moments(in_order([*said, again]), RULES) if m.member_id == "a"]) == 1
    unread = [line(f"u{n}", "xyz"[n % 3], n, sentiment=None) for n in range(9)]
    assert heated_moments(unread, RULES) == []


def test_one_person_who_answers_nearly_all_carries_too_much() -> None:
    said: list[Line] = []
    for day in range(14):
        for at in range(3):
            asker = "bcdefg"[(day + at) % 6]
            said += asked_and_answered(asker, "a" if at else "h", day * 1440 + 20 * at)
    graph = build(said, MONDAY, ALL, RULES)
    found = loaded(graph, ZONE, 2, RULES)
    assert (found[0].member_id, found[0].signs) == ("a", ["share", "days"])
    part, days, nights = found[0].measures
    assert part.value == pytest.approx(2 / 3, abs=1e-4)
    assert (days.value, nights.value) == (7, 0)
    top, half = shoulders(graph, RULES)
    assert (top.value, half.value) == (1, 1)


def test_answers_at_night_are_a_sign() -> None:
    # Noon of the 2nd is 04:00 UTC; 13 hours later it is 01:00 at night in Shanghai.
    said = [item for n in range(12) for item in asked_and_answered("bcdefghij"[n % 9], "a", 13 * 60 + n * WEEK)]
    found = loaded(build(said, MONDAY, ALL, RULES), ZONE, 12, RULES)
    assert "nights" in found[0].signs


def test_with_few_answers_nobody_is_called_loaded() -> None:
    graph = build(asked_and_answered("a", "b", 0), MONDAY, ALL, RULES)
    assert loaded(graph, ZONE, 1, RULES) == []
    assert [m.reason for m in shoulders(graph, RULES)] == ["too_few", "too_few"]


def owner_lines(shares: list[float]) -> list[Line]:
    said: list[Line] = []
    for week, share in enumerate(shares):
        for at in range(20):
            answerer = "a" if at < 20 * share else "cdefg"[at % 5]
            said += asked_and_answered("hij"[at % 3], answerer, week * WEEK + 30 * at)
    return said


def test_an_owner_who_steps_back_shows_as_a_falling_share() -> None:
    graph = build(owner_lines([0.9, 0.75, 0.6, 0.45, 0.3]), MONDAY, ALL, RULES)
    weeks = owner_weeks(graph, "a", week_of, RULES)
    assert [week.share.value for week in weeks] == [0.9, 0.75, 0.6, 0.45, 0.3]
    trend = owner_trend(weeks, RULES)
    assert trend.value == pytest.approx(-0.15, abs=1e-4)
    assert trend.high is not None and trend.high < 0
    assert owner_share(graph.replies, "a", RULES.least_replies).value == pytest.approx(0.6)


def test_a_trend_needs_weeks_and_a_share_needs_replies() -> None:
    graph = build(owner_lines([0.5, 0.5, 0.5]), MONDAY, ALL, RULES)
    assert owner_trend(owner_weeks(graph, "a", week_of, RULES), RULES).reason == "too_few"
    assert owner_share(graph.replies[:5], "a", RULES.least_replies).value is None


def test_a_week_without_replies_keeps_its_gap() -> None:
    said = [item for item in owner_lines([0.8, 0.7, 0.6, 0.5, 0.4, 0.3]) if not _in_week(item, 2)]
    trend = owner_trend(owner_weeks(build(said, MONDAY, ALL, RULES), "a", week_of, RULES), RULES)
    assert trend.value == pytest.approx(-0.1, abs=1e-4)
    assert trend.n == 5


def _in_week(item: Line, week: int) -> bool:
    return timedelta(weeks=week) <= item.sent_at - MONDAY < timedelta(weeks=week + 1)
