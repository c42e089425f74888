"""Cases as a table by column, for the committed baseline: a fraction of the size of one object a case, and nothing is lost.

Each column holds its distinct values once, and for each case one letter that says which of them it has; where there are
more values than letters, a number. A case without a value has a point, or -1.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from eval.cases import MOST_CASES, CaseRow, Score

_LETTERS = string.digits + string.ascii_letters
_NONE = "."
Places = Annotated[str, Field(max_length=MOST_CASES)] | Annotated[list[int], Field(max_length=MOST_CASES)]


class Column(BaseModel):
    """One value of each case."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    values: list[Score | str] = Field(max_length=MOST_CASES, description="each once")
    places: Places = Field(description="for each case which of them")


class CaseTable(BaseModel):
    """The cases of a suite. `clusters` is absent where every case stands alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ids: list[str] = Field(max_length=MOST_CASES)
    clusters: Column | None = None
    slices: dict[str, Column] = {}
    scores: dict[str, Column] = {}


def table_of(rows: Sequence[CaseRow]) -> dict[str, Any]:
    """Return cases as the JSON of a table."""
    clusters = [row.cluster or None for row in rows]
    slices = dict.fromkeys(name for row in rows for name in row.slices)
    scores = dict.fromkeys(name for row in rows for name in row.scores)
    table = CaseTable(
        ids=[row.id for row in rows],
        clusters=_column(clusters) if any(clusters) else None,
        slices={name: _column([row.slices.get(name) for row in rows]) for name in slices},
        scores={name: _column([row.scores.get(name) for row in rows]) for name in scores},
    )
    return table.model_dump(mode="json", exclude_defaults=True)


def rows_of(content: object) -> list[CaseRow]:
    """Return the cases of a table, in its order.

    Raises:
        ValueError: it is no table, or a column has not one place for each case.
    """
    table = CaseTable.model_validate(content)
    size = len(table.ids)
    clusters = _values("clusters", table.clusters, size) if table.clusters is not None else [None] * size
    slices = {name: _values(name, column, size) for name, column in table.slices.items()}
    scores = {name: _values(name, column, size) for name, column in table.scores.items()}
    return [
        CaseRow.model_validate(
            {"id": name, "cluster": clusters[at] or "", "slices": _at(slices, at), "scores": _at(scores, at)}
        )
        for at, name in enumerate(table.ids)
    ]


def _column(values: Sequence[Score | str | None]) -> Column:
    distinct = {value: at for at, value in enumerate(dict.fromkeys(one for one in values if one is not None))}
    places = [-1 if value is None else distinct[value] for value in values]
    if len(distinct) <= len(_LETTERS):
        return Column(values=list(distinct), places="".join(_NONE if at < 0 else _LETTERS[at] for at in places))
    return Column(values=list(distinct), places=places)


def _values(name: str, column: Column, size: int) -> list[Score | str | None]:
    places = column.places
    if len(places) != size:
        raise ValueError(f"{name} has {len(places)} places for {size} cases")
    letters = {letter: at for at, letter in enumerate(_LETTERS)} | {_NONE: -1}
    found: list[Score | str | None] = []
    for place in places:
        at = letters.get(place) if isinstance(place, str) else place
        if at is None or not -1 <= at < len(column.values):
            raise ValueError(f"{name} has a place {place!r} among {len(column.values)} values")
        found.append(None if at < 0 else column.values[at])
    return found


def _at(columns: Mapping[str, Sequence[Score | str | None]], at: int) -> dict[str, Score | str]:
    return {name: value for name, values in columns.items() if (value := values[at]) is not None}
