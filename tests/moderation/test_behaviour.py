"""Patterns are counted by hand; friends who tease are told from harassment, and quarrels of two from one-sided ones."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from copilot.moderation.behaviour import (
    LIMITS,
    Line,
    PatternFinding,
    PatternKind,
    find_floods,
    find_harassment,
    find_rings,
)
from copilot.moderation.behaviour_wording import sentences

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def line(number: int, sender: str, hours: float, to: str = "", **values: object) -> Line:
    return Line(
        f"m{number:04d}", "c", sender, START + timedelta(hours=hours), frozenset([to] if to else []), **values,  # type: ignore[arg-type]  # values of the dataclass
    )  # fmt: skip


def harassed(lines: list[Line]) -> PatternFinding | None:
    return find_harassment("a", "b", lines, max(at.sent_at for at in lines))


def attacks(count: int, every_hours: float) -> list[Line]:
    return [line(n, "a", n * every_hours, "b", hostile=0.9) for n in range(count)]


def test_harassment_is_found_with_the_fourth_attack_on_the_second_day_and_not_before() -> None:
    lines = attacks(4, 10.0)  # 09:00 and 19:00 on the first day, 05:00 and 15:00 on the second
    assert [harassed(lines[:n]) is not None for n in range(1, 5)] == [False, False, False, True]
    found = harassed(lines)
    assert found is not None
    assert found.kind is PatternKind.HARASSMENT
    assert (found.members, found.affected) == (("a",), ("b",))
    assert found.counts["hostile"] == 4
    assert found.counts["days"] == 2
    # (0.6 + nothing for more messages, days or a plea) x (0.7 + 0.3 x 0.9) = 0.582
    assert found.score == pytest.approx(0.582)


def test_a_plea_to_stop_weighs() -> None:
    found = harassed([*attacks(6, 10.0), line(90, "b", 11, "a", stops=True)])
    assert found is not None
    # 6 attacks on 3 days (09, 19 | 05, 15 | 01, 11): (0.6 + 0.08 + 0.05 + 0.1) x 0.97
    assert found.score == pytest.approx(0.805)


def test_one_bad_evening_is_no_pattern() -> None:
    assert harassed(attacks(12, 0.2)) is None


def test_attacks_of_last_month_are_forgotten() -> None:
    old = attacks(6, 10.0)
    assert harassed([*old, line(80, "a", 24 * 20, "b", hostile=0.9)]) is None


def test_rare_harshness_among_many_words_is_no_pattern() -> None:
    assert harassed([*attacks(4, 10.0), *(line(100 + n, "a", n * 3, "b") for n in range(9))]) is None


def test_a_quarrel_of_two_is_told_apart_and_opens_no_case() -> None:
    answers = [line(50 + n, "b", n * 10 + 1, "a", hostile=0.9) for n in range(3)]
    found = harassed([*attacks(4, 10.0), *answers])
    assert found is not None
    assert found.kind is PatternKind.QUARREL
    assert not found.opens_case
    assert found.members == ("a", "b")


def test_friends_who_laugh_along_are_left_alone_unless_one_asks_to_stop() -> None:
    laughs = [line(50 + n, "b", n * 10 + 1, "a", friendly=True) for n in range(3)]
    assert harassed([*attacks(6, 10.0), *laughs]) is None
    assert harassed([*attacks(6, 10.0), *laughs, line(70, "b", 45, "a", stops=True)]) is not None


def test_words_to_others_do_not_count() -> None:
    assert harassed([line(n, "a", n * 10, "z", hostile=0.9) for n in range(8)] + [line(99, "b", 80)]) is None


@pytest.mark.parametrize("seed", range(5))
def test_in_a_simulated_fortnight_harassment_is_found_and_banter_is_not(seed: int) -> None:
    """Twenty people talk; one goes after another, and two friends tease each other as often."""
    rng = random.Random(seed)
    lines: list[Line] = []
    people = [f"p{n}" for n in range(20)]
    for n in range(600):
        who, whom = rng.sample(people, 2)
        # One rude line in a hundred, as in a quiet community.
        lines.append(line(n, who, rng.uniform(0, 300), whom, hostile=0.8 if rng.random() < 0.01 else 0.0))
    for n in range(8):
        lines.append(line(1000 + n, "p0", 20 + n * 25, "p1", hostile=0.9))
        lines.append(line(2000 + n, "p2", 21 + n * 25, "p3", hostile=0.9))
        lines.append(line(3000 + n, "p3", 21.1 + n * 25, "p2", friendly=True))
    end = max(at.sent_at for at in lines)
    found = {
        (one, other)
        for one in people for other in people
        if one != other and (pattern := find_harassment(one, other, lines, end)) is not None and pattern.opens_case
    }  # fmt: skip
    assert found == {("p0", "p1")}


def advert(number: int, sender: str, hours: float, text: str, contact: str = "", channel: str = "c") -> Line:
    return Line(
        f"m{number:04d}", channel, sender, START + timedelta(hours=hours),
        contacts=frozenset([contact] if contact else []), shingles=frozenset(text[i : i + 3] for i in range(len(text) - 2)),
    )  # fmt: skip


TEXT = "周五晚上线上分享跨境收款的坑欢迎来听名额有限先到先得"


def test_accounts_with_one_contact_are_a_ring() -> None:
    lines = [advert(n, f"s{n}", n, f"{n}号说法完全不同的文字{n * 7}", "微信abc_12345") for n in range(3)]
    [found] = find_rings([*lines, advert(9, "s9", 1, "另外一个人的另外一件事情在这里", "qq123456")])
    assert found.kind is PatternKind.ADVERT_RING
    assert found.members == ("s0", "s1", "s2")
    assert found.counts == {"messages": 3, "accounts": 3, "channels": 1}
    assert found.evidence["contacts"] == ["微信abc_12345"]


def test_near_copies_of_two_accounts_are_a_ring() -> None:
    lines = [advert(0, "s0", 0, TEXT), advert(1, "s1", 1, TEXT + "哦"), advert(2, "s0", 2, TEXT.replace("欢迎", "快"))]
    [found] = find_rings(lines)
    assert found.kind is PatternKind.ADVERT_RING
    assert found.evidence["contacts"] == []


def test_one_account_in_three_channels_pastes_copies() -> None:
    lines = [advert(n, "s", n, TEXT, channel=f"c{n}") for n in range(3)]
    [found] = find_rings(lines)
    assert found.kind is PatternKind.COPIES
    assert find_rings(lines[:2]) == []


def test_adverts_a_fortnight_apart_are_no_ring() -> None:
    assert find_rings([advert(n, f"s{n}", n * 24 * 8, TEXT, "微信abc_12345") for n in range(3)]) == []


def test_the_key_of_a_ring_stays_when_more_join() -> None:
    lines = [advert(n, f"s{n}", n, TEXT, "微信abc_12345") for n in range(5)]
    assert find_rings(lines[:3])[0].key == find_rings(lines)[0].key


def test_a_burst_is_one_flood() -> None:
    burst = [line(n, "a", n / 1200) for n in range(14)]  # one every three seconds
    [found] = find_floods([*burst, line(99, "a", 5)], 10)
    assert found.counts == {"messages": 14, "seconds": 39}
    assert find_floods(burst[:9], 10) == []


def test_every_sentence_exists_in_both_languages_and_names_people() -> None:
    names = {"a": "阿哲", "b": "小满"}
    patterns = [
        harassed(attacks(5, 10.0)),
        harassed([*attacks(4, 10.0), *(line(50 + n, "b", n * 10 + 1, "a", hostile=0.9) for n in range(3))]),
        *find_rings([advert(n, f"s{n}", n, TEXT, "微信abc_12345") for n in range(7)]),
        *find_rings([advert(n, "s", n, TEXT, channel=f"c{n}") for n in range(3)]),
        *find_floods([line(n, "a", n / 1200) for n in range(14)], 10),
    ]
    kinds = set()
    for found in patterns:
        assert found is not None
        kinds.add(found.kind)
        said = sentences(found, names)
        assert set(said) == {"zh-CN", "en"}
        assert "{" not in "".join(said.values())
    assert kinds == set(PatternKind)
    assert LIMITS.hostile == 4
