"""Single cases for the report: the worst ones side by side, and confusion matrices of those that were kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from copilot.atmosphere.sentiment import LABELS
from eval.scores import SuiteRun

WORST_SHOWN = 10
_MATRICES, _MOST_CLASSES = 8, 6
_CHARS, _ITEMS = 600, 12
_EXPECTED = ("expected", "gold", "wanted", "target", "people")
_TEXTS = ("text", "sentence", "words", "topic")
_NAMES = (
    "pair", "query", "brief", "goal", "introduction", "attack", "match", "of", "record", "id", "asker", "kind", "slice", "in",
    "from", "opened", "messages", "degraded", "what", "lost_model", "measure",
)  # fmt: skip
_WRONG, _GOT = "wrong", "got"
Side = Literal["expected", "got", "text", "name"]


@dataclass
class Opened:
    """One of the worst cases: what was to come out, what came out, and the words it is about, each as short lines."""

    title: str = ""
    expected: list[str] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Matrix:
    """How often each class (rows) was taken for which (columns)."""

    name: str
    classes: Sequence[str]
    counts: Sequence[Sequence[int]]

    @property
    def shares(self) -> list[list[float]]:
        """Counts as shares of their row, 0-1; an empty row is all 0."""
        return [[one / max(1, sum(row)) for one in row] for row in self.counts]


def opened(worst: Sequence[Mapping[str, object]]) -> list[Opened]:
    """Return the first ten cases with every value where it belongs; whatever no column is known for is what was got."""
    return [_opened(case) for case in worst[:WORST_SHOWN]]


def _opened(case: Mapping[str, object]) -> Opened:
    made = Opened()
    names = []
    for key, value in case.items():
        if key == _WRONG and isinstance(value, list):
            for part in value[:_ITEMS]:
                what, wanted, found = _triple(part)
                made.expected.append(f"{what}: {_short(wanted)}")
                made.got.append(f"{what}: {_short(found)}")
        elif key in _EXPECTED:
            made.expected.append(_short(value))
        elif key in _TEXTS:
            made.text.append(_short(value))
        elif key in _NAMES:
            shown = _short(value)
            names.append(shown if shown.startswith(f"{key}-") else f"{key} {shown}")
        else:
            made.got.append(_short(value) if key == _GOT else f"{key.replace('_', ' ')}: {_short(value)}")
    made.title = " · ".join(names)[:200]
    return made


def _triple(part: object) -> tuple[str, object, object]:
    """Return (field, expected, got) of a part that was read wrongly, in whatever length it was kept."""
    values = list(part) if isinstance(part, list | tuple) else [part]
    values += [""] * (3 - len(values))
    return str(values[0])[:80], values[1], values[2]


def _short(value: object) -> str:
    """Return a value as people read it, bounded."""
    if value is None:
        return "none"
    if isinstance(value, str):
        text = value or "nothing"
    elif isinstance(value, list | tuple | set | frozenset):
        items = list(value)
        more = f" … {len(items) - _ITEMS} more" if len(items) > _ITEMS else ""
        text = (", ".join(_short(item) for item in items[:_ITEMS]) or "nothing") + more
    elif isinstance(value, float):
        text = f"{value:.4g}"
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _CHARS else text[: _CHARS - 1] + "…"


def matrices(suite: SuiteRun, first: Sequence[str]) -> list[Matrix]:
    """Return confusion matrices of the suite's cases, those of the figures named `first` before others, no two alike."""
    order = {name: at for at, name in enumerate(first)}
    figures = [
        figure
        for figure in suite.figures
        if figure.basis is not None and 2 <= figure.basis.classes <= _MOST_CLASSES and not figure.basis.slice
    ]
    found: dict[tuple[tuple[int, ...], ...], Matrix] = {}
    for figure in sorted(figures, key=lambda one: order.get(one.name, len(order))):
        basis = figure.basis
        if basis is None:
            continue
        counts = [[0] * basis.classes for _ in range(basis.classes)]
        for row in suite.cases:
            score = row.scores.get(basis.column)
            if isinstance(score, tuple) and max(score) < basis.classes and min(score) >= 0:
                counts[score[0]][score[1]] += 1
        key = tuple(tuple(row) for row in counts)
        if any(any(row) for row in counts) and key not in found:
            found[key] = Matrix(figure.name, class_names(figure.name, basis.classes), counts)
    return list(found.values())[:_MATRICES]


def class_names(figure: str, classes: int) -> list[str]:
    """Return what the class numbers of a figure mean."""
    if classes == 2:
        return ["no", "yes"]
    if classes == len(LABELS) and "sentiment" in figure:
        return list(LABELS)
    return [f"class {number}" for number in range(classes)]
