"""What a text claims that no record supports: phones, links, prices, named people; leaks of the prompt; language. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from copilot.currency import CURRENCIES

# The commonest hundred: with a title behind them they are somebody in particular.
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
_CODES = "|".join(sorted(CURRENCIES))
_MONEY = rf"元|块钱|圆|人民币|RMB|yuan|dollars?|bucks|euros?|pounds?|yen\b|baht|rupees?|{'|'.join(c.chinese for c in CURRENCIES.values())}"
_CLAIMS = {
    "phone": re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<![\d-])0\d{2,3}[- ]\d{7,8}(?!\d)|(?<!\d)\+\d{1,3}[- ]?\d(?:[- ]?\d){6,12}|(?<!\d)400[- ]?\d{3}[- ]?\d{4}(?!\d)"),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE),
    "link": re.compile(r"https?://|www\.|\b[\w-]+(?:\.[\w-]+)*\.(?:com|cn|net|org|io|co|app|me|info|top|xyz|vip|link)\b", re.IGNORECASE),
    "account": re.compile(r"(?:微信号?|V信|薇信|vx|wechat|QQ群?|telegram|whatsapp)(?:\s*id)?\s*[::]?\s*[A-Za-z0-9_-]{5,}", re.IGNORECASE),
    "price": re.compile(rf"[¥¥$€£₩₹฿₫]\s*\d|\b(?:{_CODES})\s*\d|\d[\d,.]*\s*(?:万|千|k)?\s*(?:{_MONEY}|(?:{_CODES})\b)", re.IGNORECASE),
    "date": re.compile(
        r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|(?<!\d)\d{1,2}月\d{1,2}[日号]|(?<!\d)\d{1,2}:\d{2}(?!\d)"
        r"|\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2}(?!\d)"
    ),
    "person": re.compile(
        rf"(?:(?<![\u4e00-\u9fff])|(?<=[请与和由让给邀是约见]))[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}(?:总(?![\u4e00-\u9fff]*[结体共之数额量部监览])|老师|博士|教授|先生|女士|院长)"
        r"|\b(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+[A-Z][a-z]+|(?:嘉宾|讲者|主讲人?|评委|导师|[Ss]peaker|[Hh]ost|[Jj]udge)\s*[::]\s*[A-Z\u4e00-\u9fff][\w\u4e00-\u9fff·]{1,15}"
    ),
}  # fmt: skip
_LEAKS = re.compile(
    r"</?data[-\s>]|label=\"|FENCE|<\|[a-z_]+\|>|\[/?INST\]|system prompt|系统提示|忽略(?:以上|之前|前面)|ignore (?:all |the )?(?:previous|above)|"
    r"\b(?:mem|res|txt|evt|chn|msg)_[0-9a-z]{8,}|```|\bJSON\b|json_schema",
    re.IGNORECASE,
)
_ALIAS = re.compile(r"(?<![A-Za-z0-9])[\[(（]?([SHVR]\d{1,2})[\])）]?(?![A-Za-z0-9])")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")
MIN_LETTERS, MIN_FOREIGN = 6, 4
_ZH_SHARE, _EN_SHARE = 0.3, 0.15


def unsupported(text: str, supported: str, names: Collection[str] = ()) -> list[str]:
    """Return the kinds of claims in `text` that neither `supported` (words of records and of the operator) nor `names` hold."""
    plain = unicodedata.normalize("NFKC", text)
    known: str | None = None  # long, and most texts claim nothing
    found = []
    for kind, pattern in _CLAIMS.items():
        for match in pattern.finditer(plain):
            said = match[0].strip().casefold()
            known = _fold(supported) if known is None else known
            if said in known or (kind == "person" and _is_one_of(said, names)):
                continue
            found.append(kind)
            break
    return found


def _is_one_of(said: str, names: Collection[str]) -> bool:
    return any(name and (_fold(name) in said or said in _fold(name)) for name in names)


def leaks(text: str) -> bool:
    """Whether the text shows parts of a prompt, of a fence, or record ids."""
    return bool(_LEAKS.search(_fold(text)))


def without_aliases(text: str, names: dict[str, str]) -> str:
    """Replace the aliases that a model was given (S1, V2) by the names they stand for; unknown ones stay."""
    return _ALIAS.sub(lambda match: names.get(match[1], match[0]), text)


def has_alias(text: str, aliases: Collection[str]) -> bool:
    """Whether a text still holds an alias."""
    return any(match[1] in aliases for match in _ALIAS.finditer(text))


def is_in_language(text: str, locale: str, names: Collection[str] = (), *, is_strict: bool = False) -> bool:
    """Whether a text is written in the language of `locale`; names and topics do not count, short texts always pass.

    Strictly, as for a model, short texts count, too: Latin words stand in Chinese everywhere, but not four without a
    Chinese letter; Chinese letters stand in English as names only.
    """
    for name in sorted(names, key=len, reverse=True):
        if name:
            text = text.replace(name, " ")
    han, words = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if han + words < MIN_LETTERS:
        return not is_strict or (han <= words if locale == "en" else han > 0 or words < MIN_FOREIGN)
    share = han / (han + words)
    return share >= _ZH_SHARE if locale == "zh-CN" else share <= _EN_SHARE


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
