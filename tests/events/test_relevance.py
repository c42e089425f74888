from __future__ import annotations

import math

import pytest

from copilot.events.briefs.formats import without_formats
from copilot.events.drafts.relevance import Profile, best_per_owner, combine, meaning_scores, word_scores
from copilot.vectors.index import VectorHit


def test_rare_words_weigh_more_by_hand() -> None:
    profiles = [Profile.of("a", ["养老 ai"]), Profile.of("b", ["ai"]), Profile.of("c", ["ai"])]
    scores = word_scores("养老 AI", profiles)
    # Weights: 养老 ln(1 + 3/1), ai ln(1 + 3/3); a covers both, b only ai.
    assert scores["a"] == pytest.approx(1.0)
    assert scores["b"] == pytest.approx(math.log(2) / (math.log(2) + math.log(4)))


def test_a_word_said_on_the_side_counts_half() -> None:
    scores = word_scores("冷链", [Profile.of("a", ["冷链"]), Profile.of("b", [""], ["冷链"])])
    assert scores["b"] == pytest.approx(scores["a"] / 2)


def test_without_words_or_records_nobody_is_relevant() -> None:
    assert word_scores("", [Profile.of("a", ["ai"])]) == {}
    assert word_scores("ai", []) == {}
    assert word_scores("量子", [Profile.of("a", ["ai"])]) == {}


def hits(*similarities: float) -> list[VectorHit]:
    return [VectorHit(f"t{n}", f"m{n}", value) for n, value in enumerate(similarities)]


def test_meaning_is_how_far_a_hit_stands_out() -> None:
    scores = meaning_scores(hits(0.95, 0.83, 0.82, 0.81, 0.80, 0.79, 0.78))
    assert scores["t0"] == 1.0
    assert scores["t3"] == 0.0


@pytest.mark.parametrize("found", [[], hits(0.9, 0.8), hits(0.8, 0.8, 0.8, 0.8, 0.8, 0.8)])
def test_too_few_or_equal_hits_say_nothing(found: list[VectorHit]) -> None:
    assert meaning_scores(found) == {}


def test_words_stand_alone_without_an_index() -> None:
    assert combine(0.4, None) == 0.4
    assert combine(1.0, 1.0) == pytest.approx(1.0)


def test_an_owner_has_the_score_of_the_best_text() -> None:
    assert best_per_owner({"t1": 0.2, "t2": 0.7, "t3": 0.9}, {"t1": "m", "t2": "m"}) == {"m": 0.7}


def test_format_words_say_nothing_of_the_subject() -> None:
    assert without_formats("AI路演沙龙") == "AI"
    assert without_formats("workshop on pricing") == "on pricing"
