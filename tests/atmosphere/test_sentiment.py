"""Three-way sentiment: sums, plain cases in both languages, degenerate input, speed, and an honest card."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.atmosphere.sentiment import LABELS, SURE_BELOW, SentimentModel
from copilot.language.meaning import Meanings
from tests.timing import seconds_of_work


@pytest.fixture(scope="module")
def model() -> SentimentModel:
    return SentimentModel.load()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("恭喜！首单成交，太开心了", "positive"),
        ("这次配合得真好，谢谢各位", "positive"),
        ("又被平台封了，烦死了，太失望", "negative"),
        ("货全坏了，亏惨了", "negative"),
        ("明天下午两点在三楼会议室", "neutral"),
        ("发票抬头是哪家公司", "neutral"),
        ("Great job, I love it", "positive"),
        ("Terrible support, I'm so frustrated", "negative"),
        ("The meeting starts at ten", "neutral"),
        ("一點都不開心，很失望", "negative"),
    ],
)
def test_plain_cases(model: SentimentModel, text: str, label: str) -> None:
    assert LABELS[int(model.predict([text])[0].argmax())] == label


def test_negation_turns_praise_around(model: SentimentModel) -> None:
    good, not_good = model.predict(["这家店好吃，推荐", "这家店不好吃，不推荐"])
    assert good[2] > not_good[2]
    assert not_good[0] > good[0]


@pytest.mark.parametrize("text", ["", "   ", "...", "？？？", "\u200b"])
def test_what_says_nothing_is_neutral(model: SentimentModel, text: str) -> None:
    assert model.predict([text]).tolist() == [[0.0, 1.0, 0.0]]


def test_no_texts_give_no_rows(model: SentimentModel) -> None:
    assert model.predict([]).shape == (0, 3)


@pytest.mark.slow
@settings(deadline=None, max_examples=50)
@given(texts=st.lists(st.text(max_size=60), max_size=5))
def test_every_row_is_a_distribution(texts: list[str]) -> None:
    found = SentimentModel.load().predict(texts)
    assert found.shape == (len(texts), 3)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-9)


def test_a_line_reads_the_same_alone_and_in_a_batch(model: SentimentModel) -> None:
    texts = ["太好了", "气死了", "收到", "thanks a lot"] * 400
    np.testing.assert_allclose(model.predict(texts)[:4], model.predict(texts[:4]), atol=1e-12)


def test_a_very_long_message_is_read_by_its_beginning(model: SentimentModel) -> None:
    start = "太开心了，谢谢大家。" * 200
    np.testing.assert_allclose(model.predict([start[:2000] + "烂" * 8000]), model.predict([start[:2000]]))


@pytest.mark.slow
def test_a_thousand_lines_take_less_than_a_second_of_work(model: SentimentModel) -> None:
    texts = [f"第{n}次试了，这个方案比上一版好一些，但价格还是偏高" for n in range(1000)]
    assert seconds_of_work(lambda: model.predict(texts)) < 1.0


def test_the_card_names_data_licence_figures_and_limits(model: SentimentModel) -> None:
    card = model.card
    trained = card["trained_on"]
    assert isinstance(trained, dict)
    # Own lines only: nothing whose licence forbids it may have been learned from.
    assert all(name.startswith("eval/datasets/") for name in trained)
    assert {"licence", "labelled_by", "figures", "known_failures", "sha256"} <= card.keys()
    for name, figures in card["figures"].items():  # type: ignore[attr-defined]  # a card is free-form JSON
        assert name == "share embedded" or {"n", "macro_f1", "majority_macro_f1"} <= figures.keys()


def test_a_doubtful_line_is_embedded_and_a_clear_one_is_not() -> None:
    class Listening:
        name = "e5-small-test"

        def __init__(self) -> None:
            self.asked: list[str] = []

        def embed_queries(self, texts: list[str]) -> list[list[float]]:
            self.asked += texts
            return [[0.05] * 384 for _ in texts]

    embedder = Listening()
    model = SentimentModel.load(meanings=Meanings(embedder))
    plain = SentimentModel.load()
    texts = [
        "太感谢大家了，今天特别开心！",
        "这事儿就那样吧，也还行也不行，一半一半",
        "...",
        "行吧，又是这样，说不上来",
    ]
    clear = plain.predict(texts).max(axis=1)
    found = model.predict(texts)

    assert found.sum(axis=1) == pytest.approx(np.ones(len(texts)))
    assert [text in embedder.asked for text in texts] == (clear < SURE_BELOW).tolist()
    assert model.version != plain.version
