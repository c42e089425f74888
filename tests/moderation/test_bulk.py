"""Any texts are read without a store: exact spans, ids as given, context that counts, nothing private over HTTP."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from copilot.moderation.bulk import MAX_CHARS, MAX_CONTEXT, BulkReader, TextIn
from copilot.moderation.cascade import Cascade


@pytest.fixture
def reader(cascade: Cascade) -> BulkReader:
    return BulkReader(cascade)


def text(words: str, **more: object) -> TextIn:
    return TextIn.model_validate({"text": words, **more})


def test_what_is_found_is_quoted_exactly_from_the_text_as_given(reader: BulkReader) -> None:
    [found] = reader.read([text("  你这个煞笔，滚出去")])
    assert found.offensive > 0.8
    assert found.labels.offensive
    assert found.categories["insult"] > 0.8
    assert found.disguises == ["homophone"]
    for span in found.spans:
        assert "  你这个煞笔，滚出去"[span.start : span.end] == span.quote


def test_ids_come_back_as_they_were_and_numbers_stand_in(reader: BulkReader) -> None:
    found = reader.read([text("早", id="x"), text("早", id=7), text("早")], first=10)
    assert [item.id for item in found] == ["x", 7, 12]


def test_numbers_are_probabilities_and_moods_sum_to_one(reader: BulkReader) -> None:
    for item in reader.read([text(words) for words in ("", "？？？", "太好了谢谢", "we are hiring", "🙃" * 50)]):
        moods = item.sentiment
        assert moods.negative + moods.neutral + moods.positive == pytest.approx(1.0, abs=1e-3)
        numbers = [item.offensive, item.solicitation, item.question, item.distress, *item.categories.values()]
        assert all(number is not None and 0.0 <= number <= 1.0 for number in numbers)
        assert max(item.categories.values()) <= item.offensive + 1e-3


def test_an_offer_that_somebody_asked_for_is_weighed_down(reader: BulkReader) -> None:
    offer = "加我微信 design_pro88，接 logo 设计，三百起"
    [bare] = reader.read([text(offer)])
    [wanted] = reader.read(
        [text(offer, sender="bo", context=[{"sender": "ann", "text": "有没有做 logo 设计的？求推荐"}])]
    )
    strongest = [max(span.score for span in item.spans) if item.spans else 0.0 for item in (bare, wanted)]
    assert strongest[1] < strongest[0]


def test_own_earlier_lines_are_not_somebody_who_asked(reader: BulkReader) -> None:
    offer = "加我微信 design_pro88，接 logo 设计，三百起"
    own = [{"sender": "bo", "text": "有没有人要做 logo？求推荐"}]
    other = [{"sender": "ann", "text": "有没有人要做 logo？求推荐"}]
    found = reader.read([text(offer, sender="bo", context=own), text(offer, sender="bo", context=other)])
    assert max(s.score for s in found[0].spans) > max((s.score for s in found[1].spans), default=0.0)


def test_distress_is_said_only_where_it_is_asked_for(reader: BulkReader) -> None:
    [private] = reader.read([text("我真的撑不住了，不想活了")], with_distress=False, explain=True)
    [open_] = reader.read([text("我真的撑不住了，不想活了")])
    assert open_.distress is not None
    assert open_.distress > 0.8
    assert open_.labels.distress is True
    assert (private.distress, private.distress_kinds, private.labels.distress) == (None, None, None)


def test_what_it_cost_is_said_by_stage(reader: BulkReader, cascade: Cascade) -> None:
    before = cascade.costs.sums()["normalise"].messages
    [found] = reader.read([text("谁会修打印机？")], explain=True)
    assert found.explain is not None
    assert set(found.explain.cpu_microseconds) == {"normalise", "rules", "models"}
    assert all(cost >= 0 for cost in found.explain.cpu_microseconds.values())
    assert found.explain.tokens == 0
    assert cascade.costs.sums()["normalise"].messages == before + 1


def test_no_texts_give_no_readings(reader: BulkReader) -> None:
    assert reader.read([]) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"text": 3}, {"text": "a" * (MAX_CHARS + 1)}, {"text": "a\ud800"}, {"text": "a", "id": [1]},
        {"text": "a", "context": ["b"] * (MAX_CONTEXT + 1)}, {"text": "a", "context": [{"sender": "x"}]}, {"text": "a", "x": 1},
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TextIn.model_validate(wrong)
