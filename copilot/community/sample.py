"""Loads a folder that describes a whole community; the sample that ships with the package is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from copilot.community.creation import create_community, read_config
from copilot.community.import_options import DEFAULT_PLATFORM, ImportOptions
from copilot.community.import_report import ImportReport
from copilot.community.importers.base import ImportKind
from copilot.community.importing import ImportService, OnProgress
from copilot.community.store import Store
from copilot.community.tables import Erasure
from copilot.errors import ImportFailed

# Members come before what names them.
_TABLES = (
    ("members.csv", ImportKind.MEMBERS),
    ("resources.csv", ImportKind.RESOURCES),
    ("events.jsonl", ImportKind.EVENTS),
)


@dataclass(frozen=True)
class LoadedSample:
    """The community that was created or found, and one report per file, in order."""

    community_id: str
    reports: dict[str, ImportReport]

    @property
    def changed(self) -> bool:
        """Whether any row was written."""
        return any(report.inserted or report.updated for report in self.reports.values())


def load_sample(
    store: Store,
    importing: ImportService,
    folder: Path,
    *,
    platform: str = DEFAULT_PLATFORM,
    on_progress: OnProgress | None = None,
) -> LoadedSample:
    """Create the community of `community.yaml` and import its tables and `chat/*.chatlab.jsonl`; idempotent.

    Raises:
        InvalidInput: `community.yaml` is missing or wrong.
        ImportFailed: a file cannot be read, or one of its rows is wrong (a sample must be whole, unless a member of it was
            erased since).
    """
    community_id = create_community(store, read_config(folder / "community.yaml"), platform=platform)
    reports: dict[str, ImportReport] = {}
    tables = [(folder / name, kind) for name, kind in _TABLES if (folder / name).is_file()]
    chats = [(path, ImportKind.CHAT) for path in sorted((folder / "chat").glob("*.chatlab.jsonl"))]
    for path, kind in (*tables, *chats):
        options = ImportOptions(kind=kind, platform=platform)
        report = importing.run(community_id, path, options, on_progress=on_progress)
        # Whoever was erased is not imported again; what names them, or was theirs, is left out then and no mistake.
        if report.error_count and not _has_erased(store, community_id):
            first = report.errors[0]
            raise ImportFailed(
                f"{path.name}, line {first.line}: {first.message}",
                file=path.name,
                line=first.line,
                errors=report.error_count,
            )
        reports[path.relative_to(folder).as_posix()] = report
    return LoadedSample(community_id, reports)


def _has_erased(store: Store, community_id: str) -> bool:
    with store.read(community_id) as unit:
        return unit.session.scalar(select(Erasure.id).limit(1)) is not None
