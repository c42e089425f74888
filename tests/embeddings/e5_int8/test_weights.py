from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from copilot.embeddings.e5_int8.source import WEIGHTS_SHA256, find_weights
from copilot.embeddings.e5_int8.weights import WeightFile
from copilot.errors import EmbeddingFailed
from tests.embeddings.e5_int8.tiny import HIDDEN, PIECES, REPLACEMENTS, WORDS, TinyFile


def test_sizes_pieces_and_replacements_are_read(tmp_path: Path) -> None:
    weights = WeightFile(TinyFile().write(tmp_path / "w.bin"))
    assert (weights.shape.hidden, weights.shape.layers, weights.shape.words) == (HIDDEN, 2, WORDS)
    assert weights.vocabulary.pieces == PIECES
    assert weights.vocabulary.replacements == REPLACEMENTS
    assert weights.vocabulary.scores[PIECES.index("ab")] == -4.5


def test_a_block_holds_its_first_half_in_the_low_nibbles(tmp_path: Path) -> None:
    path = TinyFile().write(tmp_path / "w.bin")
    raw = path.read_bytes()
    # One block by hand: scale 0.5, byte j = j + 16 * (15 - j), so weight j is (j - 8) / 2 and weight 16 + j (7 - j) / 2.
    block = struct.pack("<e", 0.5) + bytes(j + 16 * (15 - j) for j in range(16))
    weights = WeightFile(path)
    at = weights._entries["emb.word"].offset
    path.with_name("x.bin").write_bytes(raw[:at] + block + raw[at + 18 :])
    values = WeightFile(path.with_name("x.bin")).matrix("emb.word", WORDS, HIDDEN)
    np.testing.assert_array_equal(values[0, :16], (np.arange(16) - 8) / 2)
    np.testing.assert_array_equal(values[0, 16:32], (7 - np.arange(16)) / 2)


def test_a_matrix_is_the_same_in_parts_as_whole(tmp_path: Path) -> None:
    weights = WeightFile(TinyFile().write(tmp_path / "w.bin"))
    parts = [blocks.values() for blocks in weights.blocks("emb.word", WORDS, HIDDEN, step=7)]
    assert [len(part) for part in parts] == [7, 7, 7, 7, 7, 5]
    np.testing.assert_array_equal(np.concatenate(parts), weights.matrix("emb.word", WORDS, HIDDEN))


def test_the_file_of_the_wheel_is_the_known_one(tmp_path: Path) -> None:
    weights = WeightFile(find_weights("", tmp_path), WEIGHTS_SHA256)
    assert (weights.shape.hidden, weights.shape.positions, len(weights.vocabulary.pieces)) == (384, 512, 250_002)
    assert len(weights.vocabulary.replacements) == 4837
    weights.close()


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = TinyFile().write(tmp_path / "w.bin").read_bytes()
    part = tmp_path / "part.bin"
    for length in [0, 1, 4, 8, 40, 44, 60, 100, 200, 400, 800, 1200, 1600, len(whole) // 2, len(whole) - 1]:
        part.write_bytes(whole[:length])
        with pytest.raises(EmbeddingFailed):
            WeightFile(part)


def test_a_wrong_checksum_is_refused_and_both_are_named(tmp_path: Path) -> None:
    path = TinyFile().write(tmp_path / "w.bin")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    WeightFile(path, found).close()
    with pytest.raises(EmbeddingFailed) as caught:
        WeightFile(path, "0" * 64)
    assert caught.value.data == {"expected": "0" * 64, "found": found}


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingFailed, match=r"absent\.bin"):
        WeightFile(tmp_path / "absent.bin")


@pytest.mark.parametrize(
    "spoilt",
    [
        replace(TinyFile(), magic=b"E5S2"),
        replace(TinyFile(), version=2),
        replace(TinyFile(), block=64),
        replace(TinyFile(), sizes=(0, 2, 2, 96, 40, 16, 2)),
        replace(TinyFile(), sizes=(64, -2, 2, 96, 40, 16, 2)),
        replace(TinyFile(), sizes=(64, 2, 5, 96, 40, 16, 2)),
        replace(TinyFile(), sizes=(64, 2, 2, 96, 4, 16, 2)),
        replace(TinyFile(), special=(0, 2, 1, 900)),
        replace(TinyFile(), special=(-1, 2, 1, 3)),
        replace(TinyFile(), pieces=(b"\xff\xfe", *TinyFile().pieces[1:])),
        replace(TinyFile(), pieces=(b"", *TinyFile().pieces[1:])),
        replace(TinyFile(), scores=(float("nan"), *TinyFile().scores[1:])),
        replace(TinyFile(), shifted=10**9),
    ],
)
def test_a_file_that_says_nonsense_is_refused(tmp_path: Path, spoilt: TinyFile) -> None:
    with pytest.raises(EmbeddingFailed, match="not usable"):
        WeightFile(spoilt.write(tmp_path / "w.bin"))


def test_a_missing_tensor_and_one_of_another_size_are_refused(tmp_path: Path) -> None:
    weights = WeightFile(replace(TinyFile(), omitted="l1.fo.w").write(tmp_path / "w.bin"))
    with pytest.raises(EmbeddingFailed, match=r"l1\.fo\.w"):
        weights.matrix("l1.fo.w", HIDDEN, 96)
    with pytest.raises(EmbeddingFailed, match=r"emb\.pos"):
        weights.floats("emb.pos", 3, 3)
    with pytest.raises(EmbeddingFailed, match=r"emb\.pos"):
        weights.matrix("emb.pos", 16, HIDDEN)
