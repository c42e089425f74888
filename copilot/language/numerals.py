"""Numbers as people write them in chat: 60, 1,200, 2.5万, 20k, 六十, 两千五, 一万二. Text in, exact decimals out."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_APPROXIMATE = re.compile(
    "(?<![零〇一二两三四五六七八九])(?:一[二两]|[二两]三|三四|四五|五六|六七|七八|八九)(?![零〇一二两三四五六七八九])"
)
_UP_TO_TWENTY = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety hundred"
_ENGLISH = {word: value for value, word in enumerate(_UP_TO_TWENTY.split(), start=1)}
_ENGLISH |= {word: value * 10 for value, word in enumerate(_TENS.split(), start=3)} | {
    "a": 1,
    "an": 1,
    "a dozen": 12,
    "dozen": 12,
    "two dozen": 24,
}
_MULTIPLIERS = {
    "百": 100,
    "千": 1000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "k": 1000,
    "thousand": 1000,
    "万": 10_000,
    "w": 10_000,
    "亿": 10**8,
    "million": 1_000_000,
}

CHINESE = r"[零〇一二两三四五六七八九十百千万亿]"
ENGLISH_WORDS = "|".join(sorted(_ENGLISH, key=len, reverse=True))
# One number: digits with an optional multiplier (and "2万5" meaning 25,000), Chinese numerals, or an English word.
# Runs are bounded and taken whole, so that a page of digits costs no more than its length.
NUMBER = (
    r"(?:(?<![\d.])(?<!\d,)(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,12})(?!\d)(?:\.\d{1,4}(?!\d))?"
    r"(?:\s?(?:[百千]万|万(?:\d千?(?!\d))?|亿|千|百(?=[人块元位])|(?:k|w|thousand|million)(?![a-z])))?"
    rf"|(?<!{CHINESE}){CHINESE}{{1,12}}(?!{CHINESE})|\b(?:{ENGLISH_WORDS})\b(?:\s(?:hundred|thousand)\b)?)"
)
_DIGIT_FORM = re.compile(
    r"(?P<number>[\d,]+(?:\.\d+)?)\s*(?P<multiplier>[百千]万|万|亿|千|百|k|w|thousand|million)?(?P<tail>\d千?)?$",
    re.IGNORECASE,
)


def read_number(text: str) -> Decimal | None:
    """Return the number that `text` as a whole writes, or None when it writes none."""
    text = text.strip().lower()
    if found := _DIGIT_FORM.match(text):
        value = Decimal(found["number"].replace(",", "") or "0")
        multiplier = _MULTIPLIERS.get(found["multiplier"] or "", 1)
        tail = found["tail"]
        if tail is None:
            return value * multiplier
        # "2万5" is short for 25,000; "2万5千" says so in full.
        return value * multiplier + (int(tail[0]) * 1000 if tail.endswith("千") else int(tail) * multiplier // 10)
    if text and re.fullmatch(CHINESE + "+", text):
        value_or_none = _read_chinese(text)
        return None if value_or_none is None else Decimal(value_or_none)
    if text in _ENGLISH:
        return Decimal(_ENGLISH[text])
    words = text.split()
    if words and words[0] in _ENGLISH:
        scale = {"hundred": 100, "thousand": 1000}.get(words[1], 0) if len(words) == 2 else 1
        return Decimal(_ENGLISH[words[0]] * scale) if scale and len(words) <= 2 else None
    return None


def _read_chinese(text: str) -> int | None:
    if "亿" in text:
        high, _, low = text.partition("亿")
        above, below = _read_section(high), _read_chinese(low) if low else 0
        return None if above is None or below is None else above * 10**8 + below
    if "万" in text:
        high, _, low = text.partition("万")
        above = _read_section(high)
        if above is None or "万" in low:
            return None
        if len(low) == 1 and low in _DIGITS:  # 一万二
            return above * 10_000 + _DIGITS[low] * 1000
        below = _read_section(low) if low else 0
        return None if below is None else above * 10_000 + below
    return _read_section(text)


def _read_section(text: str) -> int | None:
    """Read numerals below ten thousand; 两千五 is 2,500 and 三百五 is 350."""
    if not text:
        return None
    text = _APPROXIMATE.sub(lambda found: found[0][1], text)  # 两三 and 七八十: the upper of the two
    if len(text) > 1 and all(c in _DIGITS for c in text):  # digit by digit: 二〇二六
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit, last_unit, saw_zero = 0, None, 0, False
    for character in text:
        if character in _UNITS:
            unit = _UNITS[character]
            if last_unit and unit >= last_unit:
                return None
            total += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
        elif character in _DIGITS:
            if digit not in {None, 0}:
                return None
            digit = _DIGITS[character]
            saw_zero = saw_zero or digit == 0
        else:
            return None
    if digit:
        total += digit * (last_unit // 10 if last_unit >= 100 and not saw_zero else 1)
    return total
