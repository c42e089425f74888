"""The content library as topics see it: passages of the articles, embedded once for each language."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from copilot.embeddings.base import Embedder
from copilot.knowledge import KnowledgeBase

_PASSAGE_CHARS = 400
_MAX_PASSAGES = 400


class ContentLibrary:
    """Articles and their vectors. Safe between threads."""

    def __init__(self, knowledge: KnowledgeBase | None, embedder: Embedder) -> None:
        self._knowledge = knowledge
        self._embedder = embedder
        self._made: dict[str, tuple[list[str], NDArray[np.float32]]] = {}
        self._making = threading.Lock()

    def vectors(self, locale: str) -> NDArray[np.float32]:
        """Return unit vectors (n, d) of the passages, (0, d) without articles."""
        return self._passages(locale)[1]

    def titles(self, locale: str) -> list[str]:
        """Return the article each row of `vectors` belongs to, by its title."""
        return self._passages(locale)[0]

    def _passages(self, locale: str) -> tuple[list[str], NDArray[np.float32]]:
        with self._making:
            if locale not in self._made:
                articles = self._knowledge.articles(locale) if self._knowledge else []
                rows = [
                    (article.title, f"{article.title}\n{passage.heading}\n{passage.text}"[:_PASSAGE_CHARS])
                    for article in articles
                    for passage in article.passages
                ][:_MAX_PASSAGES]
                texts = [text for _, text in rows]
                vectors = np.asarray(self._embedder.embed_documents(texts), dtype=np.float32) if texts else None
                empty = np.zeros((0, self._embedder.dimension), dtype=np.float32)
                self._made[locale] = ([title for title, _ in rows], empty if vectors is None else vectors)
            return self._made[locale]
