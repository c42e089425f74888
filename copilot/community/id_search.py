"""Where record ids stand in long texts: one pass over each text, however many ids are looked for.

A busy member's messages have thousands of ids. As one condition each they make statements that take seconds to write down
and to plan; here the database keeps texts that have the beginning of any id, and the ids themselves are looked up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, false, or_

# Ids of one kind begin alike (`msg_`), so that thousands of ids have a handful of beginnings.
_HEAD = 4
# So few ids of one beginning are looked for whole: a member has one `mem_`, which stands in few of the texts that name members.
_FEW = 2


class IdSearch:
    """A set of ids to be found in texts."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._by_head: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for one in filter(None, ids):
            self._by_head[one[:_HEAD]][len(one)].add(one)

    def may_stand_in(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return a condition that is true of every text with one of the ids, and false of most others."""
        return or_(false(), *(column.contains(words, autoescape=True) for words in sorted(self._words())))

    def _words(self) -> Iterator[str]:
        for head, by_length in self._by_head.items():
            ids = set().union(*by_length.values())
            yield from ids if len(ids) <= _FEW else (head,)

    def stands_in(self, text: str) -> bool:
        """Whether one of the ids is somewhere in `text`, letter by letter."""
        for head, by_length in self._by_head.items():
            place = text.find(head)
            while place >= 0:
                if any(text[place : place + length] in ids for length, ids in by_length.items()):
                    return True
                place = text.find(head, place + 1)
        return False
