"""Makes disguised chat readable for rules and models, and keeps a map back to the stored text.

Width and case are folded, traditional characters simplified, invisible characters dropped, long repetitions
shortened and a few common disguises undone (`薇❤信`, `v.x`, `亻尔女马`). Evidence found in the result is translated
back by `Normalised.original_span`, so that quotes are always exact slices of what was stored.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

VERSION = "2"
_MAX_REPEATS = 2
_INVISIBLE = {"Cf", "Mn", "Me", "Cc"}
_SIMPLIFY = OpenCC("t2s")
_SEPARATOR = r"[\s.·•*_\-~^|/\\+,，。、'\"`❤♥♡♀♂★☆✨🌟💗💕💖🧡💛💚💙💜]{0,3}"


def _joined(word: str) -> str:
    return _SEPARATOR.join(re.escape(character) for character in word)


# Disguise -> plain word. A disguise of Latin letters must stand alone, and may be split by separators. The plain word
# of two characters is spread over the span of the disguise, so the map back stays exact at both ends.
_WECHAT_LATIN = "|".join(_joined(word) for word in ("vx", "wx", "weixin", "wechat"))
_WECHAT_HAN = rf"[微薇徽威葳崴徾维嶶]{_SEPARATOR}[信芯❤♥心x伈]|[v♥❤]{_SEPARATOR}[信❤♥薇]|❤{_SEPARATOR}[微薇]|[微薇]❤"
# Three or more single Han characters, each apart from the next by the same kind of mark: written to slip past filters.
_SPREAD = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?:([ ./·•*_|\-]) ?[\u4e00-\u9fff](?![\u4e00-\u9fff])){2,}")
_DISGUISES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?<![a-z0-9])(?:{_WECHAT_LATIN})(?![a-z])"), "微信"),
    (re.compile(_WECHAT_HAN), "微信"),
    (re.compile(r"加[薇葳维]|加\s?v(?![a-z])|[➕+]\s*(?:微(?!信|博)|[薇v](?![a-z0-9]))"), "加微信"),
    (re.compile(r"加我\s?[v薇](?![a-z])"), "加我微信"),
    (re.compile(rf"[扣抠蔻]{_SEPARATOR}[扣抠蔻]|企{_SEPARATOR}鹅{_SEPARATOR}号|q{_SEPARATOR}q(?![a-z])"), "qq"),
    (re.compile(r"亻尔"), "你"),
    (re.compile(r"女马"), "妈"),
    (re.compile(r"女乃"), "奶"),
    (re.compile(r"亻壬"), "任"),
    (re.compile(r"讠正"), "证"),
    (re.compile(r"亻言"), "信"),
    (re.compile(r"扌刂|刷亘"), "刷"),
    (re.compile(r"[蕞醉]高"), "最高"),
    (re.compile(r"无[低氐底砥]押|无抵牙"), "无抵押"),
    (re.compile(r"兼[织值]"), "兼职"),
    (re.compile(r"贷欠|岱款|袋款|贷kuan|dai款|信用袋"), "贷款"),
    (
        re.compile(
            r"(?<![a-z0-9])s\s?b(?![a-z0-9])|煞笔|沙雕逼|傻(?:[\s.*·_\-]{1,2}[逼比b]|[比b](?![a-z较例如赛]))|沙比(?!亚)"
        ),
        "傻逼",
    ),
    (re.compile(r"(?<![a-z0-9])nmsl(?![a-z0-9])|(?<![a-z0-9])cnm(?![a-z0-9])|草泥马|艹尼玛"), "操你妈"),
    (re.compile(r"(?<![a-z0-9])(?:tmd|nmd)(?![a-z0-9])"), "他妈的"),
)


@dataclass(frozen=True)
class Normalised:
    """A readable form of `original` and, for each of its characters, the code point it came from.

    Attributes:
        starts: for each character of `text`, the index of its first source code point.
        ends: for each character of `text`, the index after its last source code point.
    """

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a half-open span of `text` into one of `original`; an empty span gives an empty one.

        Raises:
            ValueError: the span does not lie inside `text`.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"span {start}:{end} is outside a text of {len(self.text)} characters")
        if start == end:
            at = self.starts[start] if start < len(self.text) else len(self.original)
            return at, at
        return self.starts[start], self.ends[end - 1]


def normalise(text: str) -> Normalised:
    """Return the readable form of `text`; text that is already plain comes back unchanged but for case."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for index, character in enumerate(text):
        for plain in _plain(character):
            if plain == " " and characters and characters[-1] == " ":
                ends[-1] = index + 1
                continue
            if (
                len(characters) >= _MAX_REPEATS
                and all(plain == c for c in characters[-_MAX_REPEATS:])
                and not plain.isdigit()
            ):
                ends[-1] = index + 1
                continue
            characters.append(plain)
            starts.append(index)
            ends.append(index + 1)
    folded = Normalised(text, "".join(characters), tuple(starts), tuple(ends))
    folded = _join_spread(folded)
    for pattern, word in _DISGUISES:
        folded = _undo(folded, pattern, word)
    return folded


def _join_spread(source: Normalised) -> Normalised:
    """Close up characters that were pulled apart (`无 抵 押`, `贷.款.快`)."""
    drop = {
        index
        for match in _SPREAD.finditer(source.text)
        for index in range(*match.span())
        if not "\u4e00" <= source.text[index] <= "\u9fff"
    }
    if not drop:
        return source
    kept = [index for index in range(len(source.text)) if index not in drop]
    return Normalised(
        source.original,
        "".join(source.text[index] for index in kept),
        tuple(source.starts[index] for index in kept),
        tuple(source.ends[index] for index in kept),
    )


@lru_cache(maxsize=32_768)
def _plain(character: str) -> str:
    """Fold one code point: width and compatibility forms, case, traditional script; nothing for invisible ones."""
    if character in "\n\t\r":
        return " "
    if unicodedata.category(character) in _INVISIBLE:
        return ""
    folded = unicodedata.normalize("NFKC", character).lower()
    if not folded.isascii():
        folded = "".join(c for c in folded if unicodedata.category(c) not in _INVISIBLE)
        folded = _SIMPLIFY.convert(folded)
    return " " if folded.isspace() else folded


def _undo(source: Normalised, pattern: re.Pattern[str], word: str) -> Normalised:
    found = [match.span() for match in pattern.finditer(source.text) if match.group() != word]
    if not found:
        return source
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for start, end in found:
        text.append(source.text[at:start])
        starts.extend(source.starts[at:start])
        ends.extend(source.ends[at:start])
        first, last = source.original_span(start, end)
        text.append(word)
        starts.extend([first] * len(word))
        ends.extend([last] * len(word))
        at = end
    text.append(source.text[at:])
    starts.extend(source.starts[at:])
    ends.extend(source.ends[at:])
    return Normalised(source.original, "".join(text), tuple(starts), tuple(ends))
