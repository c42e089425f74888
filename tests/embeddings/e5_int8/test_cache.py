from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from copilot.embeddings.e5_int8.cache import build_aside, is_sound, open_cache
from copilot.errors import EmbeddingFailed

_PROCESS = """
import sys, time
from pathlib import Path
from copilot.embeddings.e5_int8.cache import open_cache
def build(folder):
    with (Path(sys.argv[1]) / "builds").open("a") as file: file.write("x")
    time.sleep(0.5)
    (folder / "model").write_bytes(b"m" * 1000)
print((open_cache(Path(sys.argv[1]) / "cache", "key", build) / "model").stat().st_size)
"""


class Builder:
    """Writes two files and counts how often it was asked to."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, folder: Path) -> None:
        self.calls += 1
        (folder / "one").write_bytes(b"first")
        (folder / "two").write_bytes(b"second" * 1000)


def test_what_was_built_is_built_once(tmp_path: Path) -> None:
    build = Builder()
    first = open_cache(tmp_path, "k", build)
    assert open_cache(tmp_path, "k", build) == first
    assert (first / "one").read_bytes() == b"first"
    assert build.calls == 1
    open_cache(tmp_path, "another key", build)
    assert build.calls == 2


@pytest.mark.parametrize(
    "damage", ["cut", "flipped", "missing", "no manifest", "empty manifest", "manifest of nonsense"]
)
def test_a_damaged_folder_is_made_again(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    build = Builder()
    folder = open_cache(tmp_path, "k", build)
    two, manifest = folder / "two", folder / "manifest.json"
    if damage == "cut":
        two.write_bytes(two.read_bytes()[:-1])
    elif damage == "flipped":
        two.write_bytes(b"S" + two.read_bytes()[1:])
    elif damage == "missing":
        two.unlink()
    elif damage == "no manifest":
        manifest.unlink()
    else:
        manifest.write_text("{}" if damage == "empty manifest" else json.dumps([1, 2]))
    assert not is_sound(folder)
    with caplog.at_level(logging.WARNING):
        open_cache(tmp_path, "k", build)
    assert is_sound(folder)
    assert build.calls == 2
    assert "damaged" in caplog.text


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_bytes(b"x")
        raise EmbeddingFailed("no weights")

    with pytest.raises(EmbeddingFailed):
        open_cache(tmp_path, "k", fail)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    assert open_cache(tmp_path, "k", Builder()).is_dir()


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "k.building-abc").mkdir()
    (tmp_path / "k.building-abc" / "half").write_bytes(b"x")
    open_cache(tmp_path, "k", Builder())
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["k"]


@pytest.mark.slow
def test_processes_that_start_at_once_build_once(tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", _PROCESS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [process.communicate(timeout=60)[0].strip() for process in running] == ["1000"] * 3
    assert (tmp_path / "builds").read_text() == "x"


def test_threads_that_start_at_once_build_once(tmp_path: Path) -> None:
    build = Builder()

    def slow(folder: Path) -> None:
        time.sleep(0.1)
        build(folder)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: open_cache(tmp_path, "k", slow), range(4)))) == 1
    assert build.calls == 1


def test_a_folder_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        open_cache(tmp_path / "file" / "cache", "k", Builder())


def test_building_aside_gives_a_folder_of_its_own_each_time() -> None:
    first, second = build_aside(Builder()), build_aside(Builder())
    assert first != second
    for folder in (first, second):
        assert (folder / "one").read_bytes() == b"first"
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
