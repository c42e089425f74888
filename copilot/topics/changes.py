"""Whether somebody tells of a change in figures: the same thing before and after. Patterns only, no meaning is guessed.

What somebody asks with "how much" needs no figures of the answer; a comparison of before and after is only honest where
the member's own words hold both, or one and by how much it moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_HAN = "零一二两三四五六七八九十百千万亿半"
_FIGURE = (
    rf"(?:\d[\d.,]*\s*(?:%|万|千|k\b)?|百分之[{_HAN}]+|[{_HAN}]+(?:成[{_HAN}]?|个点|倍|天|小时|分钟|秒|元|块|万)?"
    r"|(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|forty|fifty|half)\b)"
)
_MOVED = r"(?:降|跌|减|少|涨|升|增|加|缩短|压缩|提高|提升|节省|省|压|砍|拉)"
_MOVED_EN = r"(?:cut|reduced|dropped|fell|rose|grew|raised|increased|improved|shrank|went|down|up)"
_PATTERNS = (
    # 从 30 降到 12, 从三天缩短到半天
    re.compile(
        rf"从[^，。；;!?！？\n]{{0,8}}?{_FIGURE}[^，。；;!?！？\n]{{0,10}}?(?:{_MOVED}|变|改)[^，。；;\n]{{0,4}}?(?:到|成|至|为)[^，。；;\n]{{0,4}}?{_FIGURE}"
    ),
    # 获客成本降了三成七: by how much, so both are known
    re.compile(rf"{_MOVED}了\s*(?:将近|大约|差不多|近)?\s*{_FIGURE}"),
    # 原来 30 天，现在 12 天
    re.compile(
        rf"(?:原来|以前|之前|改前)[^。；;\n]{{0,14}}?{_FIGURE}[^。；;\n]{{0,14}}?(?:现在|后来|之后|改后)[^。；;\n]{{0,14}}?{_FIGURE}"
    ),
    re.compile(
        rf"\b{_MOVED_EN}\b[^.;\n]{{0,30}}?\bfrom\s+\W?{_FIGURE}[^.;\n]{{0,24}}?\bto\s+\W?{_FIGURE}", re.IGNORECASE
    ),
    re.compile(
        rf"\b{_MOVED_EN}\b[^.;\n]{{0,30}}?\bby\s+\W?{_FIGURE}",
        re.IGNORECASE,
    ),
    re.compile(rf"{_FIGURE}\s*(?:->|→|=>)\s*\W?{_FIGURE}"),
)


def tells_change(texts: Iterable[str]) -> bool:
    """Whether one of the texts tells by its own figures how something changed."""
    return any(pattern.search(text) for text in texts for pattern in _PATTERNS)
