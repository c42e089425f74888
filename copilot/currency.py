"""Currencies in which a community plans and counts: their minor units and how people write amounts. No conversion.

Amounts are integer minor units everywhere (cents, fen, pence, whole yen); nothing is ever turned from one currency into
another, because no rate here would be right on the day it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

CNY = "CNY"


@dataclass(frozen=True)
class Currency:
    """One currency of ISO 4217.

    Attributes:
        digits: decimal places of its minor unit; a yen has none.
        sign: what stands before an amount in English.
        chinese: what stands behind an amount in Chinese.
        words: pattern of the words and signs that mean this currency and no other.
    """

    code: str
    digits: int
    sign: str
    chinese: str
    words: str

    @property
    def scale(self) -> int:
        """Minor units in a whole one."""
        return int(10**self.digits)


_ALL = (
    Currency("CNY", 2, "CNY ", "元", r"人民币|rmb|cny|yuan|kuai"),
    Currency("USD", 2, "$", "美元", r"us\$|usd|us dollars?|美元|美金|美刀|刀"),
    Currency("EUR", 2, "€", "欧元", r"€|eur|euros?|欧元"),
    Currency("GBP", 2, "£", "英镑", r"£|gbp|pounds?|quid|英镑"),
    Currency("HKD", 2, "HK$", "港元", r"hk\$|hkd|hong kong dollars?|港币|港元"),
    Currency("TWD", 2, "NT$", "新台币", r"nt\$|twd|ntd|新台币|台币"),
    Currency("SGD", 2, "S$", "新加坡元", r"s\$|sgd|singapore dollars?|新币|新加坡元"),
    Currency("AUD", 2, "A$", "澳元", r"a\$|au\$|aud|australian dollars?|澳元|澳币"),
    Currency("NZD", 2, "NZ$", "新西兰元", r"nz\$|nzd|新西兰元|纽币"),
    Currency("CAD", 2, "C$", "加元", r"c\$|ca\$|cad|canadian dollars?|加元|加币"),
    Currency("JPY", 0, "JPY ", "日元", r"jpy|yen|日元|日币|日圆"),
    Currency("KRW", 0, "₩", "韩元", r"₩|krw|韩元|韩币"),
    Currency("INR", 2, "₹", "卢比", r"₹|inr|rupees?|卢比"),
    Currency("MYR", 2, "RM", "林吉特", r"myr|rm|ringgit|林吉特|马币"),
    Currency("THB", 2, "฿", "泰铢", r"฿|thb|baht|泰铢"),
    Currency("IDR", 2, "Rp", "印尼盾", r"idr|rupiah|印尼盾"),
    Currency("VND", 0, "₫", "越南盾", r"₫|vnd|越南盾"),
    Currency("AED", 2, "AED ", "迪拉姆", r"aed|dirhams?|迪拉姆"),
    Currency("CHF", 2, "CHF ", "瑞士法郎", r"chf|swiss francs?|瑞士法郎"),
)
CURRENCIES = {currency.code: currency for currency in _ALL}
_BY_LOCALE = {"zh-CN": CNY, "en": "USD"}
# Signs that several currencies share: the community's own if it is one of them, else the first.
SHARED_SIGNS = (
    (r"\$|dollars?|bucks", ("USD", "HKD", "TWD", "SGD", "AUD", "NZD", "CAD")),
    (r"[¥￥]", ("CNY", "JPY")),
    (r"元|块钱?|圆", ("CNY", "HKD", "TWD", "SGD")),
)


def default_currency(locale: str) -> str:
    """Return the currency of a new community that names none."""
    return _BY_LOCALE.get(locale, CNY)


def stored_currency(settings: dict[str, Any]) -> str:
    """Return a community's currency by its stored settings; one from before there was a choice counted in yuan."""
    code = settings.get("currency")
    return code if isinstance(code, str) and code in CURRENCIES else CNY


def minor_units(amount: Decimal, code: str) -> int:
    """Return an amount of whole units as integer minor units; what is finer is rounded to even."""
    return int((amount * CURRENCIES[code].scale).to_integral_value())


def plain(minor: int, code: str) -> str:
    """Return an amount as people read it, without its currency: 1,234.50, with no needless decimals."""
    scale = CURRENCIES[code].scale
    whole, rest = divmod(abs(minor), scale)
    text = f"{whole:,}" if rest == 0 else f"{whole:,}.{rest:0{CURRENCIES[code].digits}d}"
    return f"-{text}" if minor < 0 else text


def exact(minor: int, code: str) -> str:
    """Return an amount for machines and spreadsheets: 1234.50, always with every decimal of the currency."""
    digits, scale = CURRENCIES[code].digits, CURRENCIES[code].scale
    sign, whole = "-" if minor < 0 else "", abs(minor)
    return f"{sign}{whole // scale}.{whole % scale:0{digits}d}" if digits else f"{sign}{whole}"


def money(minor: int, code: str, locale: str) -> str:
    """Return an amount with its currency as people write it: 20,000 元, 500 美元, 20,000 yuan, $500."""
    text = plain(minor, code)
    if locale != "en":
        return f"{text} {CURRENCIES[code].chinese}"
    if code == CNY:  # ¥ would be yen to half of the readers
        return f"{text} yuan"
    return f"-{CURRENCIES[code].sign}{text[1:]}" if minor < 0 else f"{CURRENCIES[code].sign}{text}"


def heading(code: str, locale: str) -> str:
    """Return how a column of amounts names its currency: 元, 美元, USD."""
    return code if locale == "en" else CURRENCIES[code].chinese
