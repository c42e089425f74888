"""What an export of cases for evaluation holds: kinds, bounds, and files with what was left out and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

What = Literal["decisions", "matches", "topics", "plans", "claims"]
KINDS: Final[tuple[What, ...]] = get_args(What)
FORMAT_VERSION: Final = 1
# A case set that people still read; a longer history is sampled from its newest end.
MAX_ROWS: Final = 5_000
MANIFEST, CARD = "manifest.json", "README.md"
MEDIA_TYPE: Final = "application/zip"


@dataclass
class CaseFile:
    """The rows of one kind, JSON-serialisable, and how many records were left out by reason."""

    what: What
    rows: list[dict[str, Any]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def name(self) -> str:
        """The name of the file in the export."""
        return f"{self.what}.jsonl"


@dataclass(frozen=True)
class EvalExport:
    """An export as one ZIP, and what the audit log says of it."""

    export_id: str
    content: bytes
    counts: dict[str, int]
