"""The bundled multilingual-e5-small on ONNX Runtime with 8-bit arithmetic; several times faster than the wheel's engine."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as runtime_errors

from copilot.embeddings.base import Embedder, TextKind, prefixes
from copilot.embeddings.e5_int8.cache import build_aside, open_cache
from copilot.embeddings.e5_int8.source import WEIGHTS_SHA256, find_weights
from copilot.embeddings.e5_int8.tokenizer import Tokenizer, write_tokenizer
from copilot.embeddings.e5_int8.variant import CONVERTER, GRAPH_FILE, VARIANT
from copilot.embeddings.e5_int8.weights import WeightFile
from copilot.errors import EmbeddingFailed

_log = logging.getLogger(__name__)
_WIDTH = 384
# Content tokens of one window; two more are the special ones at its ends.
_WINDOW = 510
# The wheel's engine averages as many windows as a text has. 4,000 tokens are the longest profile text; a window costs
# as much as thirty short messages, so what lies beyond is not read.
_MOST_WINDOWS = 8
_LONGEST_PIECE = 16
# Tokens of one call, padding included: more leave the processor's cache, fewer waste the fixed cost of a call.
_CALL_TOKENS = 256
_CALL_TEXTS = 16
_FAILURES = (
    runtime_errors.Fail, runtime_errors.RuntimeException, runtime_errors.InvalidArgument, runtime_errors.InvalidGraph,
    runtime_errors.InvalidProtobuf, runtime_errors.NoSuchFile, runtime_errors.NotImplemented, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Window:
    """A piece of text number `text`; `weight` is how many of its tokens are no special ones."""

    text: int
    ids: list[int]
    weight: int


class Int8E5Embedder(Embedder):
    """multilingual-e5-small; texts get `query: ` and `passage: ` here.

    Threads share one session and hold no state; a text has the same bits alone and in any batch. Of a text longer than
    512 tokens the first eight windows count, by their lengths.
    """

    def __init__(self, *, cache_dir: Path, weights: str = "", threads: int = 1) -> None:
        """Load the converted model from the cache, or convert it, which takes 2-3 seconds.

        Args:
            cache_dir: where converted models are kept; `~` is the user's own folder. When it cannot be used, the model
                is converted for this process alone.
            weights: the weight file or a wheel that holds it; empty means the installed package.
            threads: processors one call may use.

        Raises:
            EmbeddingFailed: the weights are missing or damaged, or the runtime does not take the graph.
        """
        super().__init__(f"e5-small-int8/{WEIGHTS_SHA256[:8]}-{VARIANT}.{CONVERTER}")
        self._prefixes = prefixes("e5")
        folder, is_shared = _model_folder(cache_dir, weights)
        try:
            self._tokenizer = Tokenizer(folder)
            self._session = _open_session(folder, threads)
        finally:
            if not is_shared:
                # What is mapped stays readable after its name is gone; where it does not, the file stays.
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def dimension(self) -> int:
        """384."""
        return _WIDTH

    def _encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        windows = [
            window for number, text in enumerate(texts) for window in self._windows(number, self._prefixes[kind] + text)
        ]
        sums = np.zeros((len(texts), _WIDTH), dtype=np.float64)
        for call in _calls(windows):
            for window, hidden in zip(call, self._run(call), strict=True):
                # Summed here and not in the graph, where the order of the sum depends on the padding.
                mean = hidden[: len(window.ids)].sum(axis=0) / np.float32(len(window.ids))
                sums[window.text] += window.weight * mean.astype(np.float64)
        return sums.astype(np.float32)

    def _windows(self, number: int, text: str) -> Iterator[_Window]:
        content = self._tokenizer.ids(text[: _MOST_WINDOWS * _WINDOW * _LONGEST_PIECE])[: _MOST_WINDOWS * _WINDOW]
        for start in range(0, len(content), _WINDOW):
            part = content[start : start + _WINDOW]
            yield _Window(number, [self._tokenizer.begin, *part, self._tokenizer.end], len(part))

    def _run(self, call: Sequence[_Window]) -> NDArray[np.float32]:
        """Return the last layer, (windows, tokens of the longest, width)."""
        width = max(len(window.ids) for window in call)
        ids = np.full((len(call), width), self._tokenizer.pad, dtype=np.int64)
        mask = np.zeros((len(call), width), dtype=np.int32)
        for row, window in enumerate(call):
            ids[row, : len(window.ids)] = window.ids
            mask[row, : len(window.ids)] = 1
        try:
            (hidden,) = self._session.run(["hidden"], {"ids": ids, "mask": mask})
        except _FAILURES as error:
            raise EmbeddingFailed(f"the model failed: {_first_line(error)}") from error
        return np.asarray(hidden, dtype=np.float32)


def _calls(windows: Sequence[_Window]) -> Iterator[list[_Window]]:
    """Group windows of about the same length, so that little is padding."""
    call: list[_Window] = []
    for window in sorted(windows, key=lambda window: len(window.ids)):
        if call and (len(call) == _CALL_TEXTS or (len(call) + 1) * len(window.ids) > _CALL_TOKENS):
            yield call
            call = []
        call.append(window)
    if call:
        yield call


def _model_folder(cache_dir: Path, weights: str) -> tuple[Path, bool]:
    """Return the folder of the converted model, and whether it is shared with other processes."""

    def build(folder: Path) -> None:
        _convert(weights, folder)

    key = f"{WEIGHTS_SHA256[:16]}-{VARIANT}.{CONVERTER}-ort{onnxruntime.__version__}"
    try:
        return open_cache(cache_dir.expanduser() / "e5-int8", key, build), True
    except (OSError, RuntimeError) as error:  # RuntimeError: a user without a folder of their own
        _log.warning(
            "the cache folder %s cannot be used (%s): the embedding model is converted for this process alone; "
            "set COPILOT_EMBEDDINGS__CACHE_DIR", cache_dir, error,
        )  # fmt: skip
    try:
        return build_aside(build), False
    except OSError as error:
        raise EmbeddingFailed(f"there is no room to convert the embedding model: {error}") from error


def _convert(weights: str, folder: Path) -> None:
    # Slow to import (0.2 s) and needed once in the life of a cache.
    from copilot.embeddings.e5_int8.graph import write_graph

    found = find_weights(weights, folder)
    file = WeightFile(found, WEIGHTS_SHA256)
    try:
        write_graph(file, folder)
        write_tokenizer(file.vocabulary, folder)
    finally:
        file.close()
    if found.parent == folder:
        found.unlink()  # unpacked from a wheel


def _open_session(folder: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # The graph is written as it should run. Fusions of later releases would change vectors without changing the name.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(folder / GRAPH_FILE, options, providers=["CPUExecutionProvider"])
    except _FAILURES as error:
        raise EmbeddingFailed(f"ONNX Runtime does not take the converted model: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
