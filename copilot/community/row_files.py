"""Many rows as one streamed file, CSV or JSON lines: never held in memory whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, Literal

from copilot.community.csv_text import MARK, csv_rows

FileFormat = Literal["csv", "jsonl"]
MEDIA_TYPES: Final[dict[FileFormat, str]] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
MAX_ROWS: Final = 100_000
PAGE_ROWS: Final = 500
Pages = Iterable[Sequence[Sequence[Any]]]


def csv_file(head: Sequence[str], pages: Pages, cell: Callable[[Any], object]) -> Iterator[bytes]:
    """Yield a CSV file with a byte order mark page by page; `cell` makes each value what is shown."""
    yield (MARK + csv_rows([head])).encode()
    for rows in pages:
        yield csv_rows([[cell(value) for value in row] for row in rows]).encode()


def lines_file(names: Sequence[str], pages: Pages, text: Callable[[Any], object]) -> Iterator[bytes]:
    """Yield JSON lines page by page; `text` makes what JSON has no form for."""
    for rows in pages:
        lines = (dict(zip(names, row, strict=True)) for row in rows)
        yield "".join(json.dumps(line, ensure_ascii=False, default=text) + "\n" for line in lines).encode()
