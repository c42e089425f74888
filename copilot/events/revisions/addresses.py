"""Addresses of what a plan holds: `budget.lines.venue.unit_cents`, `agenda.pitch.notes`, `promotion.2.text`.

A plan is walked as the JSON it is stored as. Things with a key are addressed by it, other items of a list by their
place, from 1; the second thing with the same key is `break~2`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = Any


def label_items(items: Sequence[Json]) -> list[str]:
    """Return the name of each item of a list, all different."""
    labels: list[str] = []
    seen: dict[str, int] = {}
    for place, item in enumerate(items, start=1):
        name = str(item["key"]) if isinstance(item, Mapping) and "key" in item else str(place)
        seen[name] = seen.get(name, 0) + 1
        labels.append(name if seen[name] == 1 else f"{name}~{seen[name]}")
    return labels


def steps(value: Json) -> dict[str, Json]:
    """Return what lies one step below a value, by name; nothing below a text or a number."""
    if isinstance(value, Mapping):
        return {str(name): below for name, below in value.items()}
    if isinstance(value, list):
        return dict(zip(label_items(value), value, strict=True))
    return {}


def holds(document: Json, address: str) -> bool:
    """Whether a document has something at an address."""
    value = document
    for step in address.split("."):
        below = steps(value)
        if step not in below:
            return False
        value = below[step]
    return True


def look(document: Json, address: str) -> Json:
    """Return what is at an address.

    Raises:
        KeyError: nothing is there.
    """
    value = document
    for step in address.split("."):
        value = steps(value)[step]
    return value


def put(document: Json, address: str, value: Json) -> None:
    """Replace what is at an address.

    Raises:
        KeyError: nothing is there.
    """
    *way, last = address.split(".")
    parent = look(document, ".".join(way)) if way else document
    if last not in steps(parent):
        raise KeyError(address)
    if isinstance(parent, list):
        parent[label_items(parent).index(last)] = copy.deepcopy(value)
    else:
        parent[last] = copy.deepcopy(value)


def covers(outer: str, inner: str) -> bool:
    """Whether an address lies at or below another."""
    return inner == outer or inner.startswith(f"{outer}.")


def leaves(value: Json, address: str = "") -> Iterator[tuple[str, Json]]:
    """Yield (address, value) of everything that has nothing below it."""
    below = steps(value)
    if not below:
        yield address, value
    for name, item in below.items():
        yield from leaves(item, f"{address}.{name}" if address else name)
