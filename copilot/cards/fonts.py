"""Which fonts this machine has, and how wide they set a text. Without any, widths are estimated on the wide side."""

from __future__ import annotations

import struct
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from copy import copy
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from copilot.cards.texts import is_emoji, letters

Weight = Literal[400, 700]
Family = Literal["sans", "serif"]
# The names browsers look for, in this order; the first ones are what this module looks for, too.
STACKS: dict[Family, str] = {
    "sans": "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Micro Hei, sans-serif",
    "serif": "Noto Serif CJK SC, Noto Serif SC, Source Han Serif SC, Songti SC, SimSun, serif",
}
# Files of Chinese fonts by family and weight, the better ones first.
_CHINESE: dict[tuple[Family, Weight], tuple[str, ...]] = {
    ("sans", 400): ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "NotoSansSC-Regular.ttf", "SourceHanSansSC-Regular.otf", "SourceHanSans.ttc", "PingFang.ttc", "msyh.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf"),
    ("sans", 700): ("NotoSansCJK-Bold.ttc", "NotoSansCJKsc-Bold.otf", "NotoSansSC-Bold.otf", "NotoSansSC-Bold.ttf", "SourceHanSansSC-Bold.otf", "msyhbd.ttc"),
    ("serif", 400): ("NotoSerifCJK-Regular.ttc", "NotoSerifCJKsc-Regular.otf", "NotoSerifSC-Regular.otf", "SourceHanSerifSC-Regular.otf", "simsun.ttc"),
    ("serif", 700): ("NotoSerifCJK-Bold.ttc", "NotoSerifCJKsc-Bold.otf", "NotoSerifSC-Bold.otf", "SourceHanSerifSC-Bold.otf"),
}  # fmt: skip
# For scripts and pictures that Chinese fonts lack.
_OTHERS = (
    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "NotoColorEmoji.ttf", "NotoEmoji-Regular.ttf",
    "NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf", "NotoNaskhArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf", "NotoSansHebrew-Bold.ttf", "NotoSansThai-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "seguiemj.ttf", "arial.ttf",
)  # fmt: skip
_CHINESE_SAMPLE = ord("的")
_DEEPEST = 4
# Kinds of subtables of characters (platform, encoding), the wider ones first, and the two forms that they are read in.
_UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
_GROUPS, _SEGMENTS = 12, 4
_MOST_KNOWN = 20_000
_EM = 1.0
# Latin letters by width in em, as wide as common sans fonts have them; every other one is taken for 0.62.
_NARROW, _BROAD = set("iljI|!.,:;'`()[]/ft r-"), set("mwMWQO@%&")


class Face(NamedTuple):
    """One font: which characters it has and how wide they are, in em."""

    path: Path
    advances: dict[int, float]


