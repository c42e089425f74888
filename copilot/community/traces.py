"""What gives one member away in other people's documents (snapshots, plans, topics, reports), and how to remove it.

Documents are data that code reads back: a short word of the member must not tear holes into field values, keys or other
people's sentences. What is left of it there says nothing about the member once ids and name are gone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

ERASED = "[erased]"
ERASED_ID = "erased"
# Shorter texts ("ok", "good morning") stand in other people's sentences too: they count only where they are all of it.
_LONG = 12
_RECORD_KEYS = ("id", "record_id")
_NAME_FIELDS = frozenset({"name", "owner", "host", "speaker", "asker_name", "member_name", "sender_name"})
_WORD_FIELDS = _NAME_FIELDS | {
    "text",
    "quote",
    "why",
    "title",
    "headline",
    "description",
    "terms",
    "message",
    "comment",
}
_FIXED_FIELDS = frozenset({"timezone", "locale", "language"})
# Letters of scripts that put no space between words: a name next to them may still be a name.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_SPACED = rf"[^\W{_UNSPACED}]"


@dataclass(frozen=True)
class Traces:
    """The member's record ids, names and texts."""

    ids: frozenset[str]
    names: frozenset[str]
    texts: frozenset[str]

    @classmethod
    def of(cls, ids: Iterable[str], names: Iterable[str], texts: Iterable[str]) -> Traces:
        """Return the traces; blank names and texts are nobody's."""
        return cls(frozenset(ids), frozenset(filter(str.strip, names)), frozenset(filter(str.strip, texts)))

    def scrub(self, document: Any) -> Any:
        """Return `document` without the member; its structure, its other keys and its numbers stay.

        An id goes wherever it stands; what a record of the member says (an object with its id) goes; a name goes as a
        word of its own; a text goes where it is the whole value or has at least 12 characters.
        """
        return _Standing.within(document, self).rewrite(document, "", of_member=False)

    def parts(self, document: Any) -> list[dict[str, Any]]:
        """Return what `scrub` would remove, as {path, value}: whole objects of the member's, else the words alone."""
        return list(_Standing.within(document, self).parts(document, "", ""))


@dataclass(frozen=True)
class _Standing:
    """The traces that stand in one document, and the excerpts of texts that it holds in records of the member."""

    ids: frozenset[str]
    names: frozenset[str]
    texts: frozenset[str]

    @classmethod
    def within(cls, document: Any, traces: Traces) -> _Standing:
        dumped = json.dumps(document, ensure_ascii=False)

        def standing(words: Iterable[str]) -> frozenset[str]:
            return frozenset(word for word in words if json.dumps(word, ensure_ascii=False)[1:-1] in dumped)

        here = cls(standing(traces.ids), standing(traces.names), standing(traces.texts))
        excerpts = frozenset(value for value in here._excerpts(document) if len(value) >= _LONG)
        return replace(here, texts=here.texts | excerpts)

    def _excerpts(self, value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if self._is_of_member(value):
                yield from (item for key, item in value.items() if isinstance(item, str) and not _is_code(item, key))
            for item in value.values():
                yield from self._excerpts(item)
        elif isinstance(value, list):
            for item in value:
                yield from self._excerpts(item)

    def _is_of_member(self, value: dict[str, Any]) -> bool:
        return any(value.get(key) in self.ids for key in _RECORD_KEYS if isinstance(value.get(key), str))

    def rewrite(self, value: Any, field: str, *, of_member: bool) -> Any:
        if isinstance(value, str):
            return self._rewritten(value, field, of_member=of_member)
        if isinstance(value, list):
            return [self.rewrite(item, field, of_member=of_member) for item in value]
        if isinstance(value, dict):
            own = self._is_of_member(value)
            return {self._key(key): self.rewrite(item, key, of_member=own) for key, item in value.items()}
        return value

    def _key(self, key: str) -> str:
        # Several records of the member may be keys of one object: none may push out another.
        return f"{ERASED_ID}-{sorted(self.ids).index(key) + 1}" if key in self.ids else key

    def _rewritten(self, value: str, field: str, *, of_member: bool) -> str:
        for record_id in self.ids:
            value = value.replace(record_id, ERASED_ID)
        if _is_code(value, field):
            return value
        if of_member or value.strip() in self.texts or (value.strip() in self.names and field in _NAME_FIELDS):
            return ERASED if value.strip() else value
        for words in self._long_first():
            value = value.replace(words, ERASED)
        for pattern in map(_as_word, self.names):
            value = pattern.sub(ERASED, value)
        return value

    def _long_first(self) -> list[str]:
        return sorted((text for text in self.texts if len(text) >= _LONG), key=len, reverse=True)

    def parts(self, value: Any, field: str, path: str) -> Iterator[dict[str, Any]]:
        if isinstance(value, str):
            if found := self._found(value, field):
                yield {"path": path, "value": found}
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from self.parts(item, field, f"{path}[{number}]")
        elif isinstance(value, dict) and self._is_of_member(value):
            yield {"path": path, "value": value}
        elif isinstance(value, dict):
            for key, item in value.items():
                yield from self.parts(item, key, f"{path}.{key}" if path else key)

    def _found(self, value: str, field: str) -> list[str]:
        found = [record_id for record_id in self.ids if record_id in value]
        if not _is_code(value, field):
            found += [value.strip()] if value.strip() in self.texts | self.names else []
            found += [words for words in self._long_first() if words in value]
            found += [name for name in self.names if _as_word(name).search(value)]
        return sorted(set(found))


def _is_code(value: str, field: str) -> bool:
    """Whether a machine wrote the value for a machine: a key, a kind, a time, a language; no person's word is in it."""
    if field in _FIXED_FIELDS:
        return True
    return field not in _WORD_FIELDS and value.isascii() and not any(map(str.isspace, value))


def _as_word(name: str) -> re.Pattern[str]:
    """Return a pattern of the name as a word of its own; a single letter is never one."""
    if len(name) == 1:
        return re.compile(r"(?!)")
    before = rf"(?<!{_SPACED})" if re.match(_SPACED, name[0]) else ""
    after = rf"(?!{_SPACED})" if re.match(_SPACED, name[-1]) else ""
    return re.compile(f"{before}{re.escape(name)}{after}")
