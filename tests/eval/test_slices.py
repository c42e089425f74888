"""Slices: the same figure for parts of the cases, named after the part."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from eval.cases import EvalCase, chosen, value_of
from eval.scores import Figure, gathered, mean
from eval.slices import by_slice, crowd_size, language_of

CASES = [EvalCase("a", slices={"language": "zh"}), EvalCase("b", slices={"language": "en"}), EvalCase("c")]
VALUES = [1.0, 0.0, 0.5]


def figures(rows: Sequence[int]) -> list[Figure]:
    return [mean("s.mrr", [VALUES[at] for at in rows], cases=[CASES[at] for at in rows])]


def test_each_label_has_its_figure_and_cases_without_label_have_none() -> None:
    found = by_slice(CASES, ("language", "city"), figures)

    assert {figure.name: figure.value for figure in found} == {"s.mrr.language_en": 0.0, "s.mrr.language_zh": 1.0}


def test_a_slice_is_made_again_from_the_column_of_the_whole() -> None:
    plain, rows = gathered([*figures(range(3)), *by_slice(CASES, ("language",), figures)])

    assert {figure.basis.column for figure in plain if figure.basis} == {"mrr"}
    for figure in plain:
        assert figure.basis is not None
        assert value_of(list(chosen(rows, figure.basis).values()), figure.basis) == pytest.approx(figure.value)


def test_one_label_alone_is_no_slice() -> None:
    assert by_slice(CASES[:1], ("language",), figures) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("下周六下午", "zh"),
        ("AI salon next week", "en"),
        ("用 RAG 做 agent demo", "mixed"),
        ("👍 2", "none"),
        ("", "none"),
    ],
)
def test_languages_are_told_by_script(text: str, language: str) -> None:
    assert language_of(text) == language


def test_sizes_begin_at_twenty_and_a_hundred() -> None:
    assert [crowd_size(heads) for heads in (19, 20, 99, 100)] == ["small", "medium", "medium", "large"]
