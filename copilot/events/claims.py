"""What a text claims that no record supports: phones, links, prices, named people; leaks of the prompt; language. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_CLAIMS = {
    "phone": re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<![\d-])0\d{2,3}[- ]\d{7,8}(?!\d)|(?<!\d)\+\d{1,3}[- ]?\d(?:[- ]?\d){6,12}|(?<!\d)400[- ]?\d{3}[- ]?\d{4}(?!\d)"),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE),
    "link": re.compile(r"https?://|www\.|\b[\w-]+(?:\.[\w-]+)*\.(?:com|cn|net|org|io|co|app|me|info|top|xyz|vip|link)\b", re.IGNORECASE),
    "account": re.compile(r"(?:微信号?|V信|薇信|vx|wechat|QQ群?|telegram|whatsapp)(?:\s*id)?\s*[::]?\s*[A-Za-z0-9_-]{5,}", re.IGNORECASE),
    "price": re.compile(r"[¥¥$€£]\s*\d|\d[\d,.]*\s*(?:万|千)?\s*(?:元|块钱|人民币|RMB|CNY|yuan|美元|dollars?|USD)", re.IGNORECASE),
    "person": re.compile(r"[\u4e00-\u9fff]{1,3}(?:总|老师|博士|教授|先生|女士|院长|CEO)(?![结体共之数量部监师])|\b(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+[A-Z][a-z]+|(?:嘉宾|讲者|主讲人?|评委|导师|speaker|host|judge)\s*[::]\s*[A-Z\u4e00-\u9fff][\w\u4e00-\u9fff·]{1,15}"),
}  # fmt: skip
# Titles that are said of nobody in particular.
_ANYBODY = re.compile(
    r"(?:各位|每位|这位|一位|那位|几位|多位|请|与|和|由|的|让|给|有|是|位)?(?:老师|博士|教授|先生|女士)$|[嘉宾评委导师讲者分享运营助教各位]+老师|汇总|[一]?[把]?总$"
)
_LEAKS = re.compile(
    r"</?data[-\s>]|label=\"|FENCE|<\|[a-z_]+\|>|\[/?INST\]|system prompt|系统提示|忽略(?:以上|之前|前面)|ignore (?:all |the )?(?:previous|above)|"
    r"\b(?:mem|res|txt|evt|chn|msg)_[0-9a-z]{8,}|```|\bJSON\b|json_schema",
    re.IGNORECASE,
)
_ALIAS = re.compile(r"(?<![A-Za-z0-9])[\[((]?([SHVR]\d{1,2})[\]))]?(?![A-Za-z0-9])")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")
MIN_LETTERS = 6
_ZH_SHARE, _EN_SHARE = 0.3, 0.15


def unsupported(text: str, supported: str, names: Collection[str] = ()) -> list[str]:
    """Return the kinds of claims in `text` that neither `supported` (words of records and of the operator) nor `names` hold."""
    folded, known = _fold(text), _fold(supported)
    found = []
    for kind, pattern in _CLAIMS.items():
        for match in pattern.finditer(folded):
            said = match[0].strip()
            if said in known or (kind == "person" and _is_nobody(said, names)):
                continue
            found.append(kind)
            break
    return found


def _is_nobody(said: str, names: Collection[str]) -> bool:
    return bool(_ANYBODY.search(said)) or any(
        _fold(name) and (_fold(name) in said or said in _fold(name)) for name in names
    )


def leaks(text: str) -> bool:
    """Whether the text shows parts of a prompt, of a fence, or record ids."""
    return bool(_LEAKS.search(_fold(text)))


def without_aliases(text: str, names: dict[str, str]) -> str:
    """Replace the aliases that a model was given (S1, V2) by the names they stand for; unknown ones stay."""
    return _ALIAS.sub(lambda match: names.get(match[1], match[0]), text)


def has_alias(text: str, aliases: Collection[str]) -> bool:
    """Whether a text still holds an alias."""
    return any(match[1] in aliases for match in _ALIAS.finditer(text))


def is_in_language(text: str, locale: str, names: Collection[str] = ()) -> bool:
    """Whether a text is written in the language of `locale`; names and topics do not count, short texts always pass."""
    for name in sorted(names, key=len, reverse=True):
        if name:
            text = text.replace(name, " ")
    han, words = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if han + words < MIN_LETTERS:
        return True
    share = han / (han + words)
    return share >= _ZH_SHARE if locale == "zh-CN" else share <= _EN_SHARE


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
