"""Reading a file with an importer, without a store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from copilot.community.importers.base import ReadContext, Record
from copilot.community.importers.detect import detect, detect_kind, reader_for
from copilot.community.importers.source import Source
from copilot.settings import LimitSettings

ReadFile = Callable[..., list[Record]]


@pytest.fixture
def read_file(tmp_path: Path) -> ReadFile:
    """Write content to a file, detect what it is, and return its records."""

    def read(content: str | bytes | Path, limits: LimitSettings | None = None, **options: Any) -> list[Record]:
        limits = limits or LimitSettings()
        path = content if isinstance(content, Path) else tmp_path / "upload"
        if not isinstance(content, Path):
            path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        source = Source(path, limits)
        format_ = detect(source)
        kind = options.pop("kind", None) or detect_kind(source, format_)
        context = ReadContext(timezone=ZoneInfo("Asia/Shanghai"), limits=limits, kind=kind, **options)
        return list(reader_for(format_, kind)(source, context))

    return read
