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
_ID: Final = r"(?P<id>(?=[a-z0-9_.+-]*[a-z0-9])[a-z0-9_.+-]{4,40})"
# Hearts and the like stand in the middle of what is not to be found.
_GAP: Final = r"[^\w\s，。；！？,;!?]{0,2}"
_KINDS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("url", re.compile(r"(?:https?|ftp)://[^\s，。；、）)】」]+|\bwww\.[^\s，。；、）)】」]+")),
    ("mail", re.compile(
        r"[\w.+-]{1,64}\s?(?:@|\[at\]|\(at\))\s?[\w-]{1,64}(?:\s?\.\s?[\w-]{2,24}){1,4}"
        r"|[a-z0-9_.+-]{2,64}@[a-z0-9-]{2,64}|[a-z0-9_.+-]{2,64} at [a-z0-9-]{2,64}(?: dot [a-z]{2,24}){1,3}"
    )),
    ("url", re.compile(
        r"(?<![\w.-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}\."
        r"(?:(?:com|cn|net|org|io|co|app|info|top|xyz|vip|link|shop|site|cc|me|ai|dev|gg|tv|club|online|store|中国|example)\b"
        r"(?:/[^\s，。；、）)】」]*)?|[a-z]{2,24}/[^\s，。；、）)】」]+)"
    )),
    ("account", re.compile(
        rf"(?:微{_GAP}信号?|[v薇威卫]\s?{_GAP}[信芯❤♥]|微新|卫星|加{_GAP}[v薇威微]|扣{_GAP}扣|企鹅|"
        rf"(?<![a-z])(?:v ?{_GAP}x|w ?{_GAP}x|q ?{_GAP}q|[vq](?=\s?[:：=])))"
        rf"(?:群|号|id|是|加|[\s:：=＝@+]){{0,6}}{_ID}"
    )),
    # These are words of everyday talk as well: an account is what they say is one, or what looks like one.
    ("account", re.compile(
        r"(?:抖音|小红书|微博|快手|支付宝|b站|"
        r"(?<![a-z])(?:wechat|weixin|telegram|tg|whatsapp|line|skype|ins|instagram|discord|alipay|weibo|douyin|xiaohongshu|twitter|signal))"
        rf"(?:\s?(?:群|号|账号|id\b|account|是|[:：=＝@+])(?:\s?(?:is\b|[:：=＝@+是]))?\s?{_ID}|\s(?:is\s)?(?=[a-z_.+-]{{0,39}}[\d_])(?P<id2>[a-z0-9_.+-]{{4,40}}))"
    )),
    ("phone", re.compile(rf"(?<!\d)\+?\d(?:{_SEP}\d){{6,14}}(?!\d)|(?<!\d)1[3-9]\d\D{{1,2}}\d{{4}}\D{{1,2}}\d{{4}}(?!\d)")),
    # Cards, accounts of banks, identity cards.
    ("number", re.compile(rf"(?<!\d)\d(?:{_SEP}\d){{14,39}}x?(?![\da-z])")),
    # Letters with three digits or more, or with a low line and one, are an account more often than a product; `200-item` is neither.
    (
        "account",
        re.compile(
            r"(?<![a-z0-9_])(?!\d+-[a-z]+(?:-[a-z]+)*(?![a-z0-9_-]))(?=[a-z_-]*\d)(?=[\d_-]*[a-z][\d_-]*[a-z])"
            r"(?:(?=(?:[a-z_-]*\d){3})|(?=[a-z0-9-]*_))[a-z0-9_-]{6,40}(?![a-z0-9_])"
        ),
    ),
    ("handle", re.compile(r"(?<![a-z0-9_@])@[^\s@，。；、：:,;!！?？()（）]{1,40}")),
)  # fmt: skip
_NUMERALS: Final = str.maketrans("零〇幺一二三四五六七八九", "001123456789")
_NUMERAL_RUN = re.compile(r"[\d零〇幺一二三四五六七八九](?:[\s\-]{0,2}[\d零〇幺一二三四五六七八九]){6,39}")
# A date, with an hour perhaps, or a range of years and round amounts has the digits of a number.
_NO_PHONE = re.compile(
    r"(?:19|20)\d\d\D?(?:[01]?\d)\D?[0-3]?\d(?:\s[0-2]?\d)?|(?:19|20)\d\d\D{1,2}(?:19|20)\d\d"
    r"|[1-9]\d{0,3}000\s?-\s?[1-9]\d{0,3}000"
)
_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\W\d_\u3400-\u9fff](?:[^\W\d_\u3400-\u9fff]|['.-])*[^\W\d_\u3400-\u9fff]")
_TITLES = ("工程师", "律师", "老师", "医生", "教授", "博士", "同学", "先生", "女士")
_FAMILIAR_FIRST, _FAMILIAR_LAST = "老小阿", "哥姐姨叔总"
_CALLED = (*_TITLES[1:], *_FAMILIAR_LAST, "经理", "工")
# Family names that hardly anything else begins with: `小程` would be found in every `小程序`.
_FAMILIES = frozenset(
    "沈李王张刘陈杨赵黄周吴徐孙胡朱郭何罗郑梁谢宋唐许邓冯韩曹曾彭肖蔡潘田董袁叶蒋余苏魏吕丁任卢姚钟姜崔谭陆汪范廖贾夏韦傅邹邵"
)
_TWO_SIGN_FAMILIES = frozenset({"欧阳", "司马", "上官", "诸葛", "司徒", "皇甫", "慕容", "令狐", "夏侯", "东方", "尉迟"})
# What stands behind names is nobody.
_NO_NAMES = frozenset(
    {
        "cpa",
        "cfa",
        "phd",
        "mba",
        "ceo",
        "cto",
        "cfo",
        "coo",
        "dr",
        "prof",
        "mrs",
        "and",
        "the",
        "von",
        "van",
        "der",
        "inc",
        "ltd",
    }
)
_LEAST_LATIN, _MOST_OF_A_PHONE = 3, 15
_APOSTROPHES = str.maketrans("’‘ʼ′", "''''")


def spellings(name: str) -> set[str]:
    """Return how a member may be called: the whole name, its words in each script, and what others make of it."""
    folded = _Shown(name).text.strip()
    found = {folded} if len(folded) > 1 else set()
    for run in _RUNS.findall(folded):
        if not "\u3400" <= run[0] <= "\u9fff":
            found |= {run} if len(run) >= _LEAST_LATIN and run not in _NO_NAMES else set()
        elif len(run) > 1:
            found |= {run} | _said_of(run)
    return found


def _said_of(name: str) -> set[str]:
    """Return what people make of a name in Han characters: without its title, the given name, the family name with a title."""
    bare = next((name.removesuffix(title) for title in _TITLES if name.endswith(title)), name)
    found = {bare} if len(bare) > 1 else set()
    if len(name) > 2 and name[0] in _FAMILIAR_FIRST:
        found.add(name[:2])
    if len(name) > 2 and name[-1] in _FAMILIAR_LAST:
        found.add(name[-2:])
    family = bare[:2] if bare[:2] in _TWO_SIGN_FAMILIES else bare[:1]
    given = bare.removeprefix(family)
    if (len(family) == 2 or family in _FAMILIES) and 1 <= len(given) <= 2:
        found |= {f"{family}{called}" for called in _CALLED}
        found |= {f"{called}{family}" for called in _FAMILIAR_FIRST} if len(family) == 1 else {family}
        found |= {given} if len(given) == 2 else set()
    return found


class _Shown:
    """A text as it is read: folded, without what has no width; `places` leads back to the characters as written."""

    def __init__(self, text: str) -> None:
        shown: list[str] = []
        self.places: list[int] = []
        self._length = len(text)
        for at, char in enumerate(text):
            if unicodedata.category(char) in {"Cf", "Mn"}:
                continue
            # Taken apart, so that a letter with its accent is one whether it was typed as one character or two.
            for folded in unicodedata.normalize("NFKD", char).lower().translate(_APOSTROPHES):
                if unicodedata.category(folded) != "Mn":
                    shown.append(folded)
                    self.places.append(at)
        self.text = "".join(shown)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span of the written text that shows [start, end)."""
        last = self.places[end - 1] + 1
        # What has no width goes with the character before it.
        return self.places[start], max(last, self.places[end]) if end < len(self.places) else self._length


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
                yield *shown.span(*hit.span(_group(hit))), kind
        for hit in _NUMERAL_RUN.finditer(shown.text):
            digits = hit[0].translate(_NUMERALS)
            if not _NO_PHONE.fullmatch(digits):
                yield (
                    *shown.span(*hit.span()),
                    "phone" if sum(map(str.isdigit, digits)) <= _MOST_OF_A_PHONE else "number",
                )
        for start, name in self._named(shown.text):
            yield *shown.span(start, start + len(name)), self.names[name]

    def _named(self, shown: str) -> Iterator[tuple[int, str]]:
        for at in range(len(shown) - 1):
            for name in self._by_start.get(shown[at : at + 2], ()):
                if shown.startswith(name, at) and _stands_alone(shown, at, name):
                    yield at, name
                    break


def _group(hit: re.Match[str]) -> str | int:
    """Return the group that holds the account itself, the whole where there is none."""
    return next((name for name, found in hit.groupdict().items() if found), 0)


def _stands_alone(shown: str, at: int, name: str) -> bool:
    """Whether a name in letters is a word of its own; Chinese has no gaps between words."""
    before, after = shown[at - 1 : at], shown[at + len(name) : at + len(name) + 1]
    return not (_has_gaps(name[0]) and _has_gaps(before)) and not (_has_gaps(name[-1]) and _has_gaps(after))


def _has_gaps(char: str) -> bool:
    """Whether words in the script of this character stand apart: Latin, Greek, Cyrillic, Arabic and their neighbours."""
    return char.isalnum() and char < "\u0e00"


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
