"""Imports a file into a community: streams records, writes them batch by batch, and reports what happened.

Each batch is one transaction, in which a job may also record how far it got: after a crash it continues from
there, and no row is lost or doubled.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from copilot.community.import_events import write_events
from copilot.community.import_members import write_members
from copilot.community.import_messages import write_channels, write_messages, write_recalls
from copilot.community.import_options import ImportOptions
from copilot.community.import_plan import Batch, Planner
from copilot.community.import_report import ImportProgress, ImportReport
from copilot.community.import_resources import write_resources
from copilot.community.import_scope import Scope, erased_people
from copilot.community.import_seen import SeenIds
from copilot.community.importers.base import CHAT_FORMATS, ImportKind, ReadContext, Record, RowError, Truncated
from copilot.community.importers.detect import detect, detect_kind, reader_for
from copilot.community.importers.source import Source
from copilot.community.importers.wording import refused
from copilot.community.store import Store, Unit
from copilot.errors import ImportFailed
from copilot.settings import LimitSettings

OnProgress = Callable[[ImportProgress], None]
OnBatch = Callable[[int, dict[str, Any], Unit], None]


class ImportService:
    """Reads files of members, resources, events and chat into the store."""

    def __init__(self, store: Store, limits: LimitSettings, batch_rows: int = 500) -> None:
        self._store = store
        self._limits = limits
        self._batch_rows = batch_rows

    def run(
        self,
        community_id: str,
        path: Path,
        options: ImportOptions | None = None,
        *,
        on_progress: OnProgress | None = None,
        resume_from: Mapping[str, Any] | None = None,
        on_batch: OnBatch | None = None,
    ) -> ImportReport:
        """Import `path`, or say what importing it would do (`dry_run`).

        Args:
            community_id: where the rows go.
            path: a regular file of at most `max_import_bytes`, also when unpacked.
            options: how to read it; what is left out is found in the file.
            on_progress: called after each batch.
            resume_from: what `on_batch` was last given, as {"rows": ..., "counts": ...}: those rows are read again but
                not written again, and the report counts them.
            on_batch: called within each batch's transaction with the rows of the file done so far, a checkpoint of the
                report (JSON data) and the unit; what it writes is committed with the batch. Not called by a dry run.

        Raises:
            ImportFailed: the file as a whole cannot be read. Wrong rows are errors in the report instead, and a file
                that breaks off part way keeps the rows before that place and is reported as truncated.
            InvalidInput: the options do not fit the file.
            NotFound: there is no such community.
        """
        started = time.perf_counter()
        options = options or ImportOptions()
        source = Source(path, self._limits)
        format_ = options.format or detect(source)
        chat = format_ in CHAT_FORMATS
        kind = options.kind or (ImportKind.CHAT if chat else detect_kind(source, format_))
        reader = reader_for(format_, kind)
        context = self._context(community_id, options, kind)
        report = ImportReport(format=format_, kind=kind, dry_run=options.dry_run, bytes=source.size)
        if resume_from:
            report = report.resume(int(resume_from["rows"]), resume_from["counts"])
        source.bytes_read = 0  # finding out the format read some of it
        with SeenIds() as seen:
            planner = Planner(community_id, options.platform, seen)
            for done, batch in self._batches(reader(source, context), planner, report):
                with self._unit(community_id, dry_run=options.dry_run) as unit:
                    erased = erased_people(batch, unit, planner)
                    _write(batch, Scope(unit, planner, report, self._limits, erased))
                    if on_batch is not None and not options.dry_run:
                        on_batch(done, report.checkpoint(), unit)
                if on_progress is not None:
                    on_progress(ImportProgress(done, source.bytes_read, source.size))
        report.encoding = source.known_encoding
        report.seconds = round(time.perf_counter() - started, 3)
        return report

    def _context(self, community_id: str, options: ImportOptions, kind: ImportKind) -> ReadContext:
        with self._store.read(community_id) as unit:
            zone = ZoneInfo(unit.community().timezone)
        return ReadContext(
            timezone=zone,
            limits=self._limits,
            platform=options.platform,
            channel=options.channel or "",
            kind=kind,
            mapping=options.mapping,
        )

    @contextmanager
    def _unit(self, community_id: str, *, dry_run: bool) -> Iterator[Unit]:
        with self._store.read(community_id) if dry_run else self._store.write(community_id) as unit:
            yield unit

    def _batches(
        self, records: Iterator[Record], planner: Planner, report: ImportReport
    ) -> Iterator[tuple[int, Batch]]:
        """Yield (rows of the file done with it, batch); rows before `resumed_at` are planned and dropped."""
        batch = Batch()
        done = 0
        try:
            for record in records:
                if done < report.resumed_at:
                    written = Batch()
                    planner.add(record, written)
                    done += written.rows
                    continue
                before = batch.rows
                planner.add(record, batch)
                done += batch.rows - before
                if batch.rows >= self._batch_rows or len(batch.channels) >= self._batch_rows:
                    yield done, batch
                    batch = Batch()
        except Truncated as error:
            if done == 0:
                raise
            report.truncated = True
            line = error.data.get("line")
            where = line if isinstance(line, int) else done + 1
            batch.errors.append(RowError(line=where, code="truncated", message=error.message))
        except OSError as error:
            raise ImportFailed(rows=done, **refused("stopped", problem=error.strerror)) from error
        if batch.rows or batch.channels or batch.errors:
            yield done, batch


def _write(batch: Batch, scope: Scope) -> None:
    scope.report.rows_read += batch.rows
    scope.report.skip("duplicate", batch.duplicates)
    for error in batch.errors:
        scope.report.fail(error, scope.limits.max_row_errors)
    write_members(batch.members, scope)
    write_channels(batch.channels, scope)
    write_messages(batch.messages, scope)
    write_recalls(batch.recalls, scope)
    write_resources(batch.resources, scope)
    write_events(batch.events, scope)
