"""Takes people out of texts: names, handles, numbers, addresses, accounts and links become placeholders.

Texts are searched as they are read, not as they are written: widths are folded, characters without width skipped, Chinese
numerals count as digits. What is not found goes on unchanged, disguises and all: they are what detectors are measured on.
It does not know companies, places and what somebody tells of their life: whoever shares an export reads it first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from copilot.language.contacts import CONTACT
from copilot.llm.contacts import without_contacts

_SEP: Final = r"[\s\-_.·・()（）]{0,2}"
_KINDS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("url", re.compile(r"(?:https?|ftp)://[^\s，。；、）)】」]+|\bwww\.[^\s，。；、）)】」]+")),
    ("mail", re.compile(r"[\w.+-]{1,64}\s?(?:@|\[at\]|\(at\))\s?[\w-]{1,64}(?:\s?\.\s?[\w-]{2,24}){1,4}")),
    ("url", re.compile(
        r"(?<![\w.-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}\."
        r"(?:com|cn|net|org|io|co|app|info|top|xyz|vip|link|shop|site|cc|me|ai|example)\b(?:/[^\s，。；、）)】」]*)?"
    )),
    ("account", re.compile(
        r"(?:微信号?|v信|薇信|威信|微新|卫星|加v|加薇|加微|扣扣|企鹅|"
        r"(?<![a-z])(?:vx|wx|wechat|weixin|qq|telegram|tg|whatsapp|line|skype|ins|instagram|discord))"
        r"(?:群|号|id|是|加|[\s:：=＝@+]){0,6}(?P<id>(?=[a-z0-9_.+-]*[a-z0-9])[a-z0-9_.+-]{4,40})"
    )),
    ("phone", re.compile(rf"(?<!\d)\+?\d(?:{_SEP}\d){{6,14}}(?!\d)")),
    # Letters with three digits or more are an account more often than a product.
    ("account", re.compile(r"(?<![a-z0-9_])(?=[a-z_-]*\d)(?=(?:[a-z_-]*\d){3})(?=[\d_-]*[a-z][\d_-]*[a-z])[a-z0-9_-]{6,40}(?![a-z0-9_])")),
    ("handle", re.compile(r"(?<![\w@])@[^\s@，。；、：:,;!！?？()（）]{1,40}")),
)  # fmt: skip
_NUMERALS: Final = str.maketrans("零〇幺一二三四五六七八九", "001123456789")
_NUMERAL_RUN = re.compile(r"[\d零〇幺一二三四五六七八九](?:[\s\-]{0,2}[\d零〇幺一二三四五六七八九]){6,14}")
# A date or a range of years and amounts has the digits of a number.
_NO_PHONE = re.compile(r"(?:19|20)\d\d\D?(?:[01]?\d)\D?[0-3]?\d|(?:19|20)\d\d\D{1,2}(?:19|20)\d\d")
_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z][a-z'.-]*[a-z]")
_TITLES = ("工程师", "律师", "老师", "医生", "教授", "博士", "同学", "先生", "女士")
_FAMILIAR_FIRST, _FAMILIAR_LAST = "老小阿", "哥姐姨叔总"
_LEAST_LATIN = 3


def spellings(name: str) -> set[str]:
    """Return how a member may be called: the whole name, its words in each script, and what friends make of it."""
    folded = _Shown(name).text.strip()
    found = {folded} if len(folded) > 1 else set()
    for run in _RUNS.findall(folded):
        if run.isascii():
            found |= {run} if len(run) >= _LEAST_LATIN else set()
            continue
        if len(run) > 1:
            found.add(run)
        for title in _TITLES:
            if run.endswith(title) and len(run) - len(title) > 1:
                found.add(run.removesuffix(title))
        if len(run) > 2 and run[0] in _FAMILIAR_FIRST:
            found.add(run[:2])
        if len(run) > 2 and run[-1] in _FAMILIAR_LAST:
            found.add(run[-2:])
    return found


class _Shown:
    """A text as it is read: folded, without what has no width; `places` leads back to the characters as written."""

    def __init__(self, text: str) -> None:
        shown: list[str] = []
        self.places: list[int] = []
        for at, char in enumerate(text):
            if unicodedata.category(char) in {"Cf", "Mn"}:
                continue
            for folded in unicodedata.normalize("NFKC", char).lower():
                shown.append(folded)
                self.places.append(at)
        self.text = "".join(shown)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span of the written text that shows [start, end)."""
        return self.places[start], self.places[end - 1] + 1


@dataclass
class Redactor:
    """Replaces people in texts.

    Attributes:
        names: placeholder by spelling, as `spellings` gives them; longest first within each first two characters.
        counts: how often each kind of placeholder was set.
    """

    names: Mapping[str, str]
    counts: dict[str, int] = field(default_factory=dict)
    _by_start: dict[str, list[str]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for name in sorted(self.names, key=lambda one: (-len(one), one)):
            self._by_start.setdefault(name[:2], []).append(name)

    def text(self, text: str) -> str:
        """Return a text with placeholders in place of people."""
        pieces, last = [], 0
        for start, end, placeholder in _apart(self._found(_Shown(text))):
            pieces += [text[last:start], f"[{placeholder}]"]
            kind = placeholder.partition("_")[0]
            self.counts[kind] = self.counts.get(kind, 0) + 1
            last = end
        # Whatever those miss that the rest of the product knows as a contact.
        return CONTACT.sub("[contact]", without_contacts("".join([*pieces, text[last:]])))

    def _found(self, shown: _Shown) -> Iterator[tuple[int, int, str]]:
        for kind, pattern in _KINDS:
            for hit in pattern.finditer(shown.text):
                if kind == "phone" and _NO_PHONE.fullmatch(hit[0].strip()):
                    continue
                yield *shown.span(*hit.span("id" if "id" in pattern.groupindex else 0)), kind
        for hit in _NUMERAL_RUN.finditer(shown.text):
            if not _NO_PHONE.fullmatch(hit[0].translate(_NUMERALS)):
                yield *shown.span(*hit.span()), "phone"
        for start, name in self._named(shown.text):
            yield *shown.span(start, start + len(name)), self.names[name]

    def _named(self, shown: str) -> Iterator[tuple[int, str]]:
        for at in range(len(shown) - 1):
            for name in self._by_start.get(shown[at : at + 2], ()):
                if shown.startswith(name, at) and _stands_alone(shown, at, name):
                    yield at, name
                    break


def _stands_alone(shown: str, at: int, name: str) -> bool:
    """Whether a name of Latin letters is a word of its own; Chinese has no gaps between words."""
    before, after = shown[at - 1 : at], shown[at + len(name) : at + len(name) + 1]
    return not (_is_latin(name[0]) and _is_latin(before)) and not (_is_latin(name[-1]) and _is_latin(after))


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _apart(spans: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield spans in order; those that overlap become one, named after the longest."""
    group: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda one: (one[0], -one[1])):
        if group and span[0] >= max(end for _, end, _ in group):
            yield _joined(group)
            group = []
        group.append(span)
    if group:
        yield _joined(group)


def _joined(group: list[tuple[int, int, str]]) -> tuple[int, int, str]:
    longest = max(group, key=lambda one: one[1] - one[0])
    return min(start for start, _, _ in group), max(end for _, end, _ in group), longest[2]
