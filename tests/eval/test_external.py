"""Public sets are found by path and known by checksum; without them the evaluation says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval import external
from eval.__main__ import main


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(external.VARIABLE, str(tmp_path))
    return tmp_path


def test_an_absent_set_is_named_with_what_to_do(data: Path) -> None:
    with pytest.raises(external.ExternalSetAbsent, match=f"cold_dev is not here: .* {external.VARIABLE} names"):
        external.load("cold_dev")
    assert set(external.present()) == set(external.SETS)
    assert external.present()["cold_dev"] == "absent"


def test_another_file_under_the_same_name_is_not_measured_on(data: Path) -> None:
    (data / "cold").mkdir()
    (data / "cold" / "dev.csv").write_text("topic,label,TEXT\nrace,1,x\n", encoding="utf-8")

    with pytest.raises(external.ExternalSetAbsent, match=r"dev\.csv is not the file"):
        external.load("cold_dev")


def read(name: str, *paths: Path) -> list[external.Labelled]:
    return external.SETS[name].read(paths)


def test_cold_is_read_with_its_byte_order_mark_and_commas(tmp_path: Path) -> None:
    path = tmp_path / "dev.csv"
    path.write_text('\ufeff,split,topic,label,TEXT\n1,dev,race,1,"一，二, 三"\n', encoding="utf-8")

    assert read("cold_dev", path) == [external.Labelled("一，二, 三", 1, "race")]


def test_six_emotions_become_three_sentiments(tmp_path: Path) -> None:
    path = tmp_path / "smp.txt"
    rows = [{"content": label, "label": label} for label in ("happy", "neutral", "surprise", "angry", "sad", "fear")]
    path.write_text(json.dumps(rows), encoding="utf-8")

    assert [row.label for row in read("smp2020", path)] == [2, 1, 1, 0, 0, 0]


def test_a_tweet_keeps_line_separators_that_are_no_line_ends(tmp_path: Path) -> None:
    texts, labels = tmp_path / "text.txt", tmp_path / "labels.txt"
    texts.write_text("one\u2028more\ntwo\n", encoding="utf-8")
    labels.write_text("0\n2\n", encoding="utf-8")

    assert [row.text for row in read("tweeteval_sentiment", texts, labels)] == ["one\u2028more", "two"]


def test_tricks_are_kept_as_slices(tmp_path: Path) -> None:
    path = tmp_path / "even.jsonl"
    path.write_text('{"id": 2, "trick": "pinyin", "toxic": true, "text": "x"}\n', encoding="utf-8")

    assert read("cntp", path) == [external.Labelled("x", 1, "pinyin")]


def test_a_pair_of_questions_is_one_text_with_a_tab(tmp_path: Path) -> None:
    path = tmp_path / "dev.txt"
    path.write_text("\ufeff怎么办？\t如何办？\t1\n你好\t天气\t0\n", encoding="utf-8")

    assert read("lcqmc_dev", path) == [external.Labelled("怎么办？\t如何办？", 1), external.Labelled("你好\t天气", 0)]


def test_each_file_is_told_with_its_checksum_and_whether_it_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(external.VARIABLE, str(tmp_path))
    (tmp_path / "cold").mkdir()
    (tmp_path / "cold" / "dev.csv").write_text("other words", "utf-8")
    assert main(["list", "--sets"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first.endswith(str(tmp_path))
    assert len(lines) == sum(len(found.files) for found in external.SETS.values())
    assert all(len(line.split("  ")[0]) == 64 for line in lines)
    assert [line for line in lines if "cold/dev.csv  cold_dev: another file" in line]
    assert sum(line.endswith(": absent") for line in lines) == len(lines) - 1
