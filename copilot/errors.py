"""One tree of errors. Each has a stable snake_case `code` and typed `data`; HTTP status lives in `api/errors.py`.

Messages are written for the person who reads them, in English; `data` carries what a client needs to
say the same in another language.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import ClassVar


class CopilotError(Exception):
    """Base of every error the project raises on purpose.

    Attributes:
        code: stable identifier, safe to branch on.
        data: JSON-serialisable details (ids, limits, field names); never secrets.
    """

    code: ClassVar[str] = "copilot_error"

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


def said_in(error: CopilotError, locale: str) -> str:
    """Return what is wrong in the language of `locale` where `data["sentence"]` has it, in English otherwise."""
    sentences = error.data.get("sentence")
    return str(sentences.get(locale, error.message)) if isinstance(sentences, Mapping) else error.message


class NotFound(CopilotError):
    """The record does not exist in this community, or the caller may not know that it does."""

    code = "not_found"


class Conflict(CopilotError):
    """The state of the record does not allow the action (already claimed, already decided ...)."""

    code = "conflict"


class Collision(Conflict):
    """Another writer stored a record of the same key at the same moment; doing it again finds that record."""


class InvalidInput(CopilotError):
    """The input is wrong; `data` may hold `field`, `pointer`, `line`, `limit`."""

    code = "invalid_input"


class TooLarge(InvalidInput):
    """The input exceeds a stated bound."""

    code = "too_large"


class Unauthenticated(CopilotError):
    """No key, an unknown key, or an expired or revoked key."""

    code = "unauthenticated"


class Denied(CopilotError):
    """The key is known but its role or scopes do not allow this."""

    code = "denied"


class RateLimited(CopilotError):
    """Too many requests; `data["retry_after_seconds"]` says when to come back."""

    code = "rate_limited"


class StoreBusy(CopilotError):
    """The database stayed locked for longer than the busy timeout. Retrying is safe."""

    code = "store_busy"


class StoreFull(CopilotError):
    """The disk is full; nothing of the transaction was written."""

    code = "store_full"


def is_out_of_space(error: BaseException | None) -> bool:
    """Whether the system refused to write for want of space: a full disk, a quota, a limit on the size of files."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StoreUnavailable(CopilotError):
    """The database cannot be opened or reached."""

    code = "store_unavailable"


class IndexUnavailable(CopilotError):
    """The vector index cannot be opened or reached."""

    code = "index_unavailable"


class IndexLocked(IndexUnavailable):
    """Another process owns the embedded vector store."""

    code = "index_locked"


class EmbeddingFailed(CopilotError):
    """The embedder failed or returned vectors of the wrong number, width or with NaN."""

    code = "embedding_failed"


class ImportFailed(InvalidInput):
    """The file as a whole cannot be read (format, encoding, archive); rows have their own errors."""

    code = "import_failed"


class PromptInvalid(CopilotError):
    """A prompt file, its lock or its variables are wrong."""

    code = "prompt_invalid"


class KnowledgeInvalid(CopilotError):
    """A playbook or article does not validate; `data["file"]` says which."""

    code = "knowledge_invalid"


class ModelError(CopilotError):
    """Base of everything that can go wrong with a model call; features degrade visibly on it."""

    code = "model_error"


class ModelUnavailable(ModelError):
    """The endpoint cannot be reached, or answers 5xx, HTML or nonsense."""

    code = "model_unavailable"


class ModelTimeout(ModelUnavailable):
    """The endpoint did not answer in time."""

    code = "model_timeout"


class ModelRefused(ModelError):
    """The model or the endpoint declined (content filter, authentication, quota)."""

    code = "model_refused"


class ModelOutputInvalid(ModelError):
    """The answer does not validate after the repair turn; `data["raw"]` keeps the text."""

    code = "model_output_invalid"


class ModelCancelled(ModelError):
    """The caller asked to stop; nothing was wrong with the model."""

    code = "model_cancelled"


class BudgetExceeded(ModelError):
    """The community's daily token budget is used up."""

    code = "budget_exceeded"
