from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.errors import InvalidInput
from copilot.events.drafts.layout import Part, Placed, allocate, lay_out, short_breaks
from copilot.events.drafts.timetable import MAX_STRETCH, Block, Timetable, plain
from copilot.knowledge import KnowledgeBase
from copilot.playbook_models import SegmentKind as K


def part(key: str, weight: float, low: int, high: int, kind: K = K.TALK) -> Part:
    return Part(key, kind, weight, low, high)


PARTS = [
    part("opening", 1, 3, 15, K.OPENING), part("talk", 5, 15, 60), part("qa", 2, 5, 30, K.QA),
    part("mingle", 2, 10, 40, K.NETWORKING), part("closing", 1, 2, 10, K.CLOSING),
]  # fmt: skip


def stretches(placed: list[Placed]) -> list[int]:
    lengths, run = [], 0
    for item in placed:
        run = 0 if item.part.kind is K.BREAK else run + item.minutes
        lengths.append(run)
    return lengths


def test_minutes_follow_the_weights_by_hand() -> None:
    # 60 minutes in shares 1 : 3 : 2 are 10, 30 and 20.
    assert allocate([part("a", 1, 5, 60), part("b", 3, 5, 60), part("c", 2, 5, 60)], 60) == [10, 30, 20]


def test_a_clamped_part_gives_its_rest_to_the_others_by_hand() -> None:
    # b may have 20 at most; the other 40 are shared 1 : 1.
    assert allocate([part("a", 1, 5, 60), part("b", 8, 5, 20), part("c", 1, 5, 60)], 60) == [20, 20, 20]


def test_odd_totals_end_on_five_minutes_but_for_one_part() -> None:
    minutes = allocate([part("a", 1, 5, 60), part("b", 1, 5, 60), part("c", 1, 5, 60)], 61)
    assert sum(minutes) == 61
    assert sum(1 for m in minutes if m % 5) == 1


