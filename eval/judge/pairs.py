"""Pairs of drafts that people have judged: the case set in `eval/datasets/judge`, or any file of the same form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copilot.errors import InvalidInput
from eval.manifest import DATASETS

PAIRS_FILE = DATASETS / "judge" / "v1" / "pairs.jsonl"
MOST_PAIRS = 1_000
_MOST_CHARS = 8_000
DraftKind = Literal["plan", "topic", "reason"]
Side = Literal["first", "second"]


class JudgePair(BaseModel):
    """Two drafts made from the same records. `better` is what people said; None where nobody did."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")
    base: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$", description="pairs of one base share records and one draft"
    )
    kind: DraftKind
    locale: Literal["zh-CN", "en"]
    fault: str = Field("none", pattern=r"^[a-z][a-z0-9_]{0,39}$", description="what is wrong with the worse draft")
    records: str = Field(min_length=1, max_length=_MOST_CHARS)
    first: str = Field(min_length=1, max_length=_MOST_CHARS)
    second: str = Field(min_length=1, max_length=_MOST_CHARS)
    better: Side | None = None

    @property
    def language(self) -> str:
        """The language as slices name it."""
        return self.locale[:2]


def read_pairs(path: Path = PAIRS_FILE) -> list[JudgePair]:
    """Return the pairs of a file.

    Raises:
        InvalidInput: it cannot be read, is empty or too long, holds something else, or names two pairs alike.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}", field="pairs") from error
    found: dict[str, JudgePair] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            pair = JudgePair.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "line"
            raise InvalidInput(f"{path.name}, line {number}: {where}: {first['msg']}", field="pairs") from error
        if pair.id in found:
            raise InvalidInput(f"{path.name}, line {number}: {pair.id} is there twice", field="pairs")
        found[pair.id] = pair
        if len(found) > MOST_PAIRS:
            raise InvalidInput(f"{path.name} holds more than {MOST_PAIRS:,} pairs", field="pairs")
    if not found:
        raise InvalidInput(f"{path.name} holds no pairs", field="pairs")
    return list(found.values())


def spread(pairs: Sequence[JudgePair], most: int | None) -> list[JudgePair]:
    """Return at most `most` pairs, evenly spread over the file, which is sorted by language and kind."""
    if most is None or most >= len(pairs):
        return list(pairs)
    return [pairs[at * len(pairs) // most] for at in range(most)]
