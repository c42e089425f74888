"""A quote counts only when it stands in its record, character for character."""

from __future__ import annotations

import pytest

from eval.scorers.quotes import Quote, ungrounded

TEXTS = {"txt_1": "我能提供跨境支付的合规经验", "txt_2": "Fine-tuning on one GPU."}


def test_an_exact_slice_of_its_record_is_grounded() -> None:
    assert ungrounded([Quote("x", "txt_1", "跨境支付"), Quote("x", "txt_2", "Fine-tuning on one GPU.")], TEXTS) == []


@pytest.mark.parametrize(
    ("record", "words"),
    [("txt_1", "跨境 支付"), ("txt_2", "跨境支付"), ("txt_9", "跨境支付"), ("txt_1", " "), ("txt_2", "fine-tuning")],
    ids=["altered", "of another record", "of an unknown record", "blank", "another case"],
)
def test_anything_else_is_not(record: str, words: str) -> None:
    quote = Quote("x", record, words)

    assert ungrounded([quote], TEXTS) == [quote]
