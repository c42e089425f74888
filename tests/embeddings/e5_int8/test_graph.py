from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from copilot.embeddings.e5_int8.graph import write_graph
from copilot.embeddings.e5_int8.variant import DATA_FILE, GRAPH_FILE
from copilot.embeddings.e5_int8.weights import WeightFile
from tests.embeddings.e5_int8.tiny import HIDDEN, TinyFile, last_layer

TEXTS = [[0, 5, 6, 2], [0, 7, 8, 9, 10, 11, 12, 13, 2], [0, 4, 4, 4, 2], [0, 20, 21, 22, 19, 18, 2]]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> WeightFile:
    return WeightFile(TinyFile().write(tmp_path_factory.mktemp("tiny") / "w.bin"))


@pytest.fixture(scope="module")
def session(weights: WeightFile, tmp_path_factory: pytest.TempPathFactory) -> onnxruntime.InferenceSession:
    folder = tmp_path_factory.mktemp("graph")
    write_graph(weights, folder)
    return onnxruntime.InferenceSession(folder / GRAPH_FILE, providers=["CPUExecutionProvider"])


def hidden(session: onnxruntime.InferenceSession, texts: list[list[int]], width: int) -> NDArray[np.float32]:
    ids, mask = np.ones((len(texts), width), np.int64), np.zeros((len(texts), width), np.int32)
    for row, text in enumerate(texts):
        ids[row, : len(text)], mask[row, : len(text)] = text, 1
    (found,) = session.run(["hidden"], {"ids": ids, "mask": mask})
    return np.asarray(found)


@pytest.mark.parametrize("text", TEXTS)
def test_the_graph_computes_the_network_it_was_made_from(
    session: onnxruntime.InferenceSession, weights: WeightFile, text: list[int]
) -> None:
    found, expected = hidden(session, [text], len(text))[0], last_layer(weights, text)
    cosines = (found * expected).sum(axis=1) / np.linalg.norm(found, axis=1) / np.linalg.norm(expected, axis=1)
    assert found.shape == (len(text), HIDDEN)
    # 7 and 8 bits instead of real numbers cost a little; a wrong sign, order or bias anywhere costs all.
    assert cosines.min() > 0.999


def test_neither_padding_nor_neighbours_change_a_bit(session: onnxruntime.InferenceSession) -> None:
    together = hidden(session, TEXTS, 12)
    for row, text in enumerate(TEXTS):
        np.testing.assert_array_equal(together[row, : len(text)], hidden(session, [text], len(text))[0])


def test_codes_stay_within_seven_bits(weights: WeightFile, tmp_path: Path) -> None:
    import onnx

    write_graph(weights, tmp_path)
    graph = onnx.load(tmp_path / GRAPH_FILE).graph
    codes = [onnx.numpy_helper.to_array(t) for t in graph.initializer if t.name.endswith(".codes")]
    assert len(codes) == 12
    assert all(np.abs(matrix.astype(int)).max(axis=0).tolist() == [63] * matrix.shape[1] for matrix in codes)


def test_a_graph_without_its_data_does_not_open(weights: WeightFile, tmp_path: Path) -> None:
    write_graph(weights, tmp_path)
    (tmp_path / DATA_FILE).unlink()
    with pytest.raises(Exception, match=DATA_FILE):
        onnxruntime.InferenceSession(tmp_path / GRAPH_FILE, providers=["CPUExecutionProvider"])
