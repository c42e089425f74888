"""Zip files from outside, vetted before a byte is unpacked. Nothing is ever extracted to disk."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from copilot.community.importers.source import Source
from copilot.community.importers.wording import refused
from copilot.errors import ImportFailed, TooLarge

MAX_ENTRIES = 100_000
# Text compresses 5 to 20 times; a thousand times and more is a bomb. Small entries may compress as they like.
MAX_RATIO = 200
_RATIO_FROM_BYTES = 1_000_000
_ENCRYPTED = 0x1


@contextmanager
def open_archive(source: Source) -> Iterator[zipfile.ZipFile]:
    """Open the zip file of `source` after checking every entry.

    Raises:
        ImportFailed: no zip file, damaged, encrypted, or with entries that point outside or are links.
        TooLarge: unpacked it would exceed `max_import_bytes`, or an entry expands beyond `MAX_RATIO`.
    """
    try:
        archive = zipfile.ZipFile(source.path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ImportFailed(reason="bad_archive", **refused("bad_archive", problem=error)) from error
    with archive:
        _vet(archive, source)
        yield archive


def _vet(archive: zipfile.ZipFile, source: Source) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise TooLarge(f"the archive has {len(entries):,} entries; at most {MAX_ENTRIES:,} are read", limit=MAX_ENTRIES)
    seen: set[str] = set()
    for entry in entries:
        _vet_name(entry)
        if entry.filename in seen:
            raise _refused(entry, "appears twice")
        seen.add(entry.filename)
        if entry.flag_bits & _ENCRYPTED:
            raise _refused(entry, "is encrypted; export without a password")
        if entry.file_size > max(_RATIO_FROM_BYTES, entry.compress_size * MAX_RATIO):
            raise TooLarge(f"{entry.filename!r} in the archive expands {MAX_RATIO} times or more", entry=entry.filename)
    total = sum(entry.file_size for entry in entries)
    limit = source.limits.max_import_bytes
    if total > limit:
        raise TooLarge(f"unpacked the archive has {total:,} bytes; at most {limit:,} are read", limit=limit)


def _vet_name(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    path = PurePosixPath(name)
    if "\\" in name or path.is_absolute() or ".." in path.parts or ":" in name.split("/", 1)[0]:
        raise _refused(entry, "points outside of the archive")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(entry, "is a link")


def _refused(entry: zipfile.ZipInfo, problem: str) -> ImportFailed:
    return ImportFailed(f"{entry.filename!r} in the archive {problem}", entry=entry.filename, reason="unsafe_archive")
