from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from copilot.community.importers.archive import open_archive
from copilot.community.importers.source import Source
from copilot.errors import CopilotError, ImportFailed, TooLarge
from copilot.settings import LimitSettings


def vetted(path: Path, most: int = 200_000_000) -> list[str]:
    with open_archive(Source(path, LimitSettings(max_import_bytes=most))) as archive:
        return archive.namelist()


def packed(tmp_path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def test_an_ordinary_archive_is_opened(tmp_path: Path) -> None:
    assert vetted(packed(tmp_path, ("users.json", b"[]"), ("general/2026-11-01.json", b"[]"))) == [
        "users.json",
        "general/2026-11-01.json",
    ]


@pytest.mark.parametrize(
    "name", ["../escape.json", "a/../../b.json", "/etc/passwd", "..\\windows.json", "C:/x.json", "a/.."]
)
def test_paths_that_point_outside_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImportFailed, match="points outside"):
        vetted(packed(tmp_path, (zipfile.ZipInfo(name), b"[]")))


def test_links_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("users.json")
    link.external_attr = 0o120777 << 16
    with pytest.raises(ImportFailed, match="is a link"):
        vetted(packed(tmp_path, (link, b"/etc/passwd")))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="expands"):
        vetted(packed(tmp_path, ("users.json", b"0" * 50_000_000)))


def test_many_entries_that_are_large_together_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, *((f"{n}.json", bytes(range(256)) * 400) for n in range(20)))
    with pytest.raises(TooLarge, match="unpacked"):
        vetted(path, most=1_000_000)


def test_an_encrypted_archive_says_so(tmp_path: Path) -> None:
    path = packed(tmp_path, ("users.json", b"[]"))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(ImportFailed, match="encrypted"):
        vetted(path)


def test_a_lie_about_the_size_does_not_help(tmp_path: Path) -> None:
    # The directory claims 10 bytes for an entry of 5 MB: what is read stops there and fails its checksum.
    path = packed(tmp_path, ("users.json", b"0" * 900_000))
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, directory + 24, 10)
    path.write_bytes(content)
    with open_archive(Source(path, LimitSettings())) as archive, pytest.raises(zipfile.BadZipFile):
        archive.read("users.json")


@pytest.mark.parametrize("content", [b"PK\x03\x04 not really", b"PK\x05\x06", b"PK\x03\x04" + bytes(500)])
def test_a_damaged_archive_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(CopilotError, match="archive"):
        vetted(path)
