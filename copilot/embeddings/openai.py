"""Any OpenAI-compatible `/embeddings` endpoint; nothing it answers is believed before it is checked."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlsplit

import numpy as np
import openai
from numpy.typing import NDArray
from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from copilot.embeddings.base import Embedder, TextKind, prefixes
from copilot.errors import EmbeddingFailed, InvalidInput

DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "text-embedding-3-small"
# Small enough for servers that hold a batch in memory, far below the vendor's 2,048.
_REQUEST_TEXTS = 64
# Common models read 512 to 8,192 tokens and some servers refuse more instead of cutting.
_MAX_CHARS = 2000
_RETRIES = 1
_REJECTED = frozenset({400, 413, 422})


class _Row(BaseModel):
    index: int = Field(ge=0)
    embedding: Annotated[list[FiniteFloat], Field(min_length=1, max_length=65_536)]


class _Body(BaseModel):
    data: list[_Row]


class OpenAIEmbedder(Embedder):
    """Vectors from an endpoint. Models of the E5 family get their prefixes here, since endpoints add none.

    The width is learned from the first answer and held to afterwards.
    """

    def __init__(
        self, *, base_url: str = "", api_key: str = "", model: str = "", timeout_seconds: float = 30.0
    ) -> None:
        if not base_url and not api_key:
            raise InvalidInput(
                "the provider openai needs a base URL (local servers) or a key", field="embeddings.base_url"
            )
        self._url = (base_url or DEFAULT_BASE_URL).rstrip("/")
        parts = urlsplit(self._url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InvalidInput(f"{self._url!r} is not an HTTP address", field="embeddings.base_url")
        self._model = model or DEFAULT_MODEL
        self._prefixes = prefixes(self._model)
        self._timeout_seconds = timeout_seconds
        self._client = openai.OpenAI(
            base_url=self._url, api_key=api_key or "none", timeout=timeout_seconds, max_retries=_RETRIES
        )
        self._width: int | None = None
        self._width_lock = threading.Lock()
        scheme = hashlib.blake2b(repr(sorted(self._prefixes.items())).encode(), digest_size=3).hexdigest()
        super().__init__(f"openai/{self._model}@{parts.hostname}/{scheme}")

    @property
    def dimension(self) -> int:
        """Width of the vectors; asks the endpoint once if nothing was embedded yet."""
        if self._width is None:
            self._encode(["width"], "query")
        if self._width is None:
            raise EmbeddingFailed("the endpoint did not say how wide its vectors are")
        return self._width

    def _encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        ready = [
            self._prefixes[kind] + text[:_MAX_CHARS].replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
            for text in texts
        ]
        rows: list[list[float]] = []
        for start in range(0, len(ready), _REQUEST_TEXTS):
            rows.extend(self._request(ready[start : start + _REQUEST_TEXTS]))
        with self._width_lock:
            self._width = self._width or len(rows[0])
        wrong = next((len(row) for row in rows if len(row) != self._width), None)
        if wrong is not None:
            raise EmbeddingFailed(
                f"the endpoint answered a vector of {wrong} numbers instead of {self._width}", model=self._model
            )
        with np.errstate(over="ignore"):  # numbers beyond float32 become infinite and are refused by the caller
            return np.asarray(rows, dtype=np.float32)

    def _request(self, texts: list[str]) -> list[list[float]]:
        try:
            answer = self._client.embeddings.with_raw_response.create(
                # Without a format the client asks for base64, which many local servers do not know.
                model=self._model, input=texts, encoding_format="float",
            )  # fmt: skip
            body = _Body.model_validate(json.loads(answer.http_response.content))
        except openai.APITimeoutError as error:
            raise EmbeddingFailed(
                f"the embedding endpoint did not answer within {self._timeout_seconds:g} seconds", url=self._url
            ) from error
        except openai.APIStatusError as error:
            raise EmbeddingFailed(
                f"the embedding endpoint answered HTTP {error.status_code}",
                url=self._url,
                status=error.status_code,
                rejected=error.status_code in _REJECTED,
            ) from error
        except openai.OpenAIError as error:
            raise EmbeddingFailed(f"the embedding endpoint cannot be reached: {error}", url=self._url) from error
        except (ValidationError, ValueError, RecursionError) as error:
            raise EmbeddingFailed(
                "the embedding endpoint answered something that is no list of vectors", url=self._url
            ) from error
        by_index = {row.index: row.embedding for row in body.data}
        if len(body.data) != len(texts) or sorted(by_index) != list(range(len(texts))):
            raise EmbeddingFailed(
                f"the endpoint answered {len(body.data)} vectors for {len(texts)} texts, or numbered them wrongly",
                url=self._url,
            )
        return [by_index[position] for position in range(len(texts))]
