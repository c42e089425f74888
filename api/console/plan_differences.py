"""What differs between two versions of a plan, as the page shows it: by part, in words, with what changed in a text marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any
from zoneinfo import ZoneInfo

from copilot.events.models import PlanContent
from copilot.events.revisions.addresses import Json, steps
from copilot.events.revisions.diff import Difference

# Chinese has no spaces: each of its letters stands alone, other words stay whole.
_WORDS = re.compile(r"[A-Za-z0-9.,%]+|\s+|.", re.DOTALL)
_MOST_WORDS = 1_500
_LEAST_MARKED = 12
# What the parts of a plan know of each other; nobody reads it.
_INNER = frozenset({"depends_on", "key"})


@dataclass(frozen=True)
class Piece:
    """A stretch of a value, and whether the other version has it otherwise."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True)
class Row:
    """One value: what it is, and how it was and is; nothing on a side where there was, or is, none."""

    what: str
    old: list[Piece]
    new: list[Piece]


@dataclass
class Group:
    """The values of one part of the plan that differ; `place` is the part's place on the page of the plan."""

    name: str
    place: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Words:
    """How parts, amounts and moments are said in the visitor's language."""

    label: Callable[[str], str]
    money: Callable[[int, str], str]
    minutes: Callable[[int], str]
    at: Callable[[datetime], str]
    facts: str


def grouped(found: Sequence[Difference], old: PlanContent, new: PlanContent, words: Words) -> list[Group]:
    """Return the differences by part, in the order of the plan."""
    sides = (_Side(old, words), _Side(new, words))
    groups: dict[str, Group] = {}
    for one in found:
        part, field_name = one.path.partition(".")[0], one.path.rpartition(".")[2]
        if field_name in _INNER:
            continue
        name = words.label(part) if isinstance(sides[1].document.get(part), dict | list) else words.facts
        place = part if name != words.facts else "facts"
        group = groups.setdefault(place, Group(name, place))
        what = (sides[0] if one.new is None else sides[1]).what(one.path) or name
        was, now = (side.value(one.path, value) for side, value in zip(sides, (one.old, one.new), strict=True))
        group.rows.append(Row(what, *_marked(was, now)))
    return list(groups.values())


class _Side:
    """One of the two versions: says its addresses and values."""

    def __init__(self, plan: PlanContent, words: Words) -> None:
        self.document: dict[str, Any] = plan.model_dump(mode="json")
        self._plan, self._words, self._zone = plan, words, ZoneInfo(plan.timezone)

    def what(self, path: str) -> str:
        """Return the title of the thing and the name of the field, without the part they stand in."""
        first, *rest = path.split(".")
        here: Json = self.document.get(first)
        named = [] if rest else [self._words.label(first) or first]
        for step in rest:
            is_item = isinstance(here, list)
            here = steps(here).get(step) if isinstance(here, dict | list) else None
            title = str(here.get("title") or "") if isinstance(here, dict) else ""
            said = title if is_item else self._words.label("starts_at" if step == "start_minute" else step)
            named += [said] if said else []
        return " › ".join(named)

    def value(self, path: str, value: Json) -> str:
        """Return a value as people say it; a list as its lines."""
        name = path.rpartition(".")[2]
        if value is None or value == "":
            return ""
        if isinstance(value, list):
            return "\n".join(self._line(item) for item in value)
        if isinstance(value, dict):
            return self._line(value)
        if isinstance(value, bool):
            return "✓" if value else "✗"
        if isinstance(value, int):
            return self._number(name, value)
        if isinstance(value, str) and name.endswith("_at"):
            return self._words.at(datetime.fromisoformat(value))
        return str(value)

    def _number(self, name: str, value: int) -> str:
        if name.endswith("_cents"):
            return self._words.money(value, self._plan.budget.currency)
        if name == "start_minute":
            return self._clock(self._plan.starts_at + timedelta(minutes=value))
        return self._words.minutes(value) if name == "minutes" else f"{value:,}"

    def _line(self, item: Json) -> str:
        if not isinstance(item, Mapping):
            return str(item)
        said = str(item.get("title") or item.get("name") or item.get("text") or "")
        if item.get("starts_at") and item.get("ends_at"):  # a line of the run sheet
            times = "–".join(self._clock(datetime.fromisoformat(str(item[key]))) for key in ("starts_at", "ends_at"))
            return f"{times} {said} · {item.get('owner', '')}"
        return said

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M}"


def _marked(was: str, now: str) -> tuple[list[Piece], list[Piece]]:
    """Return both sides with what only one of them has marked: lines of a list, words of a text, else the whole."""
    if "\n" in was or "\n" in now:
        return _lines(was, now), _lines(now, was)
    old, new = _WORDS.findall(was), _WORDS.findall(now)
    is_short = min(len(old), len(new)) < _LEAST_MARKED
    if is_short or max(len(old), len(new)) > _MOST_WORDS:
        return [Piece(was, True)] if was else [], [Piece(now, True)] if now else []
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return (
        _joined((old[a:b], tag != "equal") for tag, a, b, _, _ in codes),
        _joined((new[a:b], tag != "equal") for tag, _, _, a, b in codes),
    )


def _lines(side: str, other: str) -> list[Piece]:
    known = set(other.split("\n"))
    return [Piece(f"{line}\n", line not in known) for line in side.split("\n") if line]


def _joined(stretches: Iterable[tuple[list[str], bool]]) -> list[Piece]:
    return [Piece("".join(words), is_changed) for words, is_changed in stretches if words]
