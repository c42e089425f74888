"""A chat model that says what it was told to: for tests, evaluation and demonstrations. Shipped, so that users have it too."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr


@dataclass(frozen=True)
class Scripted:
    """One answer with its circumstances; token counts of None are left out, as some endpoints do."""

    text: str
    finish_reason: str | None = "stop"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    delay_seconds: float = 0.0

    def usage(self) -> UsageMetadata | None:
        """Return the usage in LangChain's form."""
        if self.prompt_tokens is None or self.completion_tokens is None:
            return None
        total = self.prompt_tokens + self.completion_tokens
        return UsageMetadata(input_tokens=self.prompt_tokens, output_tokens=self.completion_tokens, total_tokens=total)


class ScriptedChatModel(BaseChatModel):
    """Plays `answers` in order; texts are said, exceptions are raised. `seen` and `arguments` hold the requests."""

    answers: list[Any] = Field(default_factory=list, description="str, Scripted or Exception, in order")
    chunk_chars: int = 16
    seen: list[list[BaseMessage]] = Field(default_factory=list)
    arguments: list[dict[str, Any]] = Field(default_factory=list)
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _next(self, messages: list[BaseMessage], arguments: dict[str, Any]) -> Scripted:
        with self._lock:
            self.seen.append(messages)
            self.arguments.append(arguments)
            if len(self.seen) > len(self.answers):
                raise RuntimeError(f"the script has {len(self.answers)} answers and was asked once more")
            answer = self.answers[len(self.seen) - 1]
        if isinstance(answer, BaseException):
            raise answer
        scripted = answer if isinstance(answer, Scripted) else Scripted(str(answer))
        time.sleep(scripted.delay_seconds)
        return scripted

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002  # LangChain's signature
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002  # LangChain's signature
        **kwargs: Any,
    ) -> ChatResult:
        said = self._next(messages, kwargs)
        message = AIMessage(content=said.text, usage_metadata=said.usage(), response_metadata=_metadata(said))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002  # LangChain's signature
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002  # LangChain's signature
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        said = self._next(messages, kwargs)
        for start in range(0, len(said.text), self.chunk_chars):
            yield ChatGenerationChunk(message=AIMessageChunk(content=said.text[start : start + self.chunk_chars]))
        last = AIMessageChunk(content="", usage_metadata=said.usage(), response_metadata=_metadata(said))
        yield ChatGenerationChunk(message=last)


def _metadata(said: Scripted) -> dict[str, Any]:
    return {"finish_reason": said.finish_reason} if said.finish_reason else {}
