from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from copilot.errors import InvalidInput
from copilot.llm.fence import fence
from copilot.llm.orders import LEFT_OUT
from eval.judge.pairs import JudgePair, read_pairs, spread

PAIR = {
    "id": "p1", "base": "b1", "kind": "topic", "locale": "en", "fault": "wrong_sum", "records": "r", "first": "one",
    "second": "two", "better": "first",
}  # fmt: skip


def written(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_the_case_set_has_its_pairs_in_both_languages_and_the_good_draft_stands_first_in_half_of_each() -> None:
    pairs = read_pairs()
    assert len(pairs) == 44
    places = Counter((pair.locale, pair.better) for pair in pairs)
    assert set(places.values()) == {11}
    assert {pair.kind for pair in pairs} == {"plan", "topic", "reason"}
    assert all(pair.first != pair.second for pair in pairs)


def test_a_judge_is_shown_every_line_of_every_pair() -> None:
    for pair in read_pairs():
        for text in (pair.records, pair.first, pair.second):
            assert LEFT_OUT not in fence("draft", text), pair.id


def test_pairs_of_one_base_share_their_records_and_the_good_draft() -> None:
    shared: dict[str, tuple[str, str]] = {}
    for pair in read_pairs():
        good = pair.first if pair.better == "first" else pair.second
        assert shared.setdefault(pair.base, (pair.records, good)) == (pair.records, good)


def test_a_few_pairs_are_spread_over_the_whole_set() -> None:
    pairs = read_pairs()
    some = spread(pairs, 10)
    assert len({pair.id for pair in some}) == 10
    assert {pair.locale for pair in some} == {"zh-CN", "en"}
    assert spread(pairs, None) == spread(pairs, 1_000) == pairs


def test_a_file_of_ones_own_needs_no_labels(tmp_path: Path) -> None:
    unlabelled = {key: value for key, value in PAIR.items() if key != "better"}
    assert read_pairs(written(tmp_path / "own.jsonl", unlabelled)) == [JudgePair.model_validate(unlabelled)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), "holds no pairs"),
        ((PAIR, PAIR), "line 2: p1 is there twice"),
        (({**PAIR, "better": "A"},), "line 1: better"),
        (({**PAIR, "first": ""},), "line 1: first"),
        (({**PAIR, "note": 1},), "line 1: note"),
        (([PAIR],), "line 1"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_line(tmp_path: Path, rows: tuple[object, ...], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_pairs(written(tmp_path / "own.jsonl", *rows))


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_pairs(tmp_path / "none.jsonl")
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_pairs(tmp_path / "bytes.jsonl")
