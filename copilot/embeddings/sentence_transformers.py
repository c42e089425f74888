"""Any sentence-transformers model, by name or folder; needs the extra `embed`."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from copilot.embeddings.base import Embedder, TextKind, prefixes
from copilot.errors import EmbeddingFailed, InvalidInput

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "intfloat/multilingual-e5-small"
_BATCH = 32


class SentenceTransformersEmbedder(Embedder):
    """A local PyTorch model. A folder is read as it is; a name is looked for in the local cache first, then fetched.

    A model that brings its own prompts for queries and documents uses them; the E5 family gets its prefixes.
    Texts beyond the model's window are cut by the model.
    """

    def __init__(self, model: str = "") -> None:
        model = model or DEFAULT_MODEL
        self._model = _load(model)
        own = {kind: self._model.prompts.get(key) or "" for kind, key in _PROMPT_KEYS.items()}
        self._prompts = own if any(own.values()) else prefixes(model)
        self._lock = threading.Lock()  # tokenizers are not safe to share between threads
        super().__init__(f"sentence-transformers/{_identity(model, self._model, self._prompts)}")
        # Asked by example: the method that tells the width changed its name between releases.
        self._dimension = int(self._encode(["width"], "query").shape[1])

    @property
    def dimension(self) -> int:
        """Width of the vectors, from the model."""
        return self._dimension

    def _encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        storable = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        try:
            with self._lock:
                vectors = self._model.encode(
                    storable, prompt=self._prompts[kind], batch_size=_BATCH, show_progress_bar=False
                )
        except (RuntimeError, ValueError, IndexError) as error:  # torch reports shortage of memory as RuntimeError
            raise EmbeddingFailed(f"the model failed: {_first_line(error)}") from error
        return np.asarray(vectors, dtype=np.float32)


_PROMPT_KEYS: dict[TextKind, str] = {"passage": "document", "query": "query"}


def _load(model: str) -> SentenceTransformer:
    try:
        # Optional and slow to import (5 CPU-seconds, 400 MB): only who chose this provider pays.
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise InvalidInput(
            "the provider sentence_transformers needs the extra: pip install 'community-copilot[embed]'",
            field="embeddings.provider",
        ) from error
    try:
        return SentenceTransformer(model, device="cpu", local_files_only=True)
    except (OSError, ValueError) as missing:
        if Path(model).exists():
            raise EmbeddingFailed(f"the folder {model} holds no usable model: {_first_line(missing)}") from missing
    try:
        return SentenceTransformer(model, device="cpu")
    except (OSError, ValueError, RuntimeError) as error:
        raise EmbeddingFailed(
            f"the model {model!r} is neither a folder nor in the local cache, and cannot be fetched: "
            f"{_first_line(error)}",
            model=model,
        ) from error


def _identity(model: str, loaded: SentenceTransformer, prompts: dict[TextKind, str]) -> str:
    """Return a name that changes when weights or prompts do, and holds no path of this machine."""
    digest = hashlib.blake2b(repr(sorted(prompts.items())).encode(), digest_size=5)
    # The weights themselves, by content: folders carry no version, and a name may move to another revision.
    for name, tensor in sorted(loaded.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().flatten()[:256].float().numpy().tobytes())
    label = Path(model).name if Path(model).exists() else model
    return f"{label}@{digest.hexdigest()}"


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
