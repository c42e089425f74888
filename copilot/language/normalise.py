"""Makes disguised chat readable for rules and models, and keeps a map back to the stored text.

Width and case are folded, traditional characters simplified, invisible characters dropped, long repetitions
shortened and disguises undone (`薇❤信`, `v.x`, `亻尔女马`, `sha bi`; see `disguise.py`). Evidence found in the result is translated
back by `Normalised.original_span`, so that quotes are always exact slices of what was stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

from copilot.language.disguise import find_disguises, suspicious_places

VERSION = "4"
_MAX_REPEATS = 2
_MAX_PASSES = 4
_INVISIBLE = {"Cf", "Mn", "Me", "Cc"}
_SIMPLIFY = OpenCC("t2s")
_MARK = "\uffff"  # stands for a code point that folds to none or to several
_REPEATS = re.compile(r"([^\d])\1\1|  ")
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
    (re.compile(rf"(?<![a-z0-9.@/])(?:{_WECHAT_LATIN})(?![a-z])"), "微信"),
    (re.compile(_WECHAT_HAN), "微信"),
    (re.compile(r"加[薇葳维]|加\s?v(?![a-z])|[➕+]\s*(?:微(?!信|博)|[薇v](?![a-z0-9]))"), "加微信"),
    (re.compile(r"加我\s?[v薇](?![a-z])"), "加我微信"),
    (re.compile(rf"[扣抠蔻]{_SEPARATOR}[扣抠蔻]|企{_SEPARATOR}鹅{_SEPARATOR}号|q{_SEPARATOR}q(?![a-z])"), "qq"),
    (re.compile(r"扌刂|刷亘"), "刷"),
    (re.compile(r"[蕞醉]高"), "最高"),
    (re.compile(r"无[低氐底砥]押|无抵牙"), "无抵押"),
    (re.compile(r"兼[织值]"), "兼职"),
    (re.compile(r"贷欠|岱款|袋款|贷kuan|dai款|信用袋"), "贷款"),
    (
        re.compile(
            r"傻(?:[\s.*·_\-]{1,2}[逼比b]|[比b](?![a-z较例如赛]))|沙[比b](?![a-z亚])|(?<![a-z0-9])s\sb(?![a-z0-9])"
        ),
        "傻逼",
    ),
)


# No disguise above comes without one of these.
_TRIGGER = re.compile(
    r"[微薇徽威葳崴徾维嶶❤♥➕扣抠蔻岱袋傻沙煞蕞醉贷]|扌刂|刷亘|无[低氐底砥抵]|兼[织值]|dai款|企.{0,3}鹅|"
    r"(?<![a-z])[vwq+](?![a-z](?<!x|q))|s b|weixin|wechat|加\s?v"
)
_APART = re.compile(r"[\u4e00-\u9fff][ ./·•*_|\-] ?[\u4e00-\u9fff][ ./·•*_|\-]")


@dataclass(frozen=True, eq=False)
class Normalised:
    """A readable form of `original` and, for each of its characters, the code point it came from.

    Two of them are equal only if they are the same object, so that they can be remembered cheaply.

    Attributes:
        starts: for each character of `text`, the index of its first source code point.
        ends: for each character of `text`, the index after its last source code point.
        disguises: kinds of disguise that were undone, sorted: contact, emoji, homophone, initials, pinyin, radical,
            split, spread, swap. Width, case, script and repetitions are habits, not disguises.
    """

    original: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    disguises: tuple[str, ...] = ()

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
    folded = _fold(text)
    if _APART.search(folded.text):
        folded = _join_spread(folded)
    for _ in range(_MAX_PASSES):
        before = folded.text
        if _TRIGGER.search(before):
            for pattern, word in _DISGUISES:
                folded = _undo(folded, pattern, word)
        folded = _undo_written(folded)
        if folded.text == before:
            break
        folded = _shorten(folded)
    return folded


class _Folds(dict[int, str]):
    """Code point -> its plain form if that is one character; for `str.translate`, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        plain = _plain(chr(code))
        found = self[code] = plain if len(plain) == 1 else _MARK
        return found


_FOLDS = _Folds()


def _fold(text: str) -> Normalised:
    """Fold width, case and script, and shorten repetitions; most text keeps its length and needs no map."""
    plain = text.lower() if text.isascii() and text.isprintable() else text.translate(_FOLDS)
    count = len(plain)
    if _MARK not in plain:
        return _shorten(Normalised(text, plain, range(count), range(1, count + 1)))
    characters: list[str] = []
    starts: list[int] = []
    for index, character in enumerate(text):
        for folded in _plain(character):
            characters.append(folded)
            starts.append(index)
    return _shorten(Normalised(text, "".join(characters), starts, [start + 1 for start in starts]))


def _shorten(source: Normalised) -> Normalised:
    """Keep two of a character that stands three times or more, but for digits, and one of several spaces."""
    if not _REPEATS.search(source.text):
        return source
    kept: list[int] = []
    ends: list[int] = []
    for index, character in enumerate(source.text):
        most = 1 if character == " " else _MAX_REPEATS
        last = kept[-most:]
        if len(last) == most and not character.isdigit() and all(source.text[at] == character for at in last):
            ends[-1] = source.ends[index]
            continue
        kept.append(index)
        ends.append(source.ends[index])
    return Normalised(
        source.original,
        "".join(source.text[index] for index in kept),
        [source.starts[index] for index in kept],
        ends,
        source.disguises,
    )


def _undo_written(source: Normalised) -> Normalised:
    """Undo what needs tables, where the text gives it away."""
    text = source.text
    marks = suspicious_places(text) if not text.isascii() else []
    if not marks and not _may_be_pinyin(text):
        return source
    upper = frozenset(i for i, c in enumerate(text) if "a" <= c <= "z" and source.original[source.starts[i]].isupper())
    edits = find_disguises(text, marks, upper, source.disguises)
    return _replace(source, [(e.start, e.end, e.text, e.kind) for e in edits])


def _may_be_pinyin(text: str) -> bool:
    return len(text) <= 24 and text.isascii() and text.replace(" ", "").isalpha()


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
        [source.starts[index] for index in kept],
        [source.ends[index] for index in kept],
        _with(source.disguises, "spread"),
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
    found = [(*match.span(), word, "contact") for match in pattern.finditer(source.text) if match.group() != word]
    return _replace(source, found)


def _replace(source: Normalised, edits: Sequence[tuple[int, int, str, str]]) -> Normalised:
    """Put words in place of spans; each character of a word leads back to its whole span."""
    if not edits:
        return source
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for start, end, word, _ in edits:
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
    return Normalised(source.original, "".join(text), starts, ends, _with(source.disguises, *(e[3] for e in edits)))


def _with(kinds: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return tuple(sorted({*kinds, *more}))