class FontBook:
    """Fonts found in folders, then in the system's. Files are looked for once and read when first needed; it never fails."""

    def __init__(self, folders: Iterable[Path] = (), *, with_system: bool = True) -> None:
        self._folders = [*folders, *(_system_folders() if with_system else ())]
        self.is_painted = False
        self._faces: dict[tuple[Family, Weight], list[Face]] = {}
        self._widths: dict[tuple[Family, Weight], dict[str, float]] = {}

    @cached_property
    def files(self) -> list[Path]:
        """Every known font that is here."""
        wanted = {name for names in _CHINESE.values() for name in names} | set(_OTHERS)
        return [path for name, path in sorted(self._found.items()) if name in wanted]

    @cached_property
    def has_chinese(self) -> bool:
        """Whether a font with Chinese characters is here."""
        return any(_CHINESE_SAMPLE in face.advances for face in self.faces("sans", 400))

    def faces(self, family: Family, weight: Weight) -> list[Face]:
        """Return the fonts that set a text, in the order they are asked: the Chinese one, then those for the rest."""
        key = (family, weight)
        if key not in self._faces:
            asked = (key, ("sans", weight), ("sans", 400)) if family == "serif" else (key, ("sans", 400))
            names = [name for one in asked for name in _CHINESE[one]]  # type: ignore[index]  # the keys are of its type
            chinese = next(([self._found[name]] for name in names if name in self._found), [])
            others = [self._found[name] for name in _OTHERS if name in self._found]
            self._faces[key] = [face for path in [*chinese, *others] if (face := read_face(path)) is not None]
        return self._faces[key]

    @cached_property
    def painted(self) -> FontBook:
        """The same fonts for a picture that is painted here: letters that none of them has are not set at all."""
        book = copy(self)
        book.is_painted = True
        return book

    def sets(self, letter: str) -> bool:
        """Whether a letter is set; in an SVG all are, as its reader may have fonts that this machine lacks."""
        return not self.is_painted or letter == " " or self.has(letter)

    def has(self, letter: str) -> bool:
        """Whether some font can draw every visible character of a letter."""
        shown = [char for char in letter if unicodedata.category(char) not in {"Cf", "Mn"}]
        return all(any(ord(char) in face.advances for face in self.faces("sans", 400)) for char in shown)

    def width(self, text: str, size: float, weight: Weight = 400, family: Family = "sans") -> float:
        """Return how wide a line is, in the unit of `size`. Letters that join are counted apart, which is no less."""
        return size * sum(self.em(letter, weight, family) for letter in letters(text))

    def em(self, letter: str, weight: Weight, family: Family) -> float:
        """Return how wide a letter is, in em."""
        known = self._widths.setdefault((family, weight), {})
        width = known.get(letter)
        if width is None:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            width = known[letter] = _advance(self.faces(family, weight), letter)
        return width

    @cached_property
    def _found(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        wanted = {name for names in _CHINESE.values() for name in names} | set(_OTHERS)
        for folder in self._folders:
            for path in _files(folder, _DEEPEST):
                if path.name in wanted:
                    found.setdefault(path.name, path)
        return found


def _advance(faces: Sequence[Face], letter: str) -> float:
    if is_emoji(letter) and len(letter) > 1:
        return 1.3 * _EM  # one picture, whatever it is made of
    total = 0.0
    for char in letter:
        if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
            continue
        own = next((face.advances[ord(char)] for face in faces if ord(char) in face.advances), None)
        total += _estimate(char) if own is None else own
    return total


def _estimate(char: str) -> float:
    if unicodedata.east_asian_width(char) in {"W", "F"} or is_emoji(char):
        return 1.3 if is_emoji(char) else 1.0
    if char in _NARROW:
        return 0.36
    return 0.95 if char in _BROAD else 0.62


@cache
def read_face(path: Path) -> Face | None:
    """Read a font; None when it is none. Of a collection, the face for mainland China is taken."""
    # Late: 0.1 s, and only who draws cards measures letters.
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    try:
        # Opened here: of what is no font the library would leave the file open.
        with path.open("rb") as file:
            number = -1
            if path.suffix.lower() == ".ttc":
                with TTCollection(file, lazy=True) as collection:
                    number = next((n for n, one in enumerate(collection.fonts) if _is_mainland(one)), 0)
        with path.open("rb") as file, TTFont(file, fontNumber=number, lazy=True) as font:
            return Face(path, _advances(font))
    except (OSError, TTLibError, KeyError, ValueError, AssertionError, struct.error):
        return None


def _advances(font: Any) -> dict[int, float]:
    """Return how wide each character is, in em.

    The tables are read as they lie in the file: by way of the names of 65,000 glyphs it took ten times as long, and the
    first card of a service waited for it.
    """
    em, metrics = float(font["head"].unitsPerEm), int(font["hhea"].numberOfHMetrics)
    widths = np.frombuffer(font.reader["hmtx"], ">u2", count=2 * metrics)[::2] / em
    codes, glyphs = _mapped(font.reader["cmap"])
    known = np.minimum(glyphs, metrics - 1)[glyphs > 0]  # all glyphs behind the last width are as wide as it
    return dict(zip(codes[glyphs > 0].tolist(), widths[known].tolist(), strict=True))


def _mapped(table: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the characters of a `cmap` table and their glyphs, by its widest subtable that Unicode fonts have.

    Raises:
        ValueError: it has none that is read here.
    """
    (count,) = struct.unpack_from(">H", table, 2)
    places = {
        struct.unpack_from(">HH", table, 4 + 8 * n): struct.unpack_from(">I", table, 8 + 8 * n)[0] for n in range(count)
    }
    for kind in _UNICODE:
        if (start := places.get(kind)) is None:
            continue
        (form,) = struct.unpack_from(">H", table, start)
        if form == _GROUPS:
            return _by_groups(table, start)
        if form == _SEGMENTS:
            return _by_segments(table, start)
    raise ValueError("no Unicode characters")


def _by_groups(table: bytes, start: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    (count,) = struct.unpack_from(">I", table, start + 12)
    groups = np.frombuffer(table, ">u4", count=3 * count, offset=start + 16).reshape(-1, 3).astype(np.int64)
    sizes = groups[:, 1] - groups[:, 0] + 1
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.repeat(groups[:, 0], sizes) + within, np.repeat(groups[:, 2], sizes) + within


def _by_segments(table: bytes, start: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    count = struct.unpack_from(">H", table, start + 6)[0] // 2
    places = (start + 14, start + 16 + 2 * count, start + 16 + 4 * count, start + 16 + 6 * count)
    ends, starts, deltas, offsets = (
        np.frombuffer(table, ">u2", count=count, offset=place).astype(np.int64) for place in places
    )  # fmt: skip
    sizes = ends - starts + 1
    owner = np.repeat(np.arange(count), sizes)
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    codes = starts[owner] + within
    words = np.frombuffer(table, ">u2", offset=places[3], count=(len(table) - places[3]) // 2).astype(np.int64)
    listed = words[np.minimum(owner + offsets[owner] // 2 + within, len(words) - 1)]
    direct = offsets[owner] == 0
    glyphs = np.where(direct, codes, listed)
    return codes, np.where(direct | (listed > 0), (glyphs + deltas[owner]) % 65536, 0)


def _is_mainland(font: Any) -> bool:
    name = str(font["name"].getBestFamilyName())
    return name.endswith((" SC", " CN")) and "Mono" not in name


def _system_folders() -> list[Path]:
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path("~/Library/Fonts").expanduser()]
    if sys.platform == "win32":
        return [Path("C:/Windows/Fonts")]
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts").expanduser()]


def _files(folder: Path, depth: int) -> Iterable[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return
    for path in inside:
        if path.suffix.lower() in {".ttf", ".otf", ".ttc"}:
            yield path
        elif depth and path.is_dir() and not path.is_symlink():
            yield from _files(path, depth - 1)
