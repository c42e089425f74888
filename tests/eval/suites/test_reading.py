"""The suite of single lines: figures that must come out a certain way for readings that are right, wrong or always the same."""

from __future__ import annotations

import numpy as np
import pytest

from copilot.moderation.room import COLUMNS, RoomReading
from eval.readers import snownlp, vader, word_list
from eval.scores import Figure
from eval.suites.reading import offence_figures
from eval.train.corpora import Line, room_lines

LINES = room_lines(frozenset({"dev"}))


def reading(scores: list[float]) -> RoomReading:
    table = np.zeros((len(scores), len(COLUMNS)))
    table[:, 0] = scores
    nobody = np.zeros(len(scores), dtype=bool)
    return RoomReading(table, nobody, nobody)


def figures(lines: list[Line], scores: list[float]) -> dict[str, Figure]:
    return {
        figure.name.removeprefix("reading.chat.offensive."): figure
        for figure in offence_figures(lines, reading(scores))
    }


def test_right_readings_score_one_and_flag_nobody_else() -> None:
    found = figures(LINES, [float(bool(line.labels["offence"])) for line in LINES])

    assert found["macro_f1"].value == 1.0
    assert found["calibration_error"].value == 0.0
    assert found["false_flags_banter"].value == found["false_flags_everyday"].value == 0.0
    assert found["case.precision"].value == found["case.recall"].value == 1.0


def test_flagging_everything_is_no_better_than_the_majority() -> None:
    found = figures(LINES, [1.0] * len(LINES))

    assert found["false_flags_everyday"].value == 1.0
    assert (found["macro_f1"].value or 1) < (found["macro_f1_majority"].value or 0)


def test_what_has_no_lines_is_unscored() -> None:
    calm = [line for line in LINES if line.slice == "ordinary"]
    found = figures(calm, [0.0] * len(calm))

    assert found["false_flags_banter"].value is None
    assert found["recall_threat"].unscored


@pytest.mark.slow
def test_the_libraries_answer_in_the_classes_of_ours() -> None:
    assert set(snownlp(["今天真开心", "太差了，再也不来", ""]).tolist()) <= {0, 1, 2}
    assert vader(["i love this so much!", "this is horrible", "the meeting is at nine"]).tolist() == [2, 0, 1]


def test_the_word_list_finds_whole_words_only() -> None:
    assert word_list(["you idiot", "the idiotic", "好的"]).tolist() == [1.0, 0.0, 0.0]
