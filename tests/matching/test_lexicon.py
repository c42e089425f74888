"""Words in common, Chinese and Latin."""

from __future__ import annotations

import math

import numpy as np
import pytest

from copilot.matching.scores.lexicon import Lexicon, overlap, tokens


def test_han_runs_become_pairs_and_latin_words_stay_whole() -> None:
    assert tokens("找CNC师傅，C++也行") == ["找", "cnc", "师傅", "c++", "也行"]
    assert tokens("冷链运输") == ["冷链", "链运", "运输"]


@pytest.mark.parametrize("text", ["", "   ", "🚀🚀", "…！？"])
def test_text_without_letters_has_no_terms(text: str) -> None:
    assert tokens(text) == []
    assert Lexicon.build([]).terms(text) == {}


def test_only_the_first_thousand_characters_count() -> None:
    assert len(tokens("冷" * 10_000)) == 999


def test_rarity_is_bm25s_inverse_document_frequency() -> None:
    lexicon = Lexicon.build([("a", "has", "冷链"), ("b", "has", "冷链"), ("c", "has", "合同")])
    # ln(1 + (3 - 2 + 0.5) / (2 + 0.5)) = ln 1.6;  ln(1 + 2.5 / 1.5) = ln 2.6667
    assert lexicon.rarity("冷链") == pytest.approx(math.log(1.6))
    assert lexicon.rarity("合同") == pytest.approx(math.log(8 / 3))
    assert lexicon.rarity("没有") > lexicon.rarity("合同")


def test_the_same_text_overlaps_fully_and_a_foreign_one_not_at_all() -> None:
    lexicon = Lexicon.build([("a", "has", "冷链运输"), ("b", "has", "contract review")])
    terms = [lexicon.terms("冷链运输"), lexicon.terms("contract review")]
    assert overlap(terms, terms, 1.0) == pytest.approx(np.eye(2))


def test_overlap_is_full_from_its_bar_on() -> None:
    # One of two equally rare words in common: cosine 1/2, over a bar of 0.3 gives 1, over 1 gives 1/2.
    left, right = [{"a": math.sqrt(0.5), "b": math.sqrt(0.5)}], [{"a": math.sqrt(0.5), "c": math.sqrt(0.5)}]
    assert overlap(left, right, 0.3)[0, 0] == 1.0
    assert overlap(left, right, 1.0)[0, 0] == pytest.approx(0.5)
    assert overlap([], right, 1.0).shape == (0, 1)


def test_rare_words_name_their_owners_and_common_ones_nobody() -> None:
    texts = [(f"m{n}", "has", "我们做产品") for n in range(200)] + [("zhou", "has", "我们做冷链")]
    lexicon = Lexicon.build(texts)
    assert lexicon.named("has", ["我们要冷链"], 5) == ["zhou"]
    assert lexicon.named("wants", ["我们要冷链"], 5) == []
    assert lexicon.named("has", ["我们"], 5) == []
