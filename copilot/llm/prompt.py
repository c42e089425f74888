"""What is sent to a model, and which prompt file it came from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RenderedPrompt:
    """A prompt with its variables filled in; `hash` identifies the file it was rendered from."""

    prompt_id: str
    version: int
    locale: str
    hash: str
    system: str
    user: str
