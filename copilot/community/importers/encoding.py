"""Which encoding a text file has: byte order marks, strict UTF-8, then GB18030 if the result looks like Chinese."""

from __future__ import annotations

import codecs
from pathlib import Path

from copilot.community.importers.wording import refused
from copilot.errors import ImportFailed

_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Share of two-byte characters that must be among the 3,755 everyday ones (GB 2312 rows 16-55) or its punctuation.
# Chinese prose has over 0.9; Latin-1, Big5 and broken UTF-8 read as GB18030 stay far below.
_PLAUSIBLE_SHARE = 0.7
_JUDGED = 20_000


def detect_encoding(path: Path) -> str:
    """Return `utf-8`, `utf-8-sig`, `utf-16` or `gb18030`; reads the whole file once in blocks.

    Raises:
        ImportFailed: none of them fits; `data` has `byte` and `line` of the first bad byte.
    """
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            bad = _first_bad_byte(path, name)
            if bad is None:
                return name
            raise _failure(path, bad, "breaks_off", name)
    bad = _first_bad_byte(path, "utf-8")
    if bad is None:
        return "utf-8"
    if _reads_as_chinese(path):
        return "gb18030"
    raise _failure(path, bad, "bad_bytes", "unknown")


def _first_bad_byte(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return max(0, done - held + error.start)
            if not block:
                return None
            done += len(block)


def _reads_as_chinese(path: Path) -> bool:
    """Return whether the file is GB18030 and most of its first 20,000 wide characters are everyday ones."""
    decoder = codecs.getincrementaldecoder("gb18030")("strict")
    wide = everyday = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError:
                return False
            if wide < _JUDGED:
                found = [character for character in text if character > "\x7f"]
                wide += len(found)
                everyday += sum(map(_is_everyday, found))
    return not decoder.getstate()[0] and everyday >= wide * _PLAUSIBLE_SHARE


def _is_everyday(character: str) -> bool:
    code = character.encode("gb18030")
    # Rows A1-A3 hold punctuation and full-width forms, B0-D7 the everyday characters.
    return len(code) == 2 and code[1] >= 0xA1 and (0xB0 <= code[0] <= 0xD7 or 0xA1 <= code[0] <= 0xA3)


def _failure(path: Path, byte: int, key: str, encoding: str) -> ImportFailed:
    line = 1
    left = byte
    with path.open("rb") as file:
        while left > 0 and (block := file.read(min(_BLOCK, left))):
            line += block.count(b"\n")
            left -= len(block)
    said = refused(key, byte=byte, line=line, encoding=encoding)
    return ImportFailed(byte=byte, line=line, encoding=encoding, **said)