@pytest.mark.parametrize("total", [9, 121])
def test_a_total_outside_the_bounds_is_refused(total: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        allocate([part("a", 1, 5, 60), part("b", 1, 5, 60)], total)
    assert caught.value.data["reason"] == "agenda_does_not_fit"


@st.composite
def shares(draw: st.DrawFn) -> tuple[list[Part], int]:
    parts = []
    for number in range(draw(st.integers(1, 12))):
        low = draw(st.integers(1, 60))
        parts.append(part(f"p{number}", draw(st.floats(0.01, 100)), low, low + draw(st.integers(0, 120))))
    return parts, draw(st.integers(sum(p.min_minutes for p in parts), sum(p.max_minutes for p in parts)))


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(shares())
def test_shares_sum_exactly_and_keep_their_bounds(case: tuple[list[Part], int]) -> None:
    parts, total = case
    minutes = allocate(parts, total)
    assert sum(minutes) == total
    assert all(p.min_minutes <= m <= p.max_minutes for p, m in zip(parts, minutes, strict=True))


@settings(max_examples=150, deadline=None)
@given(st.integers(20, 1440))
def test_any_slot_is_filled_exactly_without_gaps_and_with_breaks(slot: int) -> None:
    placed = lay_out(PARTS, plain(slot))
    assert sum(item.minutes for item in placed) == slot
    clock = 0
    for item in placed:
        assert item.start_minute == clock
        assert item.minutes > 0
        clock += item.minutes
    assert max(stretches(placed)) <= MAX_STRETCH
    assert placed[0].part.key == "opening"
    assert placed[-1].part.key == "closing"
    assert placed[0].part.kind is not K.BREAK


@pytest.mark.slow
def test_every_shipped_agenda_fills_every_length_its_playbook_allows(knowledge: KnowledgeBase) -> None:
    for book in knowledge.playbooks("zh-CN"):
        parts = [
            Part(s.key, s.kind, s.weight, s.min_minutes, s.max_minutes) for s in book.agenda if s.kind is not K.BREAK
        ]
        for slot in [*range(book.min_minutes, min(book.max_minutes, 400) + 1), book.max_minutes, book.max_minutes * 3]:
            placed = lay_out(parts, plain(slot))
            assert sum(item.minutes for item in placed) == slot, (book.format, slot)
            assert max(stretches(placed)) <= MAX_STRETCH, (book.format, slot)


def test_short_events_have_no_break_by_hand() -> None:
    assert short_breaks(90, 90, 90) == []
    assert short_breaks(91, 90, 91) == [10]
    assert short_breaks(180, 90, 180) == [10, 10]
    # 240 minutes in stretches of 80 at most, breaks of 15: 80 x 2 + 15 is not enough, three stretches of 70 are.
    assert short_breaks(240, 90, 240) == [15, 15]


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    blocks = [Block(draw(st.integers(60, 400)), 60, "meal") for _ in range(draw(st.integers(0, 4)))]
    if blocks and draw(st.booleans()):
        blocks[-1] = Block(blocks[-1].minutes, 780, "night")
    return Timetable((*blocks, Block(draw(st.integers(60, 400)))), draw(st.sampled_from([90, 240])))


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(timetables())
def test_any_timetable_is_filled_with_its_meals_and_nights(timetable: Timetable) -> None:
    placed = lay_out(PARTS, timetable)
    assert sum(item.minutes for item in placed) == timetable.minutes
    assert max(stretches(placed)) <= timetable.longest_stretch
    wanted = [(block.pause_key, block.pause_minutes) for block in timetable.blocks if block.pause_minutes]
    assert [(i.part.key, i.minutes) for i in placed if i.part.key in {"meal", "night"}] == wanted
    begin = 0
    planned = []
    for block in timetable.blocks:
        begin += block.minutes
        planned += [begin] if block.pause_minutes else []
        begin += block.pause_minutes
    found = [item.start_minute for item in placed if item.part.key in {"meal", "night"}]
    assert all(abs(a - b) <= 20 for a, b in zip(found, planned, strict=True))


def test_a_round_of_a_workshop_shows_tries_and_looks_again() -> None:
    parts = [
        part("demo", 3, 20, 60), part("exercise", 4, 25, 100, K.ACTIVITY), part("review", 2, 10, 60, K.QA),
        part("closing", 1, 5, 30, K.CLOSING),
    ]  # fmt: skip
    rounds = [i.part.key for i in lay_out(parts, plain(420)) if i.part.round == 2 and i.part.piece <= 1]
    assert rounds == ["demo", "exercise", "review"]


def test_a_break_falls_before_a_talk_rather_than_before_its_questions() -> None:
    keys = [
        item.part.key
        for item in lay_out([part("one", 1, 20, 40), part("two", 1, 20, 40), part("qa", 1, 20, 40, K.QA)], plain(100))
    ]
    assert keys == ["one", "break", "two", "qa"]


def test_a_slot_too_short_for_everything_drops_mingling_before_the_talk() -> None:
    keys = [item.part.key for item in lay_out(PARTS, plain(25))]
    assert keys == ["opening", "talk", "qa", "closing"]


def test_a_longer_slot_has_more_rounds_of_its_main_part() -> None:
    rounds = [(item.part.key, item.part.round) for item in lay_out(PARTS, plain(240)) if item.part.kind is not K.BREAK]
    assert ("talk", 2) in rounds
    assert ("mingle", 2) not in rounds


def test_a_long_part_is_cut_by_breaks_into_numbered_pieces() -> None:
    placed = lay_out([part("build", 1, 30, 1000, K.ACTIVITY)], plain(300))
    assert [item.part.piece for item in placed if item.part.kind is not K.BREAK] == [1, 2, 3, 4]


def test_parts_that_cannot_fill_the_slot_are_refused() -> None:
    with pytest.raises(InvalidInput):
        lay_out([part("opening", 1, 5, 10, K.OPENING)], plain(60))
