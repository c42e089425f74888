from __future__ import annotations

import numpy as np
import pytest

from copilot.embeddings.base import prefixes, unit_rows
from copilot.errors import EmbeddingFailed


def test_rows_are_scaled_to_unit_length() -> None:
    # (3, 4) has length 5; (0, 2) has length 2.
    rows = unit_rows(np.array([[3, 4], [0, 2]], dtype=np.float32), 2, 2)
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0.0, 1.0]])
    assert rows.dtype == np.float32


def test_large_but_finite_rows_are_scaled_without_overflow() -> None:
    np.testing.assert_allclose(unit_rows(np.array([[3e38, 0]], dtype=np.float32), 1, 2), [[1.0, 0.0]])


@pytest.mark.parametrize(
    "vectors",
    [
        np.zeros((1, 2), np.float32),
        np.array([[np.nan, 1.0]], np.float32),
        np.array([[np.inf, 1.0]], np.float32),
        np.ones((1, 3), np.float32),
        np.ones((2, 2), np.float32),
        np.ones(2, np.float32),
    ],
    ids=["zero", "nan", "infinity", "width", "count", "one axis"],
)
def test_what_is_no_sound_vector_is_refused(vectors: np.ndarray) -> None:
    with pytest.raises(EmbeddingFailed):
        unit_rows(vectors, 1, 2)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("intfloat/multilingual-e5-small", {"passage": "passage: ", "query": "query: "}),
        ("e5_large", {"passage": "passage: ", "query": "query: "}),
        ("text-embedding-3-small", {"passage": "", "query": ""}),
        ("some/note5-model", {"passage": "", "query": ""}),
    ],
)
def test_only_the_e5_family_gets_prefixes(model: str, expected: dict[str, str]) -> None:
    assert prefixes(model) == expected


def test_instruction_tuned_e5_takes_a_task_for_queries_only() -> None:
    found = prefixes("intfloat/multilingual-e5-large-instruct")
    assert found["passage"] == ""
    assert found["query"].startswith("Instruct: ")
