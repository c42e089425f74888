"""From settings to an embedder: the only place that knows the providers."""

from __future__ import annotations

from copilot.embeddings.base import Embedder
from copilot.settings import EmbeddingSettings


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
    from copilot.embeddings.e5 import E5Embedder

    return E5Embedder()
