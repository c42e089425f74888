"""The console's texts: a catalogue for each language, `<language>.yaml` with `<part>.<language>.yaml` beside it, read once.

A key that is missing, or said twice, is an error, never an empty place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("zh-CN", "en")
_FOLDER = Path(__file__).parent / "texts"


class Texts:
    """Texts of one language by dotted key; `texts("overview.title")` is the way templates say them."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its values filled in.

        Raises:
            KeyError: there is no such text, or it names a value that is not given.
        """
        text = self._texts.get(key)
        if text is None:
            raise KeyError(f"{self.language}: no text {key!r}")
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Whether there is such a text: names that come from data, such as those of detectors, may have none."""
        return key in self._texts

    def keys(self) -> frozenset[str]:
        """Return all keys."""
        return frozenset(self._texts)


@cache
def texts_of(language: str) -> Texts:
    """Return the texts of a language; of an unknown one, the English ones."""
    known = language if language in LANGUAGES else "en"
    texts: dict[str, str] = {}
    for path in (_FOLDER / f"{known}.yaml", *sorted(_FOLDER.glob(f"*.{known}.yaml"))):
        for key, text in _flat(yaml.safe_load(path.read_text(encoding="utf-8"))):
            if key in texts:
                raise ValueError(f"{path.name}: {key!r} is said twice")
            texts[key] = text
    return Texts(known, texts)


def _flat(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)
