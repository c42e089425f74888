"""Sentences are matched once each by shared characters; sides, denied words and fields are counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.profiles.findings import Finding
from eval.cases import EvalCase
from eval.scorers.aspects import AspectScore, score_introduction, shared

TEXT = "我在深圳做外贸。能提供海外仓。想找卖家。我不找投资。"


def row(quote: str, **more: Any) -> dict[str, Any]:
    return {"quote": quote, "start": TEXT.index(quote), **more}


CASE = {
    "id": "x", "split": "dev", "text": TEXT,
    "aspects": [row("我在深圳做外贸", aspect="is"), row("能提供海外仓", aspect="has"), row("想找卖家", aspect="wants")],
    "fields": [row("深圳", field="city", values=["深圳"]), row("外贸", field="industry", values=["跨境电商与外贸", "物流"])],
    "not_own": [row("我不找投资")],
}  # fmt: skip


def sentence(aspect: Any, words: str) -> Finding:
    return Finding.sentence(aspect, TEXT, TEXT.index(words), TEXT.index(words) + len(words))


def value(field: Any, text: str) -> Finding:
    return Finding.value(field, text, TEXT, 0, 2)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 4), (0, 4), 1.0),
        ((0, 4), (2, 6), 2 / 6),
        ((0, 4), (4, 8), 0.0),
        ((0, 2), (6, 8), 0.0),
        ((0, 8), (2, 4), 0.25),
    ],
)
def test_likeness_is_intersection_over_union(one: tuple[int, int], other: tuple[int, int], expected: float) -> None:
    assert shared(one, other) == pytest.approx(expected)


def test_a_perfect_reading() -> None:
    score = score_introduction(
        CASE,
        [sentence("is", "我在深圳做外贸"), sentence("has", "能提供海外仓"), sentence("wants", "想找卖家"), value("city", "Shenzhen"), value("industry", "物流")],
    )  # fmt: skip
    assert all(
        (t.labelled, t.found, t.hits) == (1, 1, 1)
        for n, t in score.tallies.items()
        if n not in {"role", "stage", "skill"}
    )
    assert (score.offers, score.crossed, score.not_own, score.not_own_found, score.wrong) == (2, 0, 1, 0, [])
    assert [score.tallies[side].exact for side in ("is", "has", "wants")] == [1, 1, 1]


def test_nothing_read_is_all_missed() -> None:
    score = score_introduction(CASE, [])
    assert [(t.labelled, t.found, t.hits) for t in (score.tallies["is"], score.tallies["city"])] == [(1, 0, 0)] * 2
    assert len(score.wrong) == 3


def test_one_sentence_over_all_counts_for_none() -> None:
    everything = Finding.sentence("has", TEXT, 0, len(TEXT))
    score = score_introduction(CASE, [everything])
    # 6 of 26 characters are shared with the label: below one half
    assert score.tallies["has"].hits == 0
    assert score.not_own_found == 1


def test_two_findings_of_one_label_are_one_hit_and_half_a_label_is_enough() -> None:
    # 能提供 shares 3 of 6, 海外仓 the other 3: both reach one half, only one may count
    score = score_introduction(CASE, [sentence("has", "能提供"), sentence("has", "海外仓")])
    assert (score.tallies["has"].found, score.tallies["has"].hits, score.tallies["has"].exact) == (2, 1, 0)


def test_the_wrong_side_and_somebody_elses_words_are_named() -> None:
    score = score_introduction(CASE, [sentence("wants", "能提供海外仓"), sentence("wants", "我不找投资")])
    assert (score.offers, score.crossed, score.not_own_found) == (2, 1, 1)
    assert ("not own", "我不找投资") in score.wrong


def test_counts_add_up() -> None:
    total = AspectScore()
    for found in ([sentence("wants", "能提供海外仓")], [sentence("has", "能提供海外仓")]):
        total.add(score_introduction(CASE, found), EvalCase("one"))
    assert (total.tallies["has"].labelled, total.tallies["has"].found, total.tallies["has"].hits) == (2, 1, 1)
    assert (total.offers, total.crossed, total.not_own) == (2, 1, 2)
