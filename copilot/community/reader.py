"""In which language a sentence is said that is made for whoever reads it now, and kept nowhere.

What is kept or goes to others - drafts, plans, reports, reasons of matches - is in the community's language, whoever asked
for it. Sentences about figures of this moment follow the reader, where a face of the service knows who reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from copilot.community.store import Unit

_READER: ContextVar[Literal["zh-CN", "en"] | None] = ContextVar("reader_language", default=None)


def set_reader(locale: str) -> None:
    """Note which language the reader of the work under way chose; it holds in this context alone."""
    _READER.set("zh-CN" if locale == "zh-CN" else "en")


@contextmanager
def to_be_kept() -> Iterator[None]:
    """Let everything within be said in the community's language, for what is stored or goes to others."""
    token = _READER.set(None)
    try:
        yield
    finally:
        _READER.reset(token)


def reader_locale(unit: Unit) -> Literal["zh-CN", "en"]:
    """Return the language of whoever reads; of a community's own where nobody said."""
    return _READER.get() or ("en" if unit.community().locale == "en" else "zh-CN")
