"""Links, addresses, phone numbers and accounts in quoted material are no business of a model: they stay here."""

from __future__ import annotations

import re
from typing import Final

from copilot.llm.orders import LEFT_OUT

_CONTACTS: Final = re.compile(
    r"https?://[^\s，。；、）)】」]+|\bwww\.[^\s，。；、）)】」]+"
    r"|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}"
    r"|(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:com|cn|net|org|io|co|app|info|top|xyz|vip|link|example)\b(?:/[^\s，。；、）)】」]*)?"
    r"|(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<![\d-])0\d{2,3}[- ]\d{7,8}(?!\d)"
    r"|(?<!\d)\+\d{1,3}(?:[- ]?\d){7,13}(?!\d)|(?<!\d)400[- ]?\d{3}[- ]?\d{4}(?!\d)"
    r"|(?:微信号?|V信|薇信|\bvx|\bwechat|QQ群?|\btelegram|\bwhatsapp)(?:\s*id)?\s*[:：]?\s*[A-Za-z0-9_-]{5,}",
    re.IGNORECASE,
)


def without_contacts(text: str) -> str:
    """Return `text` with `[…]` for each contact."""
    return _CONTACTS.sub(LEFT_OUT, text)
