"""The same figures for parts of the cases: by language, kind, trick, newcomer or size, wherever cases carry labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from eval.cases import EvalCase, PerCase
from eval.scores import Figure

_HAN, _WORD = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[A-Za-z]{2,}")
_SMALL, _LARGE = 20, 100
Make = Callable[[Sequence[int]], Sequence[Figure]]


def by_slice(cases: Sequence[EvalCase], dimensions: Sequence[str], make: Make) -> list[Figure]:
    """Return figures of each slice, named `<figure>.<dimension>_<label>`, in the order of dimensions and labels.

    Args:
        cases: in the order `make` knows them by.
        dimensions: names in `slices` of the cases; one with fewer than two labels gives nothing.
        make: from positions of cases to figures, kept case by case; the names of the figures of all cases.
    """
    found: list[Figure] = []
    for dimension in dimensions:
        labels = sorted({case.slices[dimension] for case in cases if dimension in case.slices})
        if len(labels) < 2:
            continue
        for label in labels:
            positions = [at for at, case in enumerate(cases) if case.slices.get(dimension) == label]
            found += [_named(figure, dimension, label) for figure in make(positions)]
    return found


def language_of(text: str) -> str:
    """Return `zh`, `en`, `mixed` or `none` by script: mixed has Han characters and at least half as many Latin words."""
    han, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    if not han:
        return "en" if words else "none"
    return "mixed" if words * 2 >= han else "zh"


def crowd_size(heads: int) -> str:
    """Return `small` below 20 people, `large` from 100, else `medium`."""
    return "small" if heads < _SMALL else "large" if heads >= _LARGE else "medium"


def _named(figure: Figure, dimension: str, label: str) -> Figure:
    # Validated again: a label that cannot stand in a name is refused here and not by whoever reads the run.
    made = Figure.model_validate(figure.model_dump() | {"name": f"{figure.name}.{dimension}_{label}"})
    part = figure.per_case
    if part is None:
        return made
    basis = part.basis.model_copy(update={"slice": part.basis.slice | {dimension: label}})
    return made.resting_on(PerCase(basis, part.cases, part.scores))
