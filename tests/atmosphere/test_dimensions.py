"""The five dimensions of chats small enough to work out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.atmosphere.dimensions import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    activity,
    content_quality,
    dimensions,
    interaction_quality,
    label,
    participation,
    satisfaction,
    sentiment,
)
from copilot.atmosphere.intervals import wilson
from copilot.atmosphere.models import Dimension, Measure
from copilot.atmosphere.thresholds import Thresholds
from copilot.atmosphere.windows import Said
from tests.atmosphere.chat import FLAT, GLAD, LENIENT, SAD, said, window


def measure(dimension: Dimension, name: str) -> Measure:
    found = dimension.measure(name)
    assert found is not None
    return found


def chat_of(*rows: dict[str, Any]) -> list[Said]:
    return [said(f"m{n}", row.pop("by"), n, **row) for n, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        (SAD, NEGATIVE), (FLAT, NEUTRAL), (GLAD, POSITIVE), (None, NEUTRAL),
        ((0.45, 0.1, 0.45), NEUTRAL), ((0.4, 0.4, 0.2), NEUTRAL),
    ],
)  # fmt: skip
def test_a_message_is_what_it_most_probably_is_and_a_tie_is_neutral(
    probabilities: tuple[float, float, float] | None, expected: int
) -> None:
    assert label(said("m", "a", 0, sentiment=probabilities)) == expected


def test_activity_counts_people_messages_and_the_silent() -> None:
    chat = [said("m1", "a", 0), said("m2", "b", 1, reply_to_id="m1"), said("m3", "c", 2, reply_to_id="m1"),
            said("m4", "a", 3, reply_to_id="m2")]  # fmt: skip
    found = activity(window(chat, members=12))
    assert measure(found, "active_members").value == 3
    assert measure(found, "messages").value == 4
    silent = measure(found, "silent_share")
    assert (silent.value, silent.n, silent.n_of) == (0.75, 12, "members")
    assert (silent.low, silent.high) == tuple(round(end, 4) for end in wilson(0.75, 12))
    assert found.headline.evidence == ["m1", "m2"]  # what was replied to, most first


def test_sentiment_counts_read_messages_and_shows_the_clearest() -> None:
    chat = chat_of(
        {"by": "a", "sentiment": SAD}, {"by": "b", "sentiment": (0.9, 0.05, 0.05)}, {"by": "c", "sentiment": GLAD},
        {"by": "d"}, {"by": "e", "sentiment": None},
    )  # fmt: skip
    shares = sentiment(window(chat))
    assert (shares.negative.value, shares.neutral.value, shares.positive.value) == (0.5, 0.25, 0.25)
    assert {shares.negative.n, shares.neutral.n, shares.positive.n} == {4}
    assert shares.negative.evidence == ["m1", "m0"]
    assert shares.model_versions == ["m1"]
    net = satisfaction(window(chat)).headline
    assert (net.value, net.n, net.evidence) == (-0.25, 4, ["m1", "m0"])  # (1 - 2) / 4


def test_one_angry_person_widens_the_interval_more_than_a_divided_room() -> None:
    ranting = [said(f"r{n}", "a" if n < 10 else f"p{n}", n, sentiment=SAD if n < 10 else FLAT) for n in range(30)]
    divided = [said(f"d{n}", f"p{n}", n, sentiment=SAD if n < 10 else FLAT) for n in range(30)]
    one, many = sentiment(window(ranting)).negative, sentiment(window(divided)).negative
    assert one.value == many.value == pytest.approx(1 / 3, abs=1e-4)
    assert one.low is not None
    assert many.low is not None
    assert one.low < many.low


def test_replies_waits_and_pairs_are_worked_out() -> None:
    ask = {"is_question": True}
    chat = [
        said("q1", "a", 0, **ask), said("x1", "b", 2, reply_to_id="q1"),
        said("q2", "a", 100, **ask), said("x2", "c", 104, mentions=("a",)),
        said("q3", "b", 200, **ask), said("x3", "a", 210, reply_to_id="q3"), said("x4", "c", 205, reply_to_id="x3"),
        said("q4", "d", 300, **ask), said("x5", "e", 310),  # a neighbour, no link
        said("q5", "d", 400, **ask),  # nobody
    ]  # fmt: skip
    chat.sort(key=lambda item: item.sent_at)
    found = interaction_quality(window(chat))
    rate, followed = measure(found, "reply_rate"), measure(found, "followed_share")
    assert (rate.value, rate.n) == (0.6, 5)  # q1, q2, q3
    assert (followed.value, followed.evidence) == (0.8, ["q5"])
    wait = measure(found, "first_response_seconds")
    assert (wait.value, wait.low, wait.n, wait.evidence) == (240, None, 3, ["q3", "q2", "q1"])  # of 2, 4, 10 minutes
    mutual = measure(found, "reciprocity")
    assert (mutual.value, mutual.n) == (0.5, 2)  # b-a both ways, c-a one way


def test_content_counts_substance_resources_and_useful_answers() -> None:
    full = {"is_substantive": True, "words": 20}
    chat = [
        said("q1", "a", 0, is_question=True), said("x1", "b", 1, reply_to_id="q1", **full),
        said("q2", "c", 60, is_question=True), said("x2", "b", 61, reply_to_id="q2"),
        said("m1", "d", 90, is_substantive=True, words=30), said("m2", "d", 91, is_resource=True),
        said("m3", "e", 92, is_resource=True, sentiment=None),
    ]  # fmt: skip
    found = content_quality(window(chat))
    substance = measure(found, "substantive_share")
    assert (substance.value, substance.n, substance.evidence) == (0.3333, 6, ["m1", "x1"])  # 2 of 6 read
    resources = measure(found, "resource_share")
    assert (resources.value, resources.n, resources.evidence) == (0.2857, 7, ["m3", "m2"])  # 2 of all 7, newest first
    useful = measure(found, "useful_answer_share")
    assert (useful.value, useful.n, useful.evidence) == (0.5, 2, ["x1"])


def test_participation_counts_givers_and_concentration() -> None:
    chat = [
        said("m1", "a", 0), said("m2", "a", 1), said("m3", "a", 2), said("q1", "b", 3, is_question=True),
        said("x1", "c", 4, reply_to_id="q1"), said("m4", "d", 5, is_resource=True),
    ]  # fmt: skip
    found = participation(window(chat))
    assert measure(found, "contributing_share").value == 0.2  # c answered, d shared: 2 of 10
    concentration = measure(found, "concentration")
    # 1, 1, 1, 3: ((-3) 1 + (-1) 1 + 1 1 + 3 3) / (4 * 6)
    assert (concentration.value, concentration.n) == (0.25, 4)
    assert measure(found, "half_written_by").value == 1


def test_an_answer_after_the_window_makes_nobody_a_contributor_of_it() -> None:
    chat = [said("q1", "a", 590, is_question=True), said("x1", "z", 610, reply_to_id="q1")]
    assert measure(participation(window(chat)), "contributing_share").value == 0


def test_too_little_gives_no_figure_and_says_which_kind_of_too_little() -> None:
    few = [said(f"m{n}", f"p{n % 6}", n) for n in range(19)]
    found = dimensions(window(few, thresholds=Thresholds()))
    for dimension, name in (
        ("satisfaction", "net_sentiment"), ("content_quality", "substantive_share"),
        ("participation", "contributing_share"), ("interaction_quality", "reply_rate"),
        ("interaction_quality", "first_response_seconds"), ("interaction_quality", "reciprocity"),
        ("content_quality", "useful_answer_share"),
    ):  # fmt: skip
        thin = measure(found[dimension], name)  # type: ignore[index]  # the names are above
        assert (thin.value, thin.low, thin.high, thin.reason, thin.evidence) == (None, None, None, "too_few", [])
    assert sentiment(window(few, thresholds=Thresholds())).negative.reason == "too_few"


def test_a_room_that_is_not_read_yet_says_so_and_still_counts_people() -> None:
    unread = [said(f"m{n}", f"p{n % 6}", n, sentiment=FLAT if n < 40 else None) for n in range(100)]
    found = dimensions(window(unread, thresholds=Thresholds()))
    assert found["satisfaction"].headline.reason == "not_read"
    assert measure(found["interaction_quality"], "reply_rate").reason == "not_read"
    assert found["activity"].headline.value == 6


PEOPLE = st.sampled_from("abcdefg")
MESSAGES = st.lists(
    st.tuples(
        PEOPLE, st.integers(0, 500), st.sampled_from([GLAD, FLAT, SAD, None]), st.booleans(), st.booleans(),
        st.one_of(st.none(), st.integers(0, 30)),
    ),
    min_size=1, max_size=40,
)  # fmt: skip


def _chat(rows: Sequence[tuple[str, int, Any, bool, bool, int | None]]) -> list[Said]:
    ordered = sorted(enumerate(rows), key=lambda pair: (pair[1][1], pair[0]))
    return [
        said(
            str(n), who, minute, sentiment=tone, is_question=asks and tone is not None,
            is_substantive=full and tone is not None, reply_to_id=None if to is None else str(to),
        )
        for n, (who, minute, tone, asks, full, to) in ordered
    ]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_whatever_is_said_shares_sum_to_one_and_intervals_hold_their_values(
    rows: list[tuple[str, int, Any, bool, bool, int | None]],
) -> None:
    spoken = window(_chat(rows), thresholds=replace(LENIENT, least_coverage=0.0))
    shares = sentiment(spoken)
    if shares.negative.value is not None:
        total = [shares.negative.value, shares.neutral.value, shares.positive.value]
        assert sum(v for v in total if v is not None) == pytest.approx(1, abs=2e-4)
    ids = {item.id for item in spoken.said}
    measures = [m for dimension in dimensions(spoken).values() for m in dimension.measures]
    for found in [shares.negative, shares.neutral, shares.positive, *measures]:
        assert set(found.evidence) <= ids
        assert (found.value is None) == (found.reason is not None)
        if found.value is not None and found.low is not None and found.high is not None:
            assert found.low <= found.value <= found.high
        if found.unit == "share" and found.value is not None:
            assert 0 <= found.value <= 1


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(MESSAGES, st.permutations("abcdefg"))
def test_names_of_people_change_no_figure(
    rows: list[tuple[str, int, Any, bool, bool, int | None]], names: list[str]
) -> None:
    swap = dict(zip("abcdefg", names, strict=True))
    one = dimensions(window(_chat(rows)))
    other = dimensions(window(_chat([(swap[row[0]], *row[1:]) for row in rows])))
    assert one == other
